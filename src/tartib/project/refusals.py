"""What is said where somebody may not go on: in the frame of the shop they are in, in its name and their language."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render

from tartib.desk import access
from tartib.portal import opening
from tartib.public import visits
from tartib.web import audience
from tartib.web.addresses import shop_in

_OF_DESK = re.compile(r"/desk/([-\w]+)/")
_OF_LINK = re.compile(r"/t/([-\w]+)/")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """Their role does not include it."""
    return _said(request, "403.html", 403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """There is nothing at this address, or nothing for them."""
    return _said(request, "404.html", 404)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """A form came without the proof that our own page sent it: mostly the page was open for too long."""
    return _said(request, "403_csrf.html", 403)


def no_page(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: who opens an address that only takes what forms send is told so, instead of an empty page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        opened = request.method == "GET" and not request.headers.get("HX-Request")
        if not (opened and isinstance(response, HttpResponseNotAllowed) and not response.content):
            return response
        page = _said(request, "405.html", 405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return middleware


def _said(request: HttpRequest, template: str, status: int) -> HttpResponse:
    frame, context = _frame(request)
    return render(request, template, {"frame": frame, **context}, status=status)


def _frame(request: HttpRequest) -> tuple[str, dict[str, object]]:
    """The frame of the page and what it needs. Who works in no such shop is told of none."""
    found = _OF_DESK.match(request.path_info)
    if found and hasattr(request, "user") and access.enter(request, found[1]):
        return "web/refusals/desk.html", {}
    slug, language = shop_in(request.path_info)
    if slug and (visit := visits.enter(request, slug, language) or visits.enter(request, slug)):
        return "public/refusals/store.html", {"shop": visit.shop}
    found = _OF_LINK.match(request.path_info)
    if found and (case := opening.find(found[1], "")):
        audience.enter(case.shop, opening.language(request, case), calendar=opening.calendar(case))
        return "public/refusals/order.html", {"shop": case.shop, "case": case}
    return "web/refusals/page.html", {}
