"""The period a report is about, chosen in the shop's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tartib.shops.models import Shop
from tartib.speech import dates, digits


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `first` to `last`. `problem` says what could not be understood of what was asked for."""

    first: date
    last: date
    problem: str = ""

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when, and before when, in the shop's zone."""
        return datetime.combine(self.first, time(), zone), datetime.combine(self.last + timedelta(days=1), time(), zone)


@dataclass(frozen=True, slots=True)
class Choice:
    """A period offered by name."""

    label: str
    period: Period
    current: bool = False


def read(query: Mapping[str, str], shop: Shop, now: datetime) -> Period:
    """The period in the address (`from`, `to`), which may be in the shop's calendar; else this month."""
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    usual = Period(_month_start(today, shop), today)
    try:
        first = _date(query.get("from", ""), shop) or usual.first
        last = _date(query.get("to", ""), shop) or max(first, today)
    except ValueError:
        return Period(usual.first, usual.last, _("This is not a date. Write it like %s.") % _example(today, shop))
    if last < first:
        return Period(usual.first, usual.last, _("The period ends before it begins."))
    return Period(first, last)


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
    return [Choice(label, period, period == chosen) for label, period in offered]


def _month_start(day: date, shop: Shop) -> date:
    """The first day of the month of `day` in the shop's calendar."""
    month = dates.period(day, shop.calendar, "UTC")
    while dates.period(day - timedelta(days=1), shop.calendar, "UTC") == month:
        day -= timedelta(days=1)
    return day


def _date(text: str, shop: Shop) -> date | None:
    text = digits.latin(text).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return dates.parse_date(text, shop.calendar)


def _example(day: date, shop: Shop) -> str:
    return dates.show_date(day, "en", shop.calendar, "UTC", "numeric")
