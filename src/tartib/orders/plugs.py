"""What orders add to the engine: facts for guards, stock as an effect of moves, words for messages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case, CaseKind
from tartib.cases.plugs import Context, Effect, Handler, Step
from tartib.catalog.models import Movement, MovementKind
from tartib.catalog.stock import Short, Want, shift
from tartib.flow.check import CANCELLING
from tartib.flow.facts import Refusal
from tartib.flow.worktime import Hours, add_worktime
from tartib.journal.operations import Actor
from tartib.orders import persons, points, sql
from tartib.orders.models import DeliveryKind, Line, Order, PaymentMethod
from tartib.orders.pickup import place_of
from tartib.orders.placing import search_text
from tartib.orders.queries import named
from tartib.orders.requests import CustomerRequest
from tartib.payments.models import Direction, Payment, State
from tartib.payments.plugs import Piece
from tartib.shops import worktime
from tartib.speech import dates, digits, money

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
            "hold_hours": row.hold_hours,
            "hold_until": _hold_until(row),
        }
        for row in sql.facts(case_ids)
    }


def _hold_until(row: sql.FactRow) -> datetime | None:
    """When the hold is over, where the shop counts it in working hours."""
    if not row.hold_in_worktime:
        return None
    hours = _hours(row.week or "[]", row.country, row.timezone, row.holidays or "{}")
    return add_worktime(hours, row.placed_at, timedelta(hours=row.hold_hours))


@lru_cache(maxsize=64)
def _hours(week: str, country: str, zone: str, closed: str) -> Hours:
    """Working hours as the database holds them; read once for the many orders of a shop."""
    return worktime.read(json.loads(week), country, zone, json.loads(closed))


def reserve(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Promise the pieces of these orders, so far as they are not promised or taken yet."""
    wants = [
        Want(line.case_id, line.id, line.branch_id, line.product_id, 0, line.lacking - line.reserved)
        for line in _lines(steps)
    ]
    return _shift(wants, MovementKind.RESERVED, context)


