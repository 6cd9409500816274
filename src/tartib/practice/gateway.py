"""The practice gateway's page, where one chooses what is to happen, and its service for the shop's questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.payments.gateways import units
from tartib.payments.gateways.practice import SIGNATURE, genuine
from tartib.payments.models import Account
from tartib.payments.queries import account_of
from tartib.practice import charging, jobs
from tartib.practice.models import Charge
from tartib.web import audience

LATE = timedelta(minutes=2)
ACTS = {
    "pay": ("check", _("Pay"), _("Takes the money, tells the shop, and brings you back.")),
    "fail": ("credit-card-off", _("Let it fail"), _("The bank declines the card.")),
    "late": ("clock-hour-4", _("Pay late"), _("Brings you back at once; the money comes two minutes later.")),
    "twice": ("copy", _("Pay twice"), _("Takes the money two times, as when somebody presses the button again.")),
    "notice": ("send", _("Pay and close the window"), _("Tells the shop, and you do not come back.")),
    "return": (
        "arrow-back-up",
        _("Pay without telling"),
        _("Brings you back; the notice is lost, so the shop must ask."),
    ),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shop asked the gateway to let a customer pay; believed because it is signed."""

    account: Account
    order: str
    amount: int
    currency: str
    title: str
    language: str
    back: str

    @property
    def money(self) -> Decimal:
        """The amount in its currency."""
        return units.major(self.amount, self.currency)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Choose what is to happen with a payment."""
    wish = _wish(request.META.get("QUERY_STRING", ""))
    if wish is None:
        raise Http404
    audience.enter(wish.account.shop, wish.language)
    act = request.POST.get("act", "")
    if request.method != "POST" or act not in ACTS:
        return render(request, "practice/gateway.html", {"wish": wish, "acts": ACTS.items()})
    _carry_out(wish, act, timezone.now())
    if act == "notice":
        return render(request, "practice/gateway.html", {"wish": wish, "closed": True})
    return redirect(wish.back)


def _service(view: Callable[..., dict[str, object]]) -> Callable[..., HttpResponse]:
    """For the shop's own questions: signed, answered in JSON."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, token: str, **named: str) -> HttpResponse:
        account = account_of(token)
        if account is None or account.gateway != "practice" or not account.shop.practice:
            raise Http404
        what = request.path.split(f"/{token}/", 1)[-1].strip("/")
        said = f"{request.method} {token}/{what} {request.body.decode('utf-8', 'replace')}"
        secret = account.settings.get("secret", "")
        if not genuine(secret, said.encode(), request.headers.get(SIGNATURE, "")):
            return JsonResponse({"error": "the signature is wrong"}, status=403)
        try:
            return JsonResponse(view(account, request, **named))
        except (KeyError, ValueError, Charge.DoesNotExist, charging.TooMuch) as problem:
            return JsonResponse({"error": type(problem).__name__}, status=422)

    return answered


@require_GET
@_service
def account(known: Account, _request: HttpRequest) -> dict[str, object]:
    """Whether the account is known."""
    return {"account": known.name}


@require_GET
@_service
def payment(account: Account, _request: HttpRequest, order: str) -> dict[str, object]:
    """What became of a payment."""
    return charging.said_of(account, order)


@require_POST
@_service
def refunds(account: Account, request: HttpRequest) -> dict[str, object]:
    """Send money back."""
    asked = request.POST
    sent = charging.send_back(
        account, asked["order"], asked["reference"], int(asked["amount"]), asked["key"], now=timezone.now()
    )
    return charging.said_back(sent)


@require_GET
@_service
def refund(account: Account, _request: HttpRequest, key: str) -> dict[str, object]:
    """What became of a refund."""
    return charging.said_of_refund(account, key)


@require_POST
@_service
def movements(account: Account, request: HttpRequest) -> dict[str, object]:
    """What is in the books between two moments."""
    since, until = (datetime.fromisoformat(request.POST[name]) for name in ("since", "until"))
    return {"movements": charging.movements(account, since, until)}


def _wish(query: str) -> Wish | None:
    said, _sig, signature = query.rpartition("&sig=")
    given: dict[str, Any] = dict(parse_qsl(said))
    account = account_of(given.get("merchant", ""))
    if account is None or account.gateway != "practice" or not account.shop.practice:
        return None
    if not genuine(account.settings.get("secret", ""), said.encode(), signature):
        return None
    return Wish(
        account, given["order"], int(given["amount"]), given["currency"], given.get("title", ""),
        given.get("language", "en"), given["back"],
    )  # fmt: skip


def _carry_out(wish: Wish, act: str, now: datetime) -> None:
    if act == "late":
        jobs.pay_at(wish.account.pk, wish.order, wish.amount, wish.currency, now + LATE)
        return
    for _time in range(2 if act == "twice" else 1):
        made = charging.charge(
            wish.account, wish.order, wish.amount, wish.currency, now=now, paid=act != "fail",
            reason="card declined" if act == "fail" else "",
        )  # fmt: skip
        if act != "return":
            jobs.tell_of(made)
