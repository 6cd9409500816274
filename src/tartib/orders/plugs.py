"""What orders register with the engine: facts for guards, stock as an effect of moves, words for messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from tartib.cases import plugs
from tartib.cases.plugs import Context, Effect, Step, WordSource
from tartib.catalog.models import Movement, MovementKind
from tartib.catalog.stock import Short, Want, shift
from tartib.flow.facts import Refusal
from tartib.orders.models import Line, Order, PaymentMethod
from tartib.speech import money


def register() -> None:
    """Called once, when Django is ready."""
    plugs.fact_sources.append(facts)
    plugs.effects["stock.reserve"] = Effect(reserve, _taking_back(MovementKind.RESERVED), refuses=True)
    plugs.effects["stock.deduct"] = Effect(deduct, _taking_back(MovementKind.TAKEN), refuses=True)
    plugs.effects["stock.return"] = Effect(give_back, _taking_back(MovementKind.RETURNED), refuses=True)
    plugs.word_sources.append(WordSource(WORDS, words))
    plugs.deleters.append(clear)
    plugs.events |= {"tracking.added", "checkout.finished"}


def facts(case_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """What guards may ask of orders: total, how it is paid, tracking number, hours to wait before dispatch."""
    rows = Order.objects.filter(case_id__in=case_ids).values_list(
        "case_id", "case__amount", "payment_method", "tracking_number", "shop__dispatch_hold_hours"
    )
    return {
        case_id: {
            "total": total,
            "pays_on_receipt": method == PaymentMethod.ON_RECEIPT,
            "tracking_number": tracking,
            "hold_hours": hours,
        }
        for case_id, total, method, tracking, hours in rows
    }


def reserve(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Promise the pieces of these orders, so far as they are not promised or taken yet."""
    wants = [
        Want(case_id, line_id, branch_id, product_id, 0, quantity - reserved - taken)
        for case_id, line_id, branch_id, product_id, quantity, reserved, taken in _lines(steps)
    ]
    return _shift(wants, MovementKind.RESERVED, context)


def deduct(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Take the pieces of these orders from the stock, so far as they are not taken yet."""
    wants = [
        Want(case_id, line_id, branch_id, product_id, taken - quantity, -reserved)
        for case_id, line_id, branch_id, product_id, quantity, reserved, taken in _lines(steps)
    ]
    return _shift(wants, MovementKind.TAKEN, context)


def give_back(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Put back what these orders took from the stock and free what they reserved."""
    wants = [
        Want(case_id, line_id, branch_id, product_id, taken, -reserved)
        for case_id, line_id, branch_id, product_id, _quantity, reserved, taken in _lines(steps)
    ]
    return _shift(wants, MovementKind.RETURNED, context)


def clear(case_ids: Sequence[int], context: Context) -> None:
    """Before orders are deleted: what they hold of the stock goes back."""
    rows = _rows(case_ids)
    wants = [
        Want(case, line, branch, product, taken, -reserved) for case, line, branch, product, _q, reserved, taken in rows
    ]
    _shift(wants, MovementKind.RETURNED, context)


def _taking_back(kind: MovementKind) -> plugs.Handler:
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
        wants = [
            Want(case_id, line_id, branches[case_id], product_id, -pieces, -promised)
            for case_id, line_id, product_id, pieces, promised in moved
            if case_id is not None and line_id is not None
        ]
        return _shift(wants, _OPPOSITE[kind], context)

    return take_back


_OPPOSITE = {
    MovementKind.RESERVED: MovementKind.RELEASED,
    MovementKind.TAKEN: MovementKind.RETURNED,
    MovementKind.RETURNED: MovementKind.TAKEN,
}
_Row = tuple[int, int, int, int, int, int, int]


def _lines(steps: Sequence[Step]) -> list[_Row]:
    """The lines with a stock, first those of the order that was placed first: it is served first."""
    places = {step.case.id: (step.case.placed_at, step.case.id) for step in steps}
    return sorted(_rows(list(places)), key=lambda row: (places[row[0]], row[1]))


def _rows(case_ids: Sequence[int]) -> list[_Row]:
    return list(
        Line.objects.filter(case_id__in=case_ids, product__stocked=True)
        .order_by("case_id", "position")
        .values_list("case_id", "pk", "case__branch_id", "product_id", "quantity", "reserved", "taken")
    )


def _shift(wants: Sequence[Want], kind: MovementKind, context: Context) -> dict[int, Refusal]:
    wants = [want for want in wants if want.on_hand or want.reserved]
    done, short = shift(
        context.shop, wants, kind, actor_name=context.actor.name, now=context.now, act_id=context.act_id
    )
    if done:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE orders_line AS l SET taken = l.taken - n.on_hand, reserved = l.reserved + n.reserved
                FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS n (id, on_hand, reserved) WHERE l.id = n.id
                """,
                [[w.line_id for w in done], [w.on_hand for w in done], [w.reserved for w in done]],
            )
    for want in done:
        context.tally["stock.taken"] += max(0, -want.on_hand)
        context.tally["stock.returned"] += max(0, want.on_hand)
        context.tally["stock.reserved"] += max(0, want.reserved)
    return {case_id: _short(lack) for case_id, lack in short.items()}


def _short(lack: Short) -> Refusal:
    return Refusal(
        "stock-short", {"product": lack.product, "wanted": str(lack.wanted), "available": str(lack.available)}
    )


WORDS = {
    "order_number": _("Order number"),
    "items": _("The products, a line each"),
    "total": _("The total with its currency"),
    "carrier": _("Carrier"),
    "tracking_number": _("Freight reference number"),
    "tracking_link": _("Link to the carrier's tracking page"),
    "payment_method": _("Payment method"),
    "shipping_method": _("Shipping method"),
}


def words(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words a message may use about these orders, in two queries."""
    items: dict[int, list[str]] = {}
    for line in Line.objects.filter(case_id__in=case_ids).order_by("case_id", "position"):
        items.setdefault(line.case_id, []).append(f"{line.quantity} × {line.name} {line.variant}".strip())
    return {
        order.case_id: {
            "order_number": order.number or order.case.code,
            "items": "\n".join(items.get(order.case_id, [])),
            "total": money.show(order.case.amount or Decimal(0), order.case.currency, language),
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "tracking_link": order.tracking_url,
            "payment_method": order.payment_method_name or order.get_payment_method_display(),
            "shipping_method": order.shipping_method,
        }
        for order in Order.objects.filter(case_id__in=case_ids).select_related("case")
    }
