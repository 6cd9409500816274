"""Working hours: when a shop is at work, how much of that lies between two moments, and until when a time lasts.

Pure. Hours are said in the shop's zone, as they stand on its door; everything is counted in real time, so that a day on
which clocks change is an hour longer or shorter where the change falls into working hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[int, int]
"""From minute to minute of a day, 0 to 1440."""

MIDNIGHT = 24 * 60
_FAR = timedelta(days=366 * 30)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a shop is at work: for each day of the week, Monday first, its spans in their order; days it is closed."""

    week: tuple[tuple[Span, ...], ...]
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        for day in self.week:
            edges = [minute for span in day for minute in span]
            if edges != sorted(set(edges)) or any(not 0 <= minute <= MIDNIGHT for minute in edges):
                raise ValueError("spans of a day follow each other, from 0 to 1440, and none is empty")

    @property
    def any(self) -> bool:
        """Whether there is any working time at all in an ordinary week."""
        return any(self.week)


def worktime_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; none where `end` is not after `start`."""
    return sum((until - since for since, until in _stretches(hours, start, end)), timedelta())


def add_worktime(hours: Hours, start: datetime, amount: timedelta) -> datetime:
    """The first moment by which `amount` of working time has passed since `start`.

    Where there is too little working time for that in thirty years, the moment thirty years on.
    """
    if amount <= timedelta():
        return start
    left, end = amount, _later(start, _FAR)
    for since, until in _stretches(hours, start, end):
        if until - since >= left:
            return since + left
        left -= until - since
    return end


def deadline(hours: Hours, start: datetime, within: timedelta) -> datetime:
    """By when something has to be done that there is the time `within` for, from `start` on.

    Whole days of it are working days: the same time by the clock on a later day of work, however long that day is. What
    is left is hours of work. It begins when the shop next is at work, and never ends outside of its hours. Where a shop
    has no hours at all, it is counted by the clock.
    """
    if within <= timedelta():
        return start
    if not hours.any:
        return _later(start, within)
    days, rest = divmod(within, _DAY)
    end = _later(start, _FAR)
    begins = next((since for since, _until in _stretches(hours, start, end)), end)
    return add_worktime(hours, _working_days_on(hours, begins, days), rest)


def _working_days_on(hours: Hours, moment: datetime, days: int) -> datetime:
    """The same time so many days of work later; where nobody works at that time, when they next do or last did."""
    if not days:
        return moment
    local = moment.astimezone(hours.zone)
    day, minute, last = local.date(), local.hour * 60 + local.minute, _day(hours, _later(moment, _FAR))
    while days and day < last:
        day += _DAY
        days -= day not in hours.holidays and bool(hours.week[day.weekday()])
    spans = hours.week[day.weekday()] or ((0, MIDNIGHT),)
    opens, closes = next((span for span in spans if minute <= span[1]), spans[-1])
    if not opens <= minute < closes:
        return _moment(hours, day, min(max(minute, opens), closes))
    return _moment(hours, day, minute) + timedelta(seconds=local.second, microseconds=local.microsecond)


def _stretches(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The working time between two moments, as stretches in UTC, in their order."""
    if not hours.any:
        return
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day, last = _day(hours, start), _day(hours, end)
    # Where a zone crosses midnight by changing its clocks, a moment belongs to the day before as well.
    day -= _DAY
    before = start
    while day <= last:
        if day not in hours.holidays:
            for opens, closes in hours.week[day.weekday()]:
                since, until = max(before, _moment(hours, day, opens)), min(end, _moment(hours, day, closes))
                if since < until:
                    yield since, until
                    before = until
        day += _DAY


def _day(hours: Hours, moment: datetime) -> date:
    return moment.astimezone(hours.zone).date()


def _moment(hours: Hours, day: date, minute: int) -> datetime:
    """That minute of the day by the shop's clock. One that the clock skips is the moment it goes on from."""
    if minute == MIDNIGHT:
        day, minute = day + _DAY, 0
    return datetime.combine(day, time(minute // 60, minute % 60), hours.zone).astimezone(UTC)


def _later(moment: datetime, wait: timedelta) -> datetime:
    try:
        return moment + wait
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
