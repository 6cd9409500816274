"""Working out anew by when a shop's cases are due, because its hours are others now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tartib.cases import sql
from tartib.cases.deadlines import Deadlines
from tartib.cases.engine import announce_shop
from tartib.cases.models import Case, workflow
from tartib.cases.timeline import EDITED
from tartib.journal.operations import SYSTEM, NewEntry, write
from tartib.shops.models import Shop

PORTION = 2_000


def recount(shop: Shop, *, now: datetime) -> int:
    """Work out anew by when the shop's open cases are due; returns for how many that is another time now.

    What is late already stays so, and what was kept or missed before is not judged again. A case says on its timeline
    that its time has changed where that makes it another day. The number of statements grows with portions alone.
    """
    waiting = sorted(Case.objects.filter(shop=shop, due_at__gt=now).values_list("pk", flat=True))
    return sum(_recount(shop, waiting[first : first + PORTION], now) for first in range(0, len(waiting), PORTION))


@transaction.atomic
def _recount(shop: Shop, portion: Sequence[int], now: datetime) -> int:
    held = Case.objects.select_for_update(no_key=True).filter(shop=shop, pk__in=portion, due_at__gt=now).order_by("pk")
    deadlines, others = Deadlines(shop), {}
    for case in held.only("pk", "workflow_id", "status", "since", "due_at"):
        assert case.due_at is not None
        due_at = deadlines.of(workflow(case.workflow_id).status(case.status), case.since, case.due_at)
        assert due_at is not None
        if due_at != case.due_at:
            others[case.pk] = (case.due_at, due_at)
    if others:
        sql.update_due({pk: due_at for pk, (_before, due_at) in others.items()})
        write(shop.pk, _told(shop, others), SYSTEM, now)
        announce_shop(shop)
    return len(others)


def _told(shop: Shop, others: Mapping[int, tuple[datetime, datetime]]) -> list[NewEntry]:
    zone = ZoneInfo(shop.timezone)
    return [
        NewEntry(pk, EDITED, {"changes": {"due_at": [before.isoformat(), after.isoformat()]}})
        for pk, (before, after) in others.items()
        if before.astimezone(zone).date() != after.astimezone(zone).date()
    ]
