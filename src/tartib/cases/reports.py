"""What the statuses add up to over a period (requirement A7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from tartib.cases.models import Case
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Total:
    """Cases placed in a period that stand in `status` now: how many, and what they come to in `currency`."""

    status: str
    phase: str
    currency: str
    cases: int
    amount: Decimal


def by_status(shop: Shop, kind: str, start: datetime, end: datetime) -> list[Total]:
    """Totals of the cases placed from `start` on and before `end`, one for each status and currency; one query."""
    rows = (
        Case.objects.filter(shop=shop, kind=kind, placed_at__gte=start, placed_at__lt=end)
        .values_list("status", "phase", "currency")
        .annotate(cases=Count("pk"), total=Coalesce(Sum("amount"), Decimal(0)))
        .order_by("status", "currency")
    )
    return [Total(*row) for row in rows]
