"""The practice gateway's page, where one chooses what is to happen, and its service for the shop's questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import wraps
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
from tartib.sandbox import charging, jobs
from tartib.sandbox.models import Charge, Contest
from tartib.shops.scope import shop_of
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


LATER = {
    "open": ("gavel", _("Dispute the payment"), _("The customer asks their bank for the money; it is taken at once.")),
    "won": ("shield-check", _("Decide for the shop"), _("The shop gets the money back.")),
    "lost": ("user-check", _("Decide for the customer"), _("The customer keeps the money.")),
}
CONTESTS = {"open": _("Disputed"), "won": _("Decided for the shop"), "lost": _("Decided for the customer")}


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
def payment_page(request: HttpRequest) -> HttpResponse:
    """Choose what is to happen with a payment."""
    wish = _wish(request.META.get("QUERY_STRING", ""))
    if wish is None:
        raise Http404
    audience.enter(wish.account.shop, wish.language)
    act = request.POST.get("act", "")
    if request.method != "POST" or act not in ACTS:
        return render(request, "sandbox/gateway.html", {"wish": wish, "acts": ACTS.items()})
    _carry_out(wish, act, timezone.now())
    if act == "notice":
        return render(request, "sandbox/gateway.html", {"wish": wish, "closed": True})
    return redirect(wish.back)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """What the gateway knows of a payment, and what may still happen with it."""
    given = _signed(request.META.get("QUERY_STRING", ""))
    charge = charging.find(given.account, given.said.get("reference", "")) if given else None
    if given is None or charge is None:
        raise Http404
    audience.enter(given.account.shop, given.account.shop.language)
    act = request.POST.get("act", "")
    if request.method == "POST":
        _happen(charge, act, timezone.now())
        return redirect(request.get_full_path())
    context = {
        "charge": charge, "amount": units.major(charge.amount, charge.currency),
        "back": [(one, units.major(one.amount, charge.currency)) for one in charge.sent_back.order_by("pk")],
        "acts": [(name, words) for name, words in LATER.items() if name in _possible(charge)],
        "contest": CONTESTS.get(charge.contest, ""),
    }  # fmt: skip
    return render(request, "sandbox/look.html", context)


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
    return {"account": known.label}


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


@require_POST
@_service
def disputes(account: Account, request: HttpRequest) -> dict[str, object]:
    """The disputes that were opened between two moments."""
    since, until = (datetime.fromisoformat(request.POST[name]) for name in ("since", "until"))
    return {"disputes": charging.disputes(account, since, until)}


@require_GET
@_service
def dispute(account: Account, _request: HttpRequest, reference: str) -> dict[str, object]:
    """How a dispute stands."""
    return charging.said_of_dispute(account, reference)


@dataclass(frozen=True, slots=True)
class Signed:
    """What an address says that was signed with an account's secret."""

    account: Account
    said: dict[str, str]


def shop_of_order(request: HttpRequest, key: str) -> int | None:
    """The shop of a page or an answer of the gateway: the merchant that was signed, or in the address."""
    merchant = request.GET.get("merchant", "") if key in ("pay", "look") else key
    return shop_of("account", merchant)


def _signed(query: str) -> Signed | None:
    said, _sig, signature = query.rpartition("&sig=")
    given = dict(parse_qsl(said))
    account = account_of(given.get("merchant", ""))
    if account is None or account.gateway != "practice" or not account.shop.practice:
        return None
    if not genuine(account.settings.get("secret", ""), said.encode(), signature):
        return None
    return Signed(account, given)


def _wish(query: str) -> Wish | None:
    found = _signed(query)
    if found is None or "order" not in found.said:
        return None
    account, given = found.account, found.said
    return Wish(
        account, given["order"], int(given["amount"]), given["currency"], given.get("title", ""),
        given.get("language", "en"), given["back"],
    )  # fmt: skip


def _possible(charge: Charge) -> set[str]:
    """What may still happen with a payment as a whole."""
    if not charge.paid:
        return set()
    return {"": {Contest.OPEN.value}, Contest.OPEN: {Contest.WON.value, Contest.LOST.value}}.get(charge.contest, set())


def _happen(charge: Charge, act: str, now: datetime) -> None:
    if act in _possible(charge) and charging.contest(charge, act, now=now):
        charge.refresh_from_db()
        jobs.tell_more.defer(shop_id=charge.shop_id, account_id=charge.account_id, told=charging.said_contested(charge))
    elif (failed := charging.fail_back(charge, act, now=now)) is not None:
        jobs.tell_more.defer(shop_id=charge.shop_id, account_id=charge.account_id, told=charging.said_back(failed))


def _carry_out(wish: Wish, act: str, now: datetime) -> None:
    if act == "late":
        jobs.pay_at(wish.account, wish.order, wish.amount, wish.currency, now + LATE)
        return
    for _time in range(2 if act == "twice" else 1):
        made = charging.charge(
            wish.account, wish.order, wish.amount, wish.currency, now=now, paid=act != "fail",
            reason="card declined" if act == "fail" else "",
        )  # fmt: skip
        if act != "return":
            jobs.tell_of(made)
