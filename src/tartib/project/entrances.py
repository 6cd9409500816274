"""Whose page an address is: the scope in which a request is answered, from the first question to the last byte.

Every address that says a shop, by its name or by a key that is the shop's, has its door here; the shop's own domain
says one too. What is behind no door is nobody's, such as the page to sign in: it may ask about a shop only in a scope
that it enters itself. The API finds its shop by its key (`api.middleware`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from tartib.customers import consents, contact_points
from tartib.sandbox.gateway import shop_of_order
from tartib.shops import invitations
from tartib.shops.scope import NOBODYS, scope, shop_of
from tartib.web.addresses import shop_in

Answer = Callable[[HttpRequest], HttpResponseBase]
_PATH = re.compile(r"/(?P<room>practice/gateway|[-\w.]+)/(?P<key>[^/]+)")


def _by(key: str) -> Callable[[HttpRequest, str], int | None]:
    return lambda _request, given: shop_of(key, given)


DOORS: dict[str, Callable[[HttpRequest, str], int | None]] = {
    "desk": _by("slug"),
    "embed": _by("slug"),
    "t": _by("link"),
    "f": _by("feedback"),
    "pay": _by("attempt"),
    "notices": _by("account"),
    "sms": _by("sms_account"),
    "files": _by("file"),
    "u": lambda _request, given: consents.shop_of_link(given),
    "not-me": lambda _request, given: contact_points.shop_of_link(given),
    "invitation": lambda _request, given: invitations.shop_of_link(given),
    "practice/gateway": shop_of_order,
}
"""By the beginning of an address: how the shop is found by what comes after it."""


def entered(get_response: Answer) -> Answer:
    """Middleware: answers each request within the scope of the shop that its address is about."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        shop_id = whose(request)
        if shop_id is None:
            return get_response(request)
        with scope(shop_id), _reading(request):
            response = get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _in_scope(shop_id, iter(response))
        return response

    return middleware


def _reading(request: HttpRequest) -> AbstractContextManager[object]:
    """One transaction for what only reads: each statement alone would have its own, four questions instead of one.

    What is written meanwhile, such as a try that counts, is written whatever the answer is: a page that is refused or
    not there is an answer too. What changes things has transactions where it does so.
    """
    return transaction.atomic(savepoint=False) if request.method in ("GET", "HEAD") else nullcontext()


def whose(request: HttpRequest) -> int | None:
    """The shop that an address is about, a scope with nothing in it for a key that is nobody's; None behind no door."""
    slug, _language = shop_in(request.path_info)
    if slug:
        return shop_of("slug", slug) or NOBODYS
    found = _PATH.match(request.path_info)
    door = DOORS.get(found["room"]) if found else None
    if found is not None and door is not None:
        return door(request, found["key"]) or NOBODYS
    here = getattr(request, "shop_of_host", None)
    return None if here is None else int(here.pk)


def _in_scope(shop_id: int, coming: Iterator[bytes]) -> Iterator[bytes]:
    """A stream, each part of which is made within the scope; what happens between them is not in it."""
    while True:
        with scope(shop_id):
            part = next(coming, None)
        if part is None:
            return
        yield part
