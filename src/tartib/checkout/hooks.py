"""What checkout does when orders move: shops are told of orders, and proposals that are settled are closed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tartib.cases.hooks import Context, Step
from tartib.cases.models import workflow
from tartib.checkout import proposals
from tartib.checkout.models import Cart
from tartib.notify.to_shop import tell_of_orders
from tartib.payments.hooks import STRANDED

RECORDED_BY = frozenset({"payment.confirmed", "checkout.finished", STRANDED})


@lru_cache(maxsize=512)
def asking(workflow_id: int) -> frozenset[str]:
    """The statuses of a published workflow in which a proposal stands open."""
    return frozenset(move.target for move in workflow(workflow_id).moves if move.event == STRANDED)


def close_proposals(steps: Sequence[Step], context: Context) -> None:
    """An order that moves on from where a proposal was made has been settled with its customer."""
    moved_on = [
        step
        for step in steps
        if step.case.status in asking(step.case.workflow_id) and step.decision.status.code != step.case.status
    ]
    if moved_on:
        proposals.close([step.case.id for step in moved_on], now=context.now)


def tell_of_recorded(steps: Sequence[Step], context: Context) -> None:
    """Tell a shop of an order from its checkout when it is recorded; while it was incomplete, nobody was told."""
    recorded = [
        step
        for step in steps
        if step.decision.move.event in RECORDED_BY and step.case.status == workflow(step.case.workflow_id).start
    ]
    if not recorded:
        return
    ours = set(Cart.objects.filter(case__in=[step.case.id for step in recorded]).values_list("case_id", flat=True))
    tell_of_orders([step for step in recorded if step.case.id in ours], context)
