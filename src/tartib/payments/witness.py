"""What timelines tell of money: how much of it came in for a case, how much went back, and for what.

With the total that is all that decides what is due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.journal.witness import Data, Implied, amount
from tartib.payments.models import Direction, Payment, State
from tartib.payments.timeline import PAYMENT


def _told(name: str) -> Callable[[Data], str | None]:
    return lambda data: amount(data[name]) if name in data else None


def _stored(direction: str, column: str) -> Callable[[int, Sequence[int]], Mapping[int, str]]:
    def sums(shop_id: int, case_ids: Sequence[int]) -> Mapping[int, str]:
        counted = Payment.objects.filter(
            shop=shop_id, case__in=case_ids, direction=direction, state=State.CONFIRMED
        ).order_by()
        found = dict(counted.values_list("case_id").annotate(Sum(column)))
        return {case_id: amount(found.get(case_id, 0)) or "" for case_id in case_ids}

    return sums


def _sum(name: str, label: Promise, direction: str, column: str = "amount") -> Implied:
    stored = _stored(direction, column)
    return Implied(name=name, label=label, told={PAYMENT: _told(name)}, stored=stored, untold=amount(0))


MONEY = (
    _sum("paid", _("amount paid"), Direction.IN),
    _sum("refunded", _("amount refunded"), Direction.OUT),
    _sum("credited", _("amount taken off the price"), Direction.OUT, "credit"),
)
