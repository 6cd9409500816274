"""Being told on a device: a browser gives the address of its push service, asks whether it is told, and makes an end.

The browser says what it wants by `act`: "key" for the key that subscriptions are made with, "ask", "on" or "off".
Every answer is JSON and says nothing but whether this very browser is told: its address at the push service is known to
nobody else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tartib.cases.models import Case
from tartib.customers.identity import Session
from tartib.notify import subscribing
from tartib.notify.subscribing import Given
from tartib.portal import opening
from tartib.portal.account.access import AccountRequest, account
from tartib.public.limits import here
from tartib.public.visits import ShopRequest, visited
from tartib.shops.models import Shop
from tartib.shops.operations import within_limit
from tartib.web import audience
from tartib.web.headers import address
from tartib.web.toasts import toast

HOUR = timedelta(hours=1)
ASKED_AN_HOUR, CHANGED_AN_HOUR = 3_000, 400
"""By one visitor of a shop: questions, which are asked by each page, and changes."""


# No cookie is looked at: whoever knows the link of an order may have its news, and nobody can be made to tell them.
@csrf_exempt
@never_cache
@require_POST
def of_case(request: HttpRequest, token: str) -> HttpResponse:
    """The news of one order, for whoever has its link."""
    case = opening.find(token, kind="")
    if case is None:
        return opening.nothing(request)
    audience.enter(case.shop, opening.language(request, case))

    def tell(given: Given) -> None:
        now, agent = timezone.now(), request.headers.get("User-Agent", "")
        subscribing.tell_holder(case, given, agent, now=now, chance=_letters)

    return opening.private(_answer(request, case.shop, tell, case=case))


@require_POST
@account
def of_account(request: AccountRequest) -> HttpResponseBase:
    """The news of everything in the account that is open in this browser."""

    def tell(given: Given) -> None:
        session, agent = request.session_of_account, request.headers.get("User-Agent", "")
        subscribing.tell_session(
            session, given, agent, address(request), now=audience.current().now, chance=_letters
        )  # fmt: skip

    return _answer(request, request.shop, tell, session=request.session_of_account)


# A service worker posts here, which has no page of ours: the former address, known to this browser alone, is the leave.
@csrf_exempt
@never_cache
@require_POST
@visited
def renew(request: ShopRequest) -> HttpResponseBase:
    """Another address of the same browser, which its push service gave it."""
    asked, now = request.POST, timezone.now()
    if not within_limit("device renewed", here(request, request.shop), most=CHANGED_AN_HOUR, window=HOUR, now=now):
        return JsonResponse({}, status=429)
    with suppress(subscribing.Unusable):
        given = subscribing.read(asked.get("endpoint", ""), asked.get("p256dh", ""), asked.get("auth", ""))
        subscribing.renew(request.shop, asked.get("former", "")[: subscribing.LONGEST_ENDPOINT], given)
    return JsonResponse({})


@require_POST
@account
def end(request: AccountRequest, device_id: int) -> HttpResponseBase:
    """Tell a device of the account no more."""
    if not subscribing.forget(request.account.pk, device_id):
        raise Http404
    toast(request, _("This device is not told any more."))
    return HttpResponseRedirect(request.visit.path("portal:account-profile"))


def _answer(request: HttpRequest, shop: Shop, tell: Callable[[Given], None], **of: Session | Case) -> JsonResponse:
    given, now = request.POST, timezone.now()
    act, endpoint = given.get("act", ""), given.get("endpoint", "")[: subscribing.LONGEST_ENDPOINT + 1]
    changes = act in ("on", "off")
    most = CHANGED_AN_HOUR if changes else ASKED_AN_HOUR
    if not within_limit(f"device {changes}", here(request, shop), most=most, window=HOUR, now=now):
        return JsonResponse({"problem": _("This was tried too often. Please wait an hour.")}, status=429)
    if act == "key":
        return JsonResponse({"key": subscribing.key(shop, now=now).public})
    if act == "on":
        try:
            tell(subscribing.read(endpoint, given.get("p256dh", ""), given.get("auth", "")))
        except subscribing.Unusable:
            return JsonResponse({"problem": _("This browser cannot be told.")}, status=422)
    elif act == "off":
        subscribing.tell_no_more(endpoint, **of)
    return JsonResponse({"told": subscribing.is_told(endpoint, **of)})


def _letters() -> str:
    """What tells apart devices of the same kind."""
    return secrets.token_hex(5)
