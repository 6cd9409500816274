"""The period a report is about, chosen in the shop's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tartib.l10n import dates
from tartib.l10n.typed_dates import NotADayError
from tartib.shops.models import Shop
from tartib.web import days


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `first` to `last`.

    `problem` says what could not be understood of what was asked for; `typed` is then what was typed, to be mended, and
    `wrong` tells for both days whether the problem is theirs.
    """

    first: date
    last: date
    problem: str = ""
    typed: tuple[str, str] = ("", "")
    wrong: tuple[bool, bool] = (False, False)

    @property
    def starts(self) -> date | str:
        """The first day for its field, or what was typed there."""
        return self.typed[0] or self.first

    @property
    def ends(self) -> date | str:
        """The last day for its field, or what was typed there."""
        return self.typed[1] or self.last

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when, and before when, in the shop's zone."""
        return datetime.combine(self.first, time(), zone), datetime.combine(self.last + timedelta(days=1), time(), zone)


@dataclass(frozen=True, slots=True)
class Choice:
    """A period offered by name."""

    label: str
    period: Period
    current: bool = False


def read_period(query: Mapping[str, str], shop: Shop, now: datetime) -> Period:
    """The period in the address (`from`, `to`), ISO or as the shop's people type days; else this month."""
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    usual = Period(_month_start(today, shop), today)
    typed = query.get("from", "").strip(), query.get("to", "").strip()
    first, last = (_day(text) for text in typed)
    problems = [days.explain(day) if isinstance(day, NotADayError) else "" for day in (first, last)]
    if isinstance(first, NotADayError) or isinstance(last, NotADayError):
        said = " ".join(dict.fromkeys(filter(None, problems)))
        return Period(usual.first, usual.last, said, typed, (bool(problems[0]), bool(problems[1])))
    first = first or usual.first
    last = last or max(first, today)
    if last < first:
        return Period(usual.first, usual.last, _("The period ends before it begins."), typed, (False, True))
    return Period(first, last)


def _day(text: str) -> date | NotADayError | None:
    try:
        return days.read_day(text, "past") if text else None
    except NotADayError as problem:
        return problem


def choices(chosen: Period, shop: Shop, now: datetime) -> list[Choice]:
    """Periods people ask for most, the chosen one marked."""
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    month = _month_start(today, shop)
    before = _month_start(month - timedelta(days=1), shop)
    offered = [
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(before, month - timedelta(days=1))),
        (_("Last 30 days"), Period(today - timedelta(days=29), today)),
        (_("Last 365 days"), Period(today - timedelta(days=364), today)),
    ]
    # Two names can mean the same days, as on the last of a month: one of them is lit.
    lit = next((label for label, period in offered if period == chosen), None)
    return [Choice(label, period, label == lit) for label, period in offered]


def _month_start(day: date, shop: Shop) -> date:
    """The first day of the month of `day` in the shop's calendar."""
    month = dates.period(day, shop.calendar, "UTC")
    while dates.period(day - timedelta(days=1), shop.calendar, "UTC") == month:
        day -= timedelta(days=1)
    return day
