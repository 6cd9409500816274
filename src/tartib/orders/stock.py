"""The stock of orders: promised, taken and put back as they move, and as customers give goods back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from tartib.cases.hooks import Context, Effect, Handler, Step
from tartib.catalog.models import Movement, MovementKind
from tartib.catalog.stock import Short, Want, shift
from tartib.flow.facts import Refusal
from tartib.orders import personal_data, sql
from tartib.orders.models import Line
from tartib.payments.hooks import Piece


def reserve(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Promise the pieces of these orders, so far as they are not promised or taken yet."""
    wants = [
        Want(line.case_id, line.id, line.branch_id, line.product_id, 0, line.lacking - line.reserved)
        for line in _lines(_places(steps))
    ]
    return _shift(wants, MovementKind.RESERVED, context)


def deduct(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Take the pieces of these orders from the stock, so far as they are not taken yet."""
    return take(_places(steps), context)


def take(orders: Mapping[int, datetime], context: Context) -> Mapping[int, Refusal]:
    """Take the pieces of orders, each with when it was placed, so far as they are not taken yet.

    Returns the orders of which there are too few, each with what is lacking.
    """
    wants = [
        Want(line.case_id, line.id, line.branch_id, line.product_id, -line.lacking, -line.reserved)
        for line in _lines(orders)
    ]
    return _shift(wants, MovementKind.TAKEN, context)


def return_stock(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Put back what these orders took from the stock and free what they reserved."""
    wants = [_back(line) for line in _lines(_places(steps))]
    return _shift(wants, MovementKind.RETURNED, context)


def clear(case_ids: Sequence[int], context: Context) -> None:
    """Before orders are deleted: what they hold of the stock goes back, and the photos given with them go."""
    personal_data.discard_photos(case_ids)
    wants = [_back(line) for line in sql.lines(case_ids)]
    _shift(wants, MovementKind.RETURNED, context)


def return_pieces(case_id: int, pieces: Sequence[Piece], context: Context) -> None:
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
    "stock.return": Effect(return_stock, _taking_back(MovementKind.RETURNED), refuses=True),
}


def _places(steps: Iterable[Step]) -> dict[int, datetime]:
    return {step.case.id: step.case.placed_at for step in steps}


def _lines(orders: Mapping[int, datetime]) -> list[sql.LineRow]:
    """The lines with a stock, first those of the order that was placed first: it is served first."""
    return sorted(sql.lines(list(orders)), key=lambda line: (orders[line.case_id], line.case_id, line.id))


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
