"""What a shop took in a period: sales, what of them went back, and what is left (requirement A7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from tartib.cases.models import Case, Phase
from tartib.payments.models import Direction, Payment, State
from tartib.shops.models import Shop

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sales:
    """The cases placed in a period, in one `currency`.

    `gross` is what those `cases` come to that did not end in nothing, `refunds` what was taken off it when money went
    back, for `refunded` of them. `ended` cases, cancelled or returned, come to `lost`: neither that nor what went back
    of it is part of the other sums.
    """

    currency: str
    cases: int = 0
    gross: Decimal = _NOTHING
    refunded: int = 0
    refunds: Decimal = _NOTHING
    ended: int = 0
    lost: Decimal = _NOTHING

    @property
    def net(self) -> Decimal:
        """What is left of the sales."""
        return self.gross - self.refunds


def sales(shop: Shop, kind: str, start: datetime, end: datetime) -> list[Sales]:
    """The sales of cases placed from `start` on and before `end`, one for each currency; two queries."""
    ended = Q(phase=Phase.ENDED)
    placed = Case.objects.filter(shop=shop, kind=kind, placed_at__gte=start, placed_at__lt=end)
    sums = placed.values_list("currency").annotate(
        cases=Count("pk", filter=~ended), gross=Coalesce(Sum("amount", filter=~ended), _NOTHING),
        ended=Count("pk", filter=ended), lost=Coalesce(Sum("amount", filter=ended), _NOTHING),
    )  # fmt: skip
    back = (
        Payment.objects.filter(case__in=placed.exclude(ended), direction=Direction.OUT, state=State.CONFIRMED)
        .filter(credit__gt=0)
        .values_list("case__currency")
        .annotate(Count("case", distinct=True), Sum("credit"))
    )
    returned = {currency: (cases, amount) for currency, cases, amount in back}
    return [
        Sales(currency, cases, gross, *returned.get(currency, (0, _NOTHING)), ended, lost)
        for currency, cases, gross, ended, lost in sums.order_by("currency")
    ]
