"""After confirming: what became of the order and its payment, said as it is, and another way to pay where it failed."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tartib.cases import queries
from tartib.cases.models import Case
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.notify import reaching
from tartib.orders import paying, proposals, repaying
from tartib.orders.holding import NotEnough
from tartib.orders.models import Choice, DeliveryKind, Proposal
from tartib.orders.queries import lines, order
from tartib.payments import attempts
from tartib.payments.balance import balance
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import Way
from tartib.payments.models import OPEN_ATTEMPTS, Attempt, AttemptState
from tartib.public.visits import ShopRequest, visited
from tartib.shops.operations import within_limit
from tartib.storefront.checkout import pay as to_gateway
from tartib.web.waiting import looks, next_look

MOST_WORDS = 1_000
MOST_STARTS, STARTS_WITHIN = 30, timedelta(hours=1)
MOST_ASKS, ASKS_WITHIN = 10, timedelta(minutes=10)


@never_cache
@require_GET
@visited
def thanks_page(request: ShopRequest, token: str) -> HttpResponseBase:
    """Thank you: is it paid, being verified, or not paid yet, and what is there to do."""
    case = _case(request, token)
    latest = Attempt.objects.filter(case=case).select_related("account").order_by("-pk").first()
    now = timezone.now()
    if latest is not None and within_limit("pay.ask", [latest.key], most=MOST_ASKS, window=ASKS_WITHIN, now=now):
        attempts.ask_soon(latest, now=now)
    payable, proposal = repaying.payable(case), proposals.of(case.pk)
    asked = proposal is not None and proposal.settled_at is None
    came = latest is not None and bool({"returned", "left"} & request.GET.keys())
    waits = came and latest is not None and attempts.awaited(latest, left="left" in request.GET, looks=looks(request))
    particulars = order(case)
    state = _state(case, latest, asked=asked, waits=waits)
    ways = paying.ways_of(request.shop, particulars) if payable else []
    context = {
        "shop": request.shop,
        "case": case,
        "order": particulars,
        "picked_up": particulars.delivery == DeliveryKind.PICKUP,
        "lines": list(lines(case)),
        "state": state,
        "next_look": next_look(request, waiting=state == "waiting"),
        "ways": ways,
        "way": paying.way_of(particulars, [one.account for one in ways]),
        "attempt": latest,
        "proposal": proposal,
        "choices": Choice.choices,
        "stands": balance(case),
        "letter": reaching.of_case(case).letter,
        "go_on": _to_go_on(latest) if payable and latest else "",
    }
    response = render(request, "storefront/checkout/thanks.html", context)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_POST
@visited
def pay(request: ShopRequest, token: str) -> HttpResponseBase:
    """Pay the order by the way that was chosen now."""
    case, account = _case(request, token), request.POST.get("account", "")
    back = redirect(request.visit.path("storefront:thanks", token=token))
    now = timezone.now()
    if not within_limit("pay.start", [str(case.pk)], most=MOST_STARTS, window=STARTS_WITHIN, now=now):
        messages.warning(request, _("That was tried very often. Please wait an hour, or call the shop."))
        return back
    if not account.isdecimal() or len(account) > 18:
        messages.error(request, _("Please choose how you want to pay."))
        return back
    try:
        way, until = repaying.pay_by(request.shop, case.pk, int(account), now=now)
    except repaying.NotPayable:
        messages.info(request, _("There is nothing to pay any more in this way."))
        return back
    except NotEnough as gone:
        said = _("“%(product)s” is sold out by now, so the order cannot be paid. Please ask the shop.")
        messages.error(request, said % {"product": gone.short.product})
        return back
    return to_gateway(request, case.pk, token, way.account, until) if way.before else back


@require_POST
@visited
def answer(request: ShopRequest, token: str) -> HttpResponseBase:
    """What the customer wants to become of an order that was paid when its goods were gone."""
    case, choice = _case(request, token), request.POST.get("choice", "")
    back = redirect(request.visit.path("storefront:thanks", token=token))
    if choice not in Choice.values:
        messages.error(request, _("Please choose one of the answers."))
        return back
    words = request.POST.get("words", "").strip()[:MOST_WORDS]
    actor = Actor(ActorKind.CUSTOMER, case.customer.name if case.customer else "")
    try:
        proposals.choose(request.shop, case.pk, choice, words, actor, now=timezone.now())
    except Proposal.DoesNotExist as nothing:
        raise Http404 from nothing
    except proposals.Settled:
        messages.info(request, _("This has been settled already."))
    else:
        messages.success(request, _("We have your answer."))
    return back


def _to_go_on(latest: Attempt) -> str:
    """Where the payment that was begun goes on; "" where it does not, or elsewhere, with a number."""
    return attempts.address(latest) if latest.state in OPEN_ATTEMPTS and not attempts.has_number(latest) else ""


def _case(request: ShopRequest, token: str) -> Case:
    case = queries.by_token(token) if len(token) == 22 else None
    if case is None or case.shop_id != request.shop.pk or case.kind != "order":
        raise Http404
    return case


def _state(case: Case, latest: Attempt | None, *, asked: bool, waits: bool) -> str:
    """What is known of the payment, in one word: see the template. Who `waits` has come back and may have paid."""
    if asked:
        return "asked"
    if case.payment in ("paid", "refunded", "partly-refunded"):
        return str(case.payment)
    if case.closed_at is not None:
        return "closed"
    reached = latest.state if latest else ""
    if reached in (AttemptState.REVIEW, AttemptState.PAID) or case.payment == "unverified":
        return "review"
    if latest is not None and attempts.has_number(latest):
        return "number"
    if waits:
        return "waiting"
    if order(case).pays_on_receipt:
        return "on-receipt"
    if latest is None:
        return "none"
    if reached in (AttemptState.FAILED, AttemptState.EXPIRED):
        return "failed"
    return "open" if gateway(latest.account.gateway).way == Way.ONLINE else "transfer"
