"""What payments register with the engine: how much was paid and refunded, and the events they raise."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from tartib.cases import plugs
from tartib.payments.models import Direction, Payment, State

CONFIRMED, FAILED, REFUNDED = "payment.confirmed", "payment.failed", "payment.refunded"


def register() -> None:
    """Called once, when Django is ready."""
    plugs.fact_sources.append(facts)
    plugs.events |= {CONFIRMED, FAILED, REFUNDED}


def facts(case_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """Confirmed money of each case, in its currency: `paid` in all, and `refunded` of it."""
    sums: dict[int, dict[str, object]] = {case: {"paid": Decimal(0), "refunded": Decimal(0)} for case in case_ids}
    rows = (
        Payment.objects.filter(case_id__in=case_ids, state=State.CONFIRMED)
        .values_list("case_id", "direction")
        .annotate(Sum("amount"))
    )
    for case_id, direction, amount in rows:
        sums[case_id]["paid" if direction == Direction.IN else "refunded"] = amount
    return sums
