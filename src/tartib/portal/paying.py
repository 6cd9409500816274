"""Paying: choosing how, leaving for the gateway, coming back, handing in the slip of a transfer.

Nothing here decides whether something is paid. Coming back only has the gateway asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tartib.cases.models import Case
from tartib.checkout.queries import ordered_in_window
from tartib.files.models import Purpose
from tartib.files.operations import Unfit, keep_document
from tartib.orders import repaying
from tartib.orders.holding import NotEnough
from tartib.payments import attempts, queries
from tartib.payments.balance import balance
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import Way
from tartib.payments.models import Account, Attempt, AttemptState
from tartib.payments.operations import NothingDue
from tartib.portal import opening
from tartib.shops.operations import within_limit
from tartib.web import audience
from tartib.web.addresses import shop_url
from tartib.web.files import answer
from tartib.web.waiting import looks, next_look

MOST_STARTS, STARTS_WITHIN = 30, timedelta(hours=1)
MOST_ASKS, ASKS_WITHIN = 10, timedelta(minutes=10)


class Slip(forms.Form):
    """What shows that the money was sent."""

    slip = forms.FileField(label=gettext_lazy("Photo or PDF of the transfer slip"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """The ways to pay what is due of an order, for whoever has its link."""
    case, now = opening.find(token), timezone.now()
    if case is None:
        raise Http404
    audience.enter(case.shop, opening.language(request, case), now=now, calendar=opening.calendar(case))
    accounts = queries.offered(case.shop, case.currency) if repaying.payable(case) else []
    owed = balance(case).due
    problem = ""
    if request.method == "POST" and owed > 0:
        account = next((one for one in accounts if str(one.pk) == request.POST.get("account")), None)
        if account is not None and within_limit(
            "pay.start", [str(case.pk)], now=now, most=MOST_STARTS, window=STARTS_WITHIN
        ):
            try:
                begun = _start(case, account)
            except NotEnough as gone:
                said = _("“%(product)s” is sold out by now, so the order cannot be paid. Please ask the shop.")
                problem = said % {"product": gone.short.product}
            else:
                if begun is not None:
                    return _unseen(redirect("portal:pay", begun.key))
        problem = problem or _("That did not work just now. Please try again, or choose another way to pay.")
    context = {
        "case": case, "shop": case.shop, "languages": _languages(case), "owed": owed, "problem": problem,
        "ways": [(account, gateway(account.gateway)) for account in accounts] if owed > 0 else [],
    }  # fmt: skip
    return _unseen(render(request, "portal/pay/choose.html", context, status=422 if problem else 200))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, key: str) -> HttpResponse:
    """On to the gateway; or, for a transfer, where to send the money and the place for its slip."""
    attempt = _enter(request, key)
    way = gateway(attempt.account.gateway)
    if attempt.state not in (AttemptState.STARTED, AttemptState.REVIEW):
        return _unseen(redirect("portal:pay-return", attempt.key))
    if way.way == Way.ONLINE:
        hosts = sorted({_origin(attempt.leave.get("url", "")), *(f"https://{host}" for host in way.hosts)})
        response = render(request, "portal/pay/leave.html", _context(attempt))
        # The form that leads away posts to the gateway, which may lead on to another host of its own.
        response._csp_update = {"form-action": hosts}  # type: ignore[attr-defined]
        return _unseen(response)
    form = Slip(request.POST or None, request.FILES or None)
    if request.method == "POST" and way.way == Way.TRANSFER and form.is_valid():
        problem = _hand_in(attempt, form)
        if not problem:
            return _unseen(redirect("portal:pay-return", attempt.key))
        form.add_error("slip", problem)
    context = _context(attempt) | {
        "form": form, "account": attempt.account, "settings": attempt.account.settings, "way": way.way,
    }  # fmt: skip
    return _unseen(render(request, "portal/pay/transfer.html", context, status=422 if form.errors else 200))


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, key: str) -> HttpResponse:
    """Back from the gateway, whatever its address says: true is what the gateway tells us, or answers when asked.

    Who ordered in the shop window is led back there.
    """
    attempt = _enter(request, key)
    now = timezone.now()
    if within_limit("pay.ask", [attempt.key], now=now, most=MOST_ASKS, window=ASKS_WITHIN):
        attempts.ask_soon(attempt, now=now)
    left = "left" in request.GET
    if attempt.case is not None and ordered_in_window(attempt.case.pk):
        return _unseen(redirect(_thanks(attempt, attempt.case, left=left)))
    waiting = attempts.awaited(attempt, left=left, looks=looks(request))
    context = _context(attempt) | {
        "waiting": waiting, "next_look": next_look(request, waiting=waiting),
        "unpaid": attempt.state == AttemptState.STARTED and not waiting, "number": attempts.has_number(attempt),
        "due": balance(attempt.case).due if attempt.case else 0,
    }  # fmt: skip
    return _unseen(render(request, "portal/pay/returned.html", context))


@never_cache
@require_safe
def slip(request: HttpRequest, key: str) -> HttpResponse:
    """The slip that was handed in, for the one who did."""
    attempt = _enter(request, key)
    if attempt.slip is None:
        raise Http404
    return answer(attempt.slip, 2000)


def _start(case: Case, account: Account) -> Attempt | None:
    """Open a payment; first, goods that were given back meanwhile are held again. Raises `NotEnough`."""
    now, language = timezone.now(), audience.current().language
    try:
        _way, until = repaying.pay_by(case.shop, case.pk, account.pk, now=now)
        return attempts.start(case.shop, case.pk, account, now=now, language=language, until=until)
    except (repaying.NotPayable, attempts.NotStarted, attempts.NotOffered, NothingDue):
        return None


def _hand_in(attempt: Attempt, form: Slip) -> str:
    """What is the matter with the slip; "" when it is handed in."""
    now = timezone.now()
    if not within_limit("pay.slip", [attempt.key], now=now, most=MOST_ASKS, window=ASKS_WITHIN):
        return _("Too many slips in a short time. Please wait ten minutes and try again.")
    given = form.cleaned_data["slip"]
    try:
        kept = keep_document(attempt.shop, given, Purpose.SLIP, now=now, name=given.name)
    except Unfit as unfit:
        return str(unfit)
    try:
        attempts.hand_in(attempt, kept, now=now)
    except NothingDue:
        return _("This transfer has been checked already.")
    return ""


def _enter(request: HttpRequest, key: str) -> Attempt:
    attempt = queries.attempt(key)
    if attempt is None:
        raise Http404
    chosen = request.GET.get("language", "")
    offered = _offered(attempt)
    audience.enter(attempt.shop, chosen if chosen in offered else attempt.language, now=timezone.now())
    return attempt


def _offered(attempt: Attempt) -> Sequence[str]:
    return _languages(attempt.case) if attempt.case else [attempt.language]


def _context(attempt: Attempt) -> dict[str, object]:
    return {"attempt": attempt, "shop": attempt.shop, "case": attempt.case, "languages": _offered(attempt)}


def _thanks(attempt: Attempt, case: Case, *, left: bool) -> str:
    """The window's own page of what became of an order, told that its customer comes back from paying, or left it."""
    spoken = attempt.language if attempt.language in case.shop.spoken else ""
    came = "?left=1" if left else "?returned=1"
    return shop_url(case.shop, "storefront:thanks", language=spoken, token=case.token) + came


def _languages(case: Case) -> list[str]:
    return opening.offered([*case.shop.languages, case.language])


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _unseen(response: HttpResponse) -> HttpResponse:
    """Keep the page out of search engines and its address from other sites. Forms of ours still say where they are."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response
