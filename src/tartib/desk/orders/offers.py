"""The moves as the bar of a case offers them: the likeliest filled and first, the barred with why not."""

from __future__ import annotations

from collections.abc import Sequence

from tartib.cases.models import Case
from tartib.desk.cases.offers import MOST_BUTTONS, Offer, Offers
from tartib.desk.orders.forms import Parcel
from tartib.flow.decide import Option
from tartib.flow.facts import Decision
from tartib.flow.likeliest import NO_NUMBER, STILL_HERE, Likely, asks_number, likeliest, needs_number
from tartib.flow.workflow import Move
from tartib.orders.models import Order
from tartib.payments.queries import money_gone


def of_order(
    case: Case, order: Order, options: Sequence[Option], *, edits: bool, pays: bool, refused: Parcel | None = None
) -> Offers:
    """The moves of an order. Who `edits` may enter a number on the way, who `pays` may record money.

    `refused` is what was typed of a parcel and is not right, shown again with its move.
    """
    halted = money_gone(case) and case.phase in STILL_HERE
    likely = Likely("wait") if halted else likeliest(case.flow, case.status, options, order.circumstances)
    offered, barred = [], []
    for option in options:
        parcel = _parcel(case, order, option.move, refused) if edits else None
        if isinstance(option.answer, Decision) or (parcel and option.answer.code == NO_NUMBER):
            offered.append(
                Offer(option.move, _is_filled(likely, option.move), parcel, parcel is not None and parcel is refused)
            )
        else:
            barred.append(option)
    offered.sort(key=lambda one: (not one.filled, halted and _onwards(case, one.move)))
    money = pays and likely.act == "money"
    places = MOST_BUTTONS - money
    return Offers(offered[:places], offered[places:], barred, money, halted)


def _onwards(case: Case, move: Move) -> int:
    """How far a move is from ending an order whose money is gone: what ends it, what asks for a decision, all else."""
    return {"ended": 0, "problem": 1}.get(case.flow.status(move.target).phase, 2)


def _is_filled(likely: Likely, move: Move) -> bool:
    return likely.act == "move" and likely.move == move


def _parcel(case: Case, order: Order, move: Move, refused: Parcel | None) -> Parcel | None:
    """The fields asked with a move that hands a parcel over whose number is not known yet."""
    if order.tracking_number or move.note_required or not asks_number(case.flow, move):
        return None
    if refused is not None and refused.target == move.target:
        return refused
    return Parcel(order=order, target=move.target, needed=needs_number(move))
