"""What orders add to the engine: facts for guards, words for messages, what they are found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.flow.check import CANCELLING
from tartib.flow.presets import hold_hours
from tartib.flow.worktime import add_worktime
from tartib.journal.operations import Actor
from tartib.l10n import dates, digits, money, names
from tartib.orders import ORDER, points, sql
from tartib.orders.models import DeliveryKind, Line, Order, PaymentMethod
from tartib.orders.pickup import place_of
from tartib.orders.placing import search_text
from tartib.orders.queries import declined, named
from tartib.orders.requests import CustomerRequest
from tartib.payments.models import Direction, Payment, State
from tartib.shops import worktime

CANCEL = CANCELLING
"""A customer cancels by themselves: where the workflow leads it to an ended status, nobody has to be asked."""
EVENTS = frozenset({"tracking.added", "checkout.finished", CANCEL})


def found_by(cases: Sequence[Case]) -> dict[int, str]:
    """What orders are found by besides their tracking codes, in two queries."""
    orders = Order.objects.in_bulk([case.pk for case in cases])
    goods: defaultdict[int, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(case__in=orders).order_by("case_id", "position"):
        goods[line.case_id].append(line)
    found = {}
    for case in cases:
        order, person = orders[case.pk], case.customer
        who = (person.name, person.email, person.phone) if person else ("", "", "")
        said = person.phone_said if person else ""
        found[case.pk] = search_text(order.number, *who, order.tracking_number, goods[case.pk], said)
    return found


def circumstances(case_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """What the words and steps of orders depend on, in one query."""
    found = Order.objects.filter(pk__in=case_ids).select_related("case")
    return {order.pk: order.circumstances for order in found.only(
        "payment_method", "delivery", "case__payment", "case__amount"
    )}  # fmt: skip


def facts(case_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """What guards may ask of orders: total, how it is paid, tracking number, hours to wait before dispatch."""
    return {
        row.case_id: {
            "total": row.total,
            "pays_on_receipt": row.payment_method == PaymentMethod.ON_RECEIPT,
            "tracking_number": row.tracking_number,
            "hold_hours": _hold(row),
            "hold_until": _hold_until(row),
        }
        for row in sql.facts(case_ids)
    }


def _hold(row: sql.FactRow) -> int:
    """For how many hours it is kept from leaving: as the shop has said, else as its workflow has it."""
    return hold_hours(row.workflow) if row.hold_hours is None else row.hold_hours


def _hold_until(row: sql.FactRow) -> datetime | None:
    """When the hold is over, where the shop counts it in working hours."""
    if not row.hold_in_worktime:
        return None
    hours = worktime.read_hours(row.week or "[]", row.country, row.timezone, row.holidays or "{}")
    return add_worktime(hours, row.placed_at, timedelta(hours=_hold(row)))


def honour_points(case: Case, received: Decimal, actor: Actor, now: datetime) -> None:
    """Money that came after the hold had ended may be enough with the points that were given back then."""
    if case.kind == ORDER:
        points.honour(case, received, actor, now=now)


def take_points_back(case: Case, payment: Payment, actor: Actor, now: datetime) -> None:
    """Of an order whose money went back, in part or whole, the points go with it."""
    if case.kind == ORDER and payment.direction == Direction.OUT and payment.state == State.CONFIRMED:
        points.settle(case, actor, now=now)


WORDS = {
    "order_number": _("Order number"),
    "items": _("The products, a line each"),
    "total": _("The total with its currency"),
    "carrier": _("Carrier"),
    "tracking_number": _("Freight reference number"),
    "tracking_link": _("Link to the carrier's tracking page"),
    "payment_method": _("Payment method"),
    "shipping_method": _("Shipping method"),
    "pickup_place": _("Where it is picked up and when that is open, for orders that are"),
    "request_items": _("What the customer asked to cancel or to return"),
    "request_declined": _("What of it you did not agree to"),
    "request_due": _("The day by which you answer that"),
}


def words(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words a message may use about these orders, in four queries."""
    orders = list(Order.objects.filter(case_id__in=case_ids).select_related("case__shop", "case__branch"))
    tags = {order.case_id: order.case.shop.tag(language) for order in orders}
    items: dict[int, list[str]] = {}
    for line in Line.objects.filter(case_id__in=case_ids).order_by("case_id", "position"):
        pieces = digits.number(line.quantity, tags.get(line.case_id, language))
        items.setdefault(line.case_id, []).append(f"{pieces} × {line.called}")
    asked = _asked(case_ids, language)
    return {
        order.case_id: {
            "order_number": order.number or order.case.code,
            "items": "\n".join(items.get(order.case_id, [])),
            "total": money.show(order.case.amount or Decimal(0), order.case.currency, tags[order.case_id]),
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "tracking_link": order.tracking_url,
            "payment_method": order.payment_method_name or order.get_payment_method_display(),
            "shipping_method": order.shipping_method,
            "pickup_place": place_of(order.case, language) if order.delivery == DeliveryKind.PICKUP else "",
            **asked.get(order.case_id, dict.fromkeys(("request_items", "request_declined", "request_due"), "")),
        }
        for order in orders
    }


def _asked(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words about the newest request of each of these orders, in two queries."""
    found = CustomerRequest.objects.filter(case__in=case_ids).select_related("case__shop", "case__customer")
    newest = {one.case_id: one for one in found.prefetch_related("lines__line").order_by("pk")}
    words = {}
    for case_id, one in newest.items():
        person, shop = one.case.customer, one.case.shop
        calendar = (person.calendar if person else "") or shop.calendar
        words[case_id] = {
            "request_items": "\n".join(named(one, shop.tag(language))),
            "request_declined": names.listed(declined(one, shop.tag(language)), language),
            "request_due": dates.show_date(one.due_at, shop.tag(language), calendar, ZoneInfo(shop.timezone)),
        }
    return words
