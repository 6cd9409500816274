"""A shop's working hours: as it keeps them, and what is usual in its country."""

from __future__ import annotations

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from tartib.flow.worktime import Hours, Span
from tartib.shops.models import Shop

_USUAL: Span = (9 * 60, 18 * 60)
_WEEKEND = frozenset({5, 6})

Week = list[list[list[int]]]


def hours(shop: Shop) -> Hours:
    """When the shop is at work."""
    return read_hours(shop.week, shop.country, shop.timezone, shop.holidays)


def read_hours(week: Week, country: str, zone: str, closed: dict[str, str]) -> Hours:
    """The hours as they are stored; without a `week` those usual in the country."""
    kept = tuple(tuple((span[0], span[1]) for span in day) for day in week or usual_week(country))
    return Hours(kept, ZoneInfo(zone), frozenset(date.fromisoformat(day) for day in closed))


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
