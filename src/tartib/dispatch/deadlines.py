"""By when things are due once a shop's hours are others: worked out anew, by the one rule (`shops.worktime`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tartib.cases import recounting
from tartib.dispatch import kinds
from tartib.dispatch.models import WorkRecord
from tartib.shops import worktime
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Recounted:
    """Of how many cases and records of work the time is another now."""

    cases: int
    records: int


def recount(shop_id: int, *, now: datetime) -> Recounted:
    """Work out anew by when the open cases and the open work of a shop are due. Again, it changes nothing.

    What is late stays so, and what says itself until when it can be done (evidence in a dispute, what a customer was
    promised) keeps its time.
    """
    shop = Shop.objects.get(pk=shop_id)
    return Recounted(recounting.recount(shop, now=now), _recount_work(shop, now))


@transaction.atomic
def _recount_work(shop: Shop, now: datetime) -> int:
    waiting = WorkRecord.objects.filter(shop=shop, resolved_at=None, due_given=False, due_at__gt=now)
    records = waiting.select_for_update(of=("self",), no_key=True).order_by("pk")
    others = []
    for record in records:
        due_at = worktime.due(shop, record.opened_at, kinds.kind(record.kind).within)
        if due_at != record.due_at:
            record.due_at, record.updated_at, record.version = due_at, now, record.version + 1
            others.append(record)
    WorkRecord.objects.bulk_update(others, ["due_at", "updated_at", "version"], batch_size=1_000)
    return len(others)
