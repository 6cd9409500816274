"""The money of an order: payments, tries to pay, refunds, and its papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from tartib.api import etags, shows
from tartib.api.idempotency import Answer, key, once
from tartib.api.keys import ApiRequest, BearerKey
from tartib.api.lists import Cursor, Limit, link, numbered, only_known
from tartib.api.money_answers import AttemptList, PaperList, PaymentList, PaymentOut, RefundList, RefundsOut
from tartib.api.orders import as_seen, exact, find
from tartib.api.problems import Problem, invalid
from tartib.api.requests import PaymentIn, RefundIn
from tartib.billing.models import Paper
from tartib.cases.models import Case
from tartib.orders.queries import lines
from tartib.orders.returning import Contradiction, Wish, give_back
from tartib.payments import operations as payments
from tartib.payments import refunds
from tartib.payments.hooks import Piece
from tartib.payments.models import Attempt, Payment, Refund
from tartib.payments.operations import TooMuch, WrongCurrency

router = Router(tags=["Money"], by_alias=True)


@router.get("/{code}/payments", response=PaymentList, auth=BearerKey("payments:read"), summary="List payments")
def list_payments(request: ApiRequest, code: str, cursor: Cursor = "", limit: Limit = 50) -> HttpResponse:
    """Money that came in for an order or went back, the newest first. Only what is `confirmed` counts as paid."""
    case = _found(request, code)
    return _stretch(request, Payment.objects.filter(case=case), "payments", cursor, limit)


@router.post(
    "/{code}/payments", response={201: PaymentOut}, auth=BearerKey("payments:write"), summary="Record a payment"
)
def record_payment(request: ApiRequest, code: str, body: PaymentIn) -> HttpResponse:
    """Record money that came in or went back. A confirmed payment may move the order, as its workflow says.

    A payment with a `reference` is recorded once for its `method` and `direction`, however often it is sent, with any
    key: again for the same order it is answered alike, for another order or amount it is refused. No more can go back
    than came in.
    """

    def work() -> Answer:
        case = as_seen(request, code)
        exact(body.amount, body.currency, "#/amount")
        named = f"api:{body.method}:{body.direction}:{body.reference}" if body.reference else ""
        try:
            outcome = payments.record_payment(
                case.shop, case.pk, body.amount, body.currency, request.auth.actor, now=timezone.now(),
                state=body.state, direction=body.direction, method=body.method, reference=body.reference,
                key=named or key(request),
            )  # fmt: skip
        except WrongCurrency:
            raise invalid("#/currency", _("The order is in %(currency)s.") % {"currency": case.currency}) from None
        except TooMuch as much:
            raise _too_much(much, case) from None
        if named and outcome is None:
            _same(case, body, named)
        stayed = outcome.refused.get(case.pk) if outcome else None
        after = find(case.shop, case.code)
        data = {
            "order": case.code,
            "payment": after.payment,
            "version": after.version,
            "moved": shows.moved(outcome.moved[0], case.code) if outcome and outcome.moved else None,
            "stayed": shows.say(stayed, case.shop, case.currency) if stayed else None,
        }
        return Answer(data, 201, etags.header(after.version))

    return once(request, work)


@router.get("/{code}/attempts", response=AttemptList, auth=BearerKey("payments:read"), summary="List tries to pay")
def list_attempts(request: ApiRequest, code: str, cursor: Cursor = "", limit: Limit = 50) -> HttpResponse:
    """Each try to pay an order at a gateway, the newest first, and what became of it."""
    case = _found(request, code)
    return _stretch(
        request, Attempt.objects.filter(case=case).select_related("account__shop"), "attempts", cursor, limit
    )


@router.get("/{code}/refunds", response=RefundList, auth=BearerKey("payments:read"), summary="List refunds")
def list_refunds(request: ApiRequest, code: str, cursor: Cursor = "", limit: Limit = 50) -> HttpResponse:
    """Money that was asked to go back, the newest first. It is back when it is `confirmed`."""
    case = _found(request, code)
    return _stretch(request, Refund.objects.filter(case=case).select_related("payment"), "refunds", cursor, limit)


@router.post("/{code}/refunds", response={201: RefundsOut}, auth=BearerKey("payments:write"), summary="Send money back")
def send_back(request: ApiRequest, code: str, body: RefundIn) -> HttpResponse:
    """Send money back by the way it came: an amount, the price of pieces that come back, or all that is left.

    What a gateway sends is `asked` until the gateway has confirmed it; what goes back by hand is recorded as done.
    """

    def work() -> Answer:
        case = as_seen(request, code)
        if body.amount is not None:
            exact(body.amount, case.currency, "#/amount")
        pieces = _pieces(case, body)
        wish = Wish(tuple(pieces), amount=body.amount, everything=not pieces and body.amount is None)
        try:
            _plan, asked = give_back(
                case.shop, case.pk, wish, request.auth.actor, now=timezone.now(), words=body.note,
                key=key(request) or "",
            )  # fmt: skip
        except TooMuch as much:
            raise _too_much(much, case) from None
        except Contradiction as contradiction:
            raise Problem("refused", contradiction.why, code="contradiction") from None
        except refunds.NotInParts:
            raise Problem(
                "refused", _("This gateway sends back only the whole of a payment."), code="not-in-parts"
            ) from None
        after = find(case.shop, case.code)
        return Answer(
            {
                "order": case.code,
                "payment": after.payment,
                "version": after.version,
                "refunds": [shows.refund(one) for one in asked],
            },
            201,
        )

    return once(request, work)


@router.get("/{code}/papers", response=PaperList, auth=BearerKey("orders:read"), summary="List papers")
def list_papers(request: ApiRequest, code: str, cursor: Cursor = "", limit: Limit = 50) -> HttpResponse:
    """Pro-forma invoices, invoices and credit notes of an order, the newest first, each with the address of its PDF."""
    case = _found(request, code)
    return _stretch(
        request, Paper.objects.filter(case=case).select_related("case", "corrects"), "papers", cursor, limit
    )


def paper_url(paper: Paper) -> str:
    """Where the customer finds the paper; whoever has the address can read it."""
    assert paper.case is not None
    return settings.TARTIB_URL + reverse("portal:paper", args=[paper.case.token, paper.pk])


_SHOWN: Mapping[str, Callable[[Any], shows.Data]] = {
    "payments": shows.payment,
    "attempts": shows.attempt,
    "refunds": shows.refund,
    "papers": lambda paper: shows.paper(paper, paper_url(paper)),
}


def _found(request: ApiRequest, code: str) -> Case:
    only_known(request, None, "cursor", "limit")
    return find(request.auth.shop, code)


def _stretch(request: ApiRequest, rows: QuerySet[Any], name: str, cursor: str, limit: int) -> HttpResponse:
    """A stretch of a list of what an order has, the newest first."""
    if cursor:
        rows = rows.filter(pk__lt=numbered(cursor))
    found = list(rows.order_by("-pk")[: limit + 1])
    following = str(found[limit - 1].pk) if len(found) > limit else ""
    data = {name: [_SHOWN[name](one) for one in found[:limit]], "next": following or None}
    return Answer(data, headers=link(request, following)).response()


def _same(case: Case, body: PaymentIn, named: str) -> None:
    """A payment of that name is here: it has to be this one."""
    known = Payment.objects.get(shop=case.shop, key=named)
    if (known.case_id, known.amount) != (case.pk, body.amount):
        said = _("A payment with this method and reference is recorded already, for another order or amount.")
        raise Problem("refused", said, code="reference-used")


def _pieces(case: Case, body: RefundIn) -> list[Piece]:
    known = {line.position: line for line in lines(case)} if body.pieces else {}
    found = []
    for place, one in enumerate(body.pieces):
        line = known.get(one.position)
        if line is None or one.quantity > line.quantity - line.back - line.lost:
            raise invalid(f"#/pieces/{place}", _("The order has no so many pieces there that could come back."))
        found.append(Piece(line.pk, one.quantity, one.shelved))
    return found


def _too_much(much: TooMuch, case: Case) -> Problem:
    said = _("Of what was paid, %(left)s can still go back.") % {"left": shows.amount(much.left, case.currency)}
    return Problem("refused", said, code="too-much")
