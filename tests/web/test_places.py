"""What an address needs in each country, in the reader's words."""

from __future__ import annotations

import pytest
from django.utils import translation

from tartib.web import places

LANGUAGES = ("en", "ar", "fa", "uk", "zh-hant")
STATUS = {"en": "Status", "ar": "الوضع", "fa": "حالت", "uk": "Стан", "zh-hant": "狀態"}


@pytest.mark.parametrize(
    ("country", "word", "english"),
    [
        ("AE", "region", "Emirate"),
        ("UA", "region", "Oblast"),
        ("US", "region", "State"),
        ("US", "postcode", "ZIP code"),
        ("HK", "city", "District"),
        ("HK", "region", "Area"),
        ("JP", "region", "Prefecture"),
        ("IR", "region", "Province"),
        ("GB", "city", "Town or city"),
        ("IN", "postcode", "PIN code"),
        ("AU", "city", "Suburb or town"),
    ],
)
def test_parts_have_the_words_of_their_country(country: str, word: str, english: str) -> None:
    with translation.override("en"):
        assert {one.name: one.label for one in places.form(country, "en")}[word] == english


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", ["US", "AU", "IN", "BR"])
def test_a_state_is_never_a_status(country: str, language: str) -> None:
    with translation.override(language):
        labels = {one.name: one.label for one in places.form(country, language)}
    assert labels["region"] != STATUS[language]
    assert language == "en" or not labels["region"].isascii()


def test_who_reads_chinese_is_asked_from_the_largest_part_on() -> None:
    assert [one.name for one in places.form("HK", "zh-hant")] == ["region", "city", "line1", "line2"]
    assert [one.name for one in places.form("HK", "en")] == ["line1", "line2", "city", "region"]


def test_what_is_missing_and_wrong_is_said_beside_its_part() -> None:
    assert set(places.problems({"line1": "Rua 1", "city": "Lisboa"}, "PT")) == {"postcode"}
    assert set(places.problems({"line1": "1 Road", "city": "London", "postcode": "ABC"}, "GB")) == {"postcode"}
    assert places.problems({"line1": "1 Road", "city": "London", "postcode": "sw1a1aa"}, "GB") == {}
    assert set(places.problems({"line1": "1 Road"}, "AE")) == {"region"}
    assert places.problems({"line1": "1 Road", "region": "Kowloon"}, "HK") == {}
