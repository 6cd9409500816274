"""Time zones as people know them: by a city, its country and how far from UTC it is today.

The ids are those of the time zone database (IANA), each place once and by its present name ("Europe/Kyiv"). Cities and
countries are CLDR's, in the reader's language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from tartib.l10n import names

UTC = "UTC"
_SAME_DIRECTION = "\u2066{}\u2069"
"""Left-to-right isolate: in Arabic and Persian text, too, the sign stands before the hours."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone by its id; `area` is the part of the world in it, `country` its ISO 3166 code or ""."""

    id: str
    area: str
    country: str


@cache
def zones() -> Sequence[Zone]:
    """All zones with a place, by id."""
    territories: Mapping[str, str] = get_global("zone_territories")
    known = available_timezones()
    places = {present(name): country for name, country in territories.items() if country.isalpha() and country != "ZZ"}
    return [Zone(name, name.split("/")[0], places[name]) for name in sorted(places) if name in known]


def present(zone: str) -> str:
    """The present name of a zone: "Europe/Kyiv" for "Europe/Kiev"."""
    return str(get_global("zone_aliases").get(zone, zone))


def city(zone: str, language: str) -> str:
    """The place of a zone in that language; in English where CLDR has no other name for it."""
    known = names.locale(language).time_zones
    for name in (zone, present(zone), *_former()[present(zone)]):
        if found := known.get(name, {}).get("city"):
            return str(found)
    return zone.rpartition("/")[2].replace("_", " ")


def offset(zone: str, at: datetime) -> str:
    """How far a zone is from UTC at that moment: "UTC+03:30"."""
    shift = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert shift is not None
    minutes = int(shift.total_seconds() // 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def label(zone: Zone, language: str, at: datetime) -> str:
    """City, offset and country: "Kyiv · UTC+02:00 · Ukraine"; a place that is its country once."""
    place, country = city(zone.id, language), names.country(zone.country, language)
    parts = (place, _SAME_DIRECTION.format(offset(zone.id, at)), country)
    return " · ".join(parts[:2] if place == country else parts)


@cache
def _former() -> Mapping[str, Sequence[str]]:
    """The names that a zone had, by its present one: CLDR's words stand under the oldest."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for former, name in get_global("zone_aliases").items():
        found[name].append(former)
    return found
