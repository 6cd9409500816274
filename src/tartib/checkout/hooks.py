"""What checkout does when orders move: shops are told of orders."""

from __future__ import annotations

from collections.abc import Sequence

from tartib.cases.hooks import Context, Step
from tartib.cases.models import workflow
from tartib.checkout.models import Cart
from tartib.notify.to_shop import tell_of_orders
from tartib.payments.hooks import STRANDED

RECORDED_BY = frozenset({"payment.confirmed", "checkout.finished", STRANDED})


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
