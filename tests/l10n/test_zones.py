"""Time zones by the names people know them by."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from tartib.l10n import zones

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "language", "at", "shown"),
    [
        ("Europe/Kyiv", "uk", WINTER, "Київ · \u2066UTC+02:00\u2069 · Україна"),
        ("Europe/Kyiv", "en", SUMMER, "Kyiv · \u2066UTC+03:00\u2069 · Ukraine"),
        ("Asia/Tehran", "fa", WINTER, "تهران · \u2066UTC+03:30\u2069 · ایران"),
        ("Asia/Riyadh", "ar", WINTER, "الرياض · \u2066UTC+03:00\u2069 · المملكة العربية السعودية"),
        ("Asia/Hong_Kong", "zh-hant", WINTER, "香港 · \u2066UTC+08:00\u2069"),
        ("Asia/Kolkata", "zh-hant", WINTER, "加爾各答 · \u2066UTC+05:30\u2069 · 印度"),
        ("America/Argentina/Buenos_Aires", "uk", WINTER, "Буенос-Айрес · \u2066UTC-03:00\u2069 · Аргентина"),
        ("America/St_Johns", "en", WINTER, "St. John’s · \u2066UTC-03:30\u2069 · Canada"),
    ],
)
def test_a_zone_is_a_city_its_country_and_its_distance_from_utc(
    zone: str, language: str, at: datetime, shown: str
) -> None:
    (found,) = [one for one in zones.zones() if one.id == zone]
    assert zones.label(found, language, at) == shown


def test_each_place_is_offered_once_by_its_present_name() -> None:
    names = [one.id for one in zones.zones()]
    assert len(names) == len(set(names)) > 400
    assert set(names) <= available_timezones()
    assert not {"Europe/Kiev", "Asia/Calcutta", "US/Pacific", "Etc/UTC"} & set(names)


@pytest.mark.parametrize("language", ["ar", "fa", "uk", "zh-hant"])
def test_hardly_a_city_has_an_english_name_elsewhere(language: str) -> None:
    latin = [one.id for one in zones.zones() if zones.city(one.id, language).isascii()]
    assert latin in ([], ["Antarctica/Troll"])
