"""Orders are looked at when they come in, and again when they are paid."""

from __future__ import annotations

from collections.abc import Sequence

from tartib.cases.hooks import Context, Step
from tartib.risk import jobs, operations

# With these more is known of an order than when it was placed: the country of the card, that checkout has ended.
_TELLING = frozenset({"payment.confirmed", "checkout.finished"})


def opened(case_ids: Sequence[int], context: Context) -> None:
    """Look at orders that have just been placed."""
    operations.look(context.shop, case_ids, now=context.now)


def moved(steps: Sequence[Step], context: Context) -> None:
    """Have orders looked at again of which more is known now; a move is not made to wait for that."""
    ids = [step.case.id for step in steps if step.decision.move.event in _TELLING]
    if ids:
        jobs.look_again.defer(shop_id=context.shop.pk, case_ids=ids)


def deleted(case_ids: Sequence[int], _context: Context) -> None:
    """Leave no paper behind."""
    operations.forget_of(case_ids)
