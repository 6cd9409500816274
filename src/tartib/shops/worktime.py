"""A shop's working hours: as it keeps them, what is usual in its country, and by when something is due in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from tartib.flow.worktime import Hours, Span, deadline
from tartib.shops.models import Shop

_USUAL: Span = (9 * 60, 18 * 60)
_WEEKEND = frozenset({5, 6})

Week = list[list[list[int]]]

SETTINGS = ("week", "holidays", "timezone", "country")
"""What the hours of a shop follow from."""
after_change: Sequence[Callable[[Shop], None]] = ()
"""Who is told, in the transaction that changes them, that the hours of a shop are others: `project.wiring` says."""


def due(shop: Shop, start: datetime, within: timedelta) -> datetime:
    """By when something in `shop` has to be done that there is the time `within` for, from `start` on.

    The one rule for whatever is due (cases, work, requests of customers): whole days are days of work, hours are hours
    of work (`flow.worktime.deadline`).
    """
    return deadline(hours(shop), start, within)


def hours(shop: Shop) -> Hours:
    """When the shop is at work."""
    return read_hours(json.dumps(shop.week), shop.country, shop.timezone, json.dumps(shop.holidays))


@lru_cache(maxsize=256)
def read_hours(week: str, country: str, zone: str, closed: str) -> Hours:
    """The hours as the database holds them, as JSON; without a `week` those usual in the country."""
    spans: Week = json.loads(week) or usual_week(country)
    kept = tuple(tuple((span[0], span[1]) for span in day) for day in spans)
    return Hours(kept, ZoneInfo(zone), frozenset(date.fromisoformat(day) for day in json.loads(closed)))


def usual_week(country: str) -> Week:
    """Nine to six on the working days of the country: from Saturday or Sunday where Friday is free."""
    weekend = _weekend(country.upper())
    return [[] if day in weekend else [list(_USUAL)] for day in range(7)]


def public_holidays(country: str, years: list[int]) -> dict[str, str]:
    """The public holidays of a country: ISO dates with their names in the country's language; none where unknown."""
    if country.upper() not in _countries():
        return {}
    import holidays

    found = holidays.country_holidays(country.upper(), years=years)
    return {day.isoformat(): str(name) for day, name in sorted(found.items())}


@cache
def _weekend(country: str) -> frozenset[int]:
    if country not in _countries():
        return _WEEKEND
    import holidays

    return frozenset(holidays.country_holidays(country).weekend)


@cache
def _countries() -> frozenset[str]:
    # The package takes a second or more to load, and few processes ever ask it.
    import holidays

    return frozenset(holidays.list_supported_countries(include_aliases=False))
