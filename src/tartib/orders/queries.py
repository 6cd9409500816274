"""Reads of orders: one with its lines, and the ones that look like mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from tartib.cases.models import Case, PaymentState, Phase
from tartib.cases.queries import workflows
from tartib.customers.address import Address
from tartib.customers.sql import moved_for
from tartib.l10n import digits
from tartib.orders import ORDER, sql
from tartib.orders.models import Line, Order, PaymentMethod
from tartib.orders.points import earned_by
from tartib.orders.requests import CustomerRequest, RequestState
from tartib.payments import refunds
from tartib.shops.models import Shop

_NOT_PAID = (PaymentState.UNPAID, PaymentState.FAILED, PaymentState.UNVERIFIED)
LIKELY_DOUBLE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Out:
    """What of an order has not come back, and is not about to with a refund under way: its pieces by line, those that
    are about to, and whether the delivery is among what is out."""

    pieces: dict[int, int]
    coming: dict[int, int]
    delivery: bool


@dataclass(frozen=True, slots=True)
class Double:
    """Two orders of the same customer for the same things within a day: the later one is probably a mistake."""

    earlier: Case
    later: Case


def last_addresses(customer_ids: Sequence[int]) -> dict[int, Address]:
    """Where the latest order of each customer was sent that was sent anywhere, in one query."""
    orders = Order.objects.filter(case__customer__in=customer_ids).exclude(shipping_address={})
    newest = orders.order_by("case__customer", "-case__placed_at", "-pk").distinct("case__customer")
    found = newest.values_list("case__customer", "shipping_address")
    return {customer: Address.read(data) for customer, data in found if customer is not None}


def order(case: Case) -> Order:
    """The particulars of an order's case."""
    return Order.objects.select_related("case__shop").get(pk=case.pk)


def lines(case: Case) -> QuerySet[Line]:
    """The lines of an order in their order."""
    return Line.objects.filter(case=case).select_related("product").order_by("position")


def out(order: Order, lines: Sequence[Line]) -> Out:
    """What of an order, of which `lines` are all, can be given back yet; three queries at most."""
    coming = refunds.coming_back(order.case)
    pieces = {line.pk: max(0, line.quantity - line.came_back - coming[line.pk]) for line in lines}
    return Out(pieces, dict(coming), bool(order.shipping) and not refunds.delivery_went_back(order.case))


def incomplete(shop: Shop) -> Q:
    """The orders of a shop whose checkout is not finished: written down in advance, to be paid online, and not paid.

    Those a person has taken up by hand, or confirmed after asking the gateway, are recorded (requirement E2).
    """
    starts = {flow.start for flow in workflows(shop, ORDER)}
    return Q(
        phase=Phase.WAITING, status__in=starts, payment__in=_NOT_PAID, order__payment_method=PaymentMethod.ONLINE
    )  # fmt: skip


def requested(shop: Shop) -> Q:
    """The orders of a shop about which a customer has asked something that nobody has answered yet."""
    waiting = CustomerRequest.objects.filter(shop=shop, state=RequestState.REQUESTED)
    return Q(pk__in=waiting.values("case"))


def requests_of(case: Case) -> list[CustomerRequest]:
    """What its customer has asked about an order, newest first, with lines and photos: three queries at most."""
    found = CustomerRequest.objects.filter(case=case).order_by("-pk")
    return list(found.prefetch_related("lines__line", "photos__upload"))


def requests_about(case_ids: Sequence[int]) -> dict[int, list[CustomerRequest]]:
    """What customers have asked about each of these orders, newest first: two queries at most."""
    found = CustomerRequest.objects.filter(case__in=case_ids).order_by("-pk").prefetch_related("lines__line")
    asked: dict[int, list[CustomerRequest]] = {case_id: [] for case_id in case_ids}
    for one in found:
        asked[one.case_id].append(one)
    return asked


def named(request: CustomerRequest, language: str) -> list[str]:
    """What a request is about, a line each: the pieces asked for or, once the shop has agreed, those it agreed to."""
    rows = sorted(request.lines.all(), key=lambda one: one.line.position)
    agreed = any(one.agreed for one in rows)
    counted = [(one.agreed if agreed else one.pieces, one.line) for one in rows]
    return [f"{digits.number(count, language)} × {line.called}" for count, line in counted if count]


def declined(request: CustomerRequest, language: str) -> list[str]:
    """The pieces asked for that the shop did not agree to, a line each; none before it has agreed to any."""
    rows = sorted(request.lines.all(), key=lambda one: one.line.position)
    if not any(one.agreed for one in rows):
        return []
    counted = [(one.pieces - one.agreed, one.line) for one in rows]
    return [f"{digits.number(count, language)} × {line.called}" for count, line in counted if count]


def is_incomplete(case: Case, order: Order) -> bool:
    """Whether an order's checkout is not finished; see `incomplete`."""
    return (
        case.status == case.flow.start
        and case.payment in _NOT_PAID
        and order.payment_method == PaymentMethod.ONLINE
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PointsOf:
    """The points of an order as its customer has them: counted, waiting for approval, and spent on it now.

    `earning` is what it comes to once it is done.
    """

    counted: int = 0
    waiting: int = 0
    spent: int = 0
    earning: int = 0


def points_of(order: Order) -> PointsOf:
    """What an order has moved in points, and what it earns; a fixed number of queries, and none where it has none."""
    if not order.points and not order.points_spent:
        return PointsOf()
    moved = moved_for([order.pk])
    earned, spent = [one for one in moved if not one.spending], [one for one in moved if one.spending]
    return PointsOf(
        sum(one.points for one in earned),
        sum(one.waiting for one in earned),
        -sum(one.points for one in spent),
        earned_by(order),
    )


def buyable(case: Case) -> list[Line]:
    """The lines of an order whose products are still sold."""
    return list(lines(case).filter(product__active=True))


def doubles(shop: Shop, *, now: datetime, within_days: int = 30, most: int = 100) -> list[Double]:
    """Likely double orders placed lately, newest first: same customer, amount and products within a day, both open."""
    pairs = sql.likely_doubles(shop.pk, now - timedelta(days=within_days), LIKELY_DOUBLE, most)
    cases = Case.objects.select_related("customer").in_bulk({pk for pair in pairs for pk in pair})
    return [Double(cases[earlier], cases[later]) for earlier, later in pairs]


def stale(shop: Shop, days: int, *, now: datetime) -> QuerySet[Case]:
    """Orders that wait for a payment nobody makes: unpaid and unmoved for more than so many days, oldest first."""
    return (
        Case.objects.filter(
            shop=shop,
            kind=ORDER,
            phase=Phase.WAITING,
            payment__in=(PaymentState.UNPAID, PaymentState.FAILED),
            since__lt=now - timedelta(days=days),
        )
        .select_related("customer")
        .order_by("placed_at", "pk")
    )
