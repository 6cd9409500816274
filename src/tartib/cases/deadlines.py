"""By when cases are due, and which are late."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from tartib.flow.workflow import Status
from tartib.flow.worktime import deadline
from tartib.shops import worktime
from tartib.shops.models import Shop


class Deadlines:
    """By when cases of a shop are due, by the rule of `worktime.due`; of many, each time is worked out once."""

    def __init__(self, shop: Shop) -> None:
        self._hours = worktime.hours(shop)
        self._known: dict[tuple[datetime, timedelta], datetime] = {}

    def of(self, status: Status, since: datetime, otherwise: datetime) -> datetime | None:
        """By when a case in `status` since then is due: never once it is closed; `otherwise` without a time for it."""
        if status.closed:
            return None
        if status.within is None:
            return otherwise
        known = since, status.within
        if known not in self._known:
            self._known[known] = deadline(self._hours, since, status.within)
        return self._known[known]


def is_late(due_at: datetime | None, now: datetime) -> bool:
    """Whether a time is over; what is closed, and so not due any more, is not late."""
    return due_at is not None and due_at < now


def late(now: datetime) -> Q:
    """The same of cases in the database, along the index `case_by_due`."""
    return Q(due_at__lt=now)
