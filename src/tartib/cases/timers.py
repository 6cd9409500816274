"""Moves by the clock: cases whose time in a status is over are tried, and those refused are tried again later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tartib.cases import sql
from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.flow.facts import Timer
from tartib.journal.operations import SYSTEM
from tartib.shops.models import Shop

AGAIN = timedelta(hours=1)
MOST = 2_000


@dataclass(frozen=True, slots=True)
class TimersRun:
    """How many cases time moved, and how many it did not."""

    moved: int = 0
    refused: int = 0


def run_due(now: datetime, *, most: int = MOST) -> TimersRun:
    """Try the timer of up to `most` cases that are due, longest due first, a shop at a time.

    A case that may not move yet is put off by an hour, so that it neither is tried each minute nor holds back others.
    """
    moved = refused = 0
    for shop, case_ids in _due(now, most):
        outcome = advance(shop, case_ids, Timer(), SYSTEM, now=now)
        moved += len(outcome.moved)
        refused += len(outcome.refused)
        if outcome.refused:
            Case.objects.filter(shop=shop, pk__in=list(outcome.refused), timer_at__lte=now).update(timer_at=now + AGAIN)
    return TimersRun(moved, refused)


def _due(now: datetime, most: int) -> list[tuple[Shop, list[int]]]:
    rows = sql.due(now, most)
    shops = Shop.objects.in_bulk([shop_id for shop_id, _ids in rows])
    return [(shops[shop_id], case_ids) for shop_id, case_ids in rows]