def deduct(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Take the pieces of these orders from the stock, so far as they are not taken yet."""
    wants = [
        Want(line.case_id, line.id, line.branch_id, line.product_id, -line.lacking, -line.reserved)
        for line in _lines(steps)
    ]
    return _shift(wants, MovementKind.TAKEN, context)


def give_back(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Put back what these orders took from the stock and free what they reserved."""
    wants = [_back(line) for line in _lines(steps)]
    return _shift(wants, MovementKind.RETURNED, context)


def clear(case_ids: Sequence[int], context: Context) -> None:
    """Before orders are deleted: what they hold of the stock goes back, and the photos given with them go."""
    persons.discard_photos(case_ids)
    wants = [_back(line) for line in sql.lines(case_ids)]
    _shift(wants, MovementKind.RETURNED, context)


def take_back(case_id: int, pieces: Sequence[Piece], context: Context) -> None:
    """Pieces that a customer gives back, each once: to the shelf or lost to it. Those not taken yet never will be.

    What has no stock comes back as well: it is marked, and moves none.
    """
    lines = {line.id: line for line in sql.lines([case_id])}
    stockless = {line.pk: line for line in Line.objects.filter(case=case_id).exclude(pk__in=lines)}
    wants, given = [], []
    for piece in pieces:
        line = lines.get(piece.line_id)
        if line is None:
            if (other := stockless.get(piece.line_id)) is not None:
                given.append((other.pk, min(piece.quantity, other.quantity - other.came_back), 0))
            continue
        of_taken = min(piece.quantity, line.taken - line.lost)
        untaken = min(piece.quantity - of_taken, line.lacking)
        shelved = of_taken if piece.shelved else 0
        given.append((line.id, shelved + untaken, of_taken - shelved))
        promised = max(0, line.reserved - (line.lacking - untaken))
        wants.append(Want(case_id, line.id, line.branch_id, line.product_id, shelved, -promised))
    if given and not _shift(wants, MovementKind.RETURNED, context):
        sql.give_up(given)


def honour_points(case: Case, received: Decimal, actor: Actor, now: datetime) -> None:
    """Money that came after the hold had ended may be enough with the points that were given back then."""
    if case.kind == CaseKind.ORDER:
        points.honour(case, received, actor, now=now)


def take_points_back(case: Case, payment: Payment, actor: Actor, now: datetime) -> None:
    """Of an order whose money went back, in part or whole, the points go with it."""
    if case.kind == CaseKind.ORDER and payment.direction == Direction.OUT and payment.state == State.CONFIRMED:
        points.settle(case, actor, now=now)


def _taking_back(kind: MovementKind) -> Handler:
    """A handler that does the opposite of the movements of `kind` in the act that is undone."""

    def take_back(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
        assert isinstance(context.undoes, UUID)
        branches = {step.case.id: step.case.branch_id for step in steps}
        moved = (
            Movement.objects.filter(case_id__in=branches, act_id=context.undoes, kind=kind)
            .order_by("case_id", "line_id")
            .values_list("case_id", "line_id", "stock__product_id")
            .annotate(Sum("on_hand"), Sum("reserved"))
        )
        # What the order contains may have been edited since: no more goes back than a line still holds.
        held = {line.id: line for line in sql.lines(list(branches))}
        wants = [
            _within(held[line_id], Want(case_id, line_id, branches[case_id], product_id, -pieces, -promised))
            for case_id, line_id, product_id, pieces, promised in moved
            if case_id is not None and line_id in held
        ]
        return _shift(wants, _OPPOSITE[kind], context)

    return take_back


def _within(line: sql.LineRow, want: Want) -> Want:
    """A change so far as the line bears it: no more back than it has taken or reserved, no more taken than it lacks."""
    on_hand = max(-line.lacking, min(want.on_hand, line.taken - line.lost))
    room = line.lacking + on_hand
    return replace(want, on_hand=on_hand, reserved=max(-line.reserved, min(want.reserved, room - line.reserved)))


_OPPOSITE = {
    MovementKind.RESERVED: MovementKind.RELEASED,
    MovementKind.TAKEN: MovementKind.RETURNED,
    MovementKind.RETURNED: MovementKind.TAKEN,
}

EFFECTS = {
    "stock.reserve": Effect(reserve, _taking_back(MovementKind.RESERVED), refuses=True),
    "stock.deduct": Effect(deduct, _taking_back(MovementKind.TAKEN), refuses=True),
    "stock.return": Effect(give_back, _taking_back(MovementKind.RETURNED), refuses=True),
}


def _lines(steps: Sequence[Step]) -> list[sql.LineRow]:
    """The lines with a stock, first those of the order that was placed first: it is served first."""
    places = {step.case.id: (step.case.placed_at, step.case.id) for step in steps}
    return sorted(sql.lines(list(places)), key=lambda line: (places[line.case_id], line.id))


def _back(line: sql.LineRow) -> Want:
    return Want(line.case_id, line.id, line.branch_id, line.product_id, line.taken - line.lost, -line.reserved)


def _shift(wants: Sequence[Want], kind: MovementKind, context: Context) -> dict[int, Refusal]:
    wants = [want for want in wants if want.on_hand or want.reserved]
    done, short = shift(
        context.shop, wants, kind, actor_name=context.actor.name, now=context.now, act_id=context.act_id
    )
    if done:
        sql.mark(done)
    for want in done:
        context.tally["stock.taken"] += max(0, -want.on_hand)
        context.tally["stock.returned"] += max(0, want.on_hand)
        context.tally["stock.reserved"] += max(0, want.reserved)
    return {case_id: _short(lack) for case_id, lack in short.items()}


def _short(lack: Short) -> Refusal:
    return Refusal("stock-short", {"product": lack.product, "wanted": lack.wanted, "available": lack.available})


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
    "request_due": _("The day by which you answer that"),
}


def words(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words a message may use about these orders, in four queries."""
    orders = list(Order.objects.filter(case_id__in=case_ids).select_related("case__shop", "case__branch"))
    tags = {order.case_id: order.case.shop.tag(language) for order in orders}
    items: dict[int, list[str]] = {}
    for line in Line.objects.filter(case_id__in=case_ids).order_by("case_id", "position"):
        pieces = digits.number(line.quantity, tags.get(line.case_id, language))
        items.setdefault(line.case_id, []).append(f"{pieces} × {line.name} {line.variant}".strip())
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
            **asked.get(order.case_id, {"request_items": "", "request_due": ""}),
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
            "request_due": dates.show_date(one.due_at, shop.tag(language), calendar, ZoneInfo(shop.timezone)),
        }
    return words
