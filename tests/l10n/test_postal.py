"""Addresses as each country writes them."""

from __future__ import annotations

from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.l10n import postal
from tartib.l10n.postal import Part

WHOLE: dict[Part, str] = {"name": "Ann", "company": "Firm", "city": "Town", "region": "Land", "postcode": "12345"}
COUNTRIES = ("AE", "SA", "KW", "IR", "UA", "HK", "TW", "GB", "US", "PT", "DE", "FR", "PL", "IN", "AU", "JP", "BR")


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("AE", "Ann/Firm/Road 1/Flat 2/Town/Land/12345"),
        ("SA", "Ann/Firm/Road 1/Flat 2/Town 12345/Land"),
        ("KW", "Ann/Firm/Road 1/Flat 2/12345 Town/Land"),
        ("IR", "Firm/Ann/Land/Town/Road 1/Flat 2/12345"),
        ("UA", "Ann/Firm/Road 1/Flat 2/Town/Land/12345"),
        ("HK", "Ann/Firm/Road 1/Flat 2/Town/Land/12345"),
        ("TW", "Ann/Firm/Road 1/Flat 2/Town, Land 12345"),
        ("GB", "Ann/Firm/Road 1/Flat 2/Town/Land/12345"),
        ("US", "Ann/Firm/Road 1/Flat 2/Town, Land 12345"),
        ("PT", "Ann/Firm/Road 1/Flat 2/12345 Town/Land"),
        ("DE", "Ann/Firm/Road 1/Flat 2/12345 Town/Land"),
        ("FR", "Firm/Ann/Road 1/Flat 2/12345 Town/Land"),
        ("PL", "Ann/Firm/Road 1/Flat 2/12345 Town/Land"),
        ("IN", "Ann/Firm/Road 1/Flat 2/Town 12345/Land"),
        ("AU", "Firm/Ann/Road 1/Flat 2/Town Land 12345"),
        ("JP", "Ann/Firm/Road 1/Flat 2/Town/Land/12345"),
        ("BR", "Firm/Ann/Road 1/Flat 2/Town-Land/12345"),
        ("", "Ann/Firm/Road 1/Flat 2/Town/Land/12345"),
        ("XX", "Ann/Firm/Road 1/Flat 2/Town/Land/12345"),
    ],
)
def test_lines_stand_in_the_order_of_the_country(country: str, expected: str) -> None:
    assert "/".join(postal.lines(WHOLE, ("Road 1", "Flat 2"), country)) == expected


def test_chinese_and_japanese_addresses_go_from_the_largest_part_to_the_person() -> None:
    kowloon: dict[Part, str] = {"name": "陳大文", "company": "", "city": "旺角", "region": "九龍", "postcode": ""}
    assert postal.lines(kowloon, ("彌敦道100號", ""), "HK", "香港") == ["香港", "九龍", "旺角", "彌敦道100號", "陳大文"]
    tokyo: dict[Part, str] = {"name": "山田", "company": "", "city": "", "region": "東京都", "postcode": "154-0023"}
    assert postal.lines(tokyo, ("世田谷区1",), "JP") == ["〒154-0023", "東京都", "世田谷区1", "山田"]


def test_parts_of_both_directions_keep_their_order_in_one_line() -> None:
    mixed: dict[Part, str] = {"name": "", "company": "", "city": "دبي", "region": "CA", "postcode": "94043"}
    assert postal.lines(mixed, ("Road 1",), "US")[-1] == "\u2068دبي\u2069, \u2068CA\u2069 94043"


@pytest.mark.parametrize(
    ("street", "house", "country", "line"),
    [
        ("Hauptstraße", "5a", "DE", "Hauptstraße 5a"),
        ("High Street", "12", "GB", "12 High Street"),
        ("Av. Corrientes", "1234", "AR", "Av. Corrientes 1234"),
        ("вул. Хрещатик", "7", "UA", "вул. Хрещатик, 7"),
        ("شارع التحلية", "8", "SA", "شارع التحلية 8"),
        ("خیابان آزادی", "۱۲", "IR", "خیابان آزادی ۱۲"),
        ("彌敦道", "100號", "HK", "彌敦道100號"),
        ("Nathan Road", "100", "HK", "100 Nathan Road"),
        ("Calle Mayor, 5", "5", "ES", "Calle Mayor, 5"),
        ("Calle Mayor 55", "5", "ES", "Calle Mayor 55, 5"),
        ("", "5", "ES", "5"),
        ("Road", "", "ES", "Road"),
        ("Road", "5", "", "Road 5"),
    ],
)
def test_a_house_number_joins_its_street_in_the_order_of_the_country(
    street: str, house: str, country: str, line: str
) -> None:
    assert postal.street_line(street, house, country) == line


def test_marks_stand_only_between_parts_that_are_given() -> None:
    little: dict[Part, str] = {"name": "Ann", "company": "", "city": "", "region": "CA", "postcode": ""}
    assert postal.lines(little, ("Road 1",), "US") == ["Ann", "Road 1", "CA"]


@pytest.mark.parametrize(
    ("country", "parts", "required"),
    [
        ("AE", "street region", "street region"),
        ("SA", "street city postcode", "street city"),
        ("KW", "street postcode city", "street city"),
        ("IR", "region city street postcode", "region city street postcode"),
        ("UA", "street city region postcode", "street city postcode"),
        ("HK", "street city region", "street region"),
        ("TW", "street city region postcode", "street city region postcode"),
        ("GB", "street city postcode", "street city postcode"),
        ("US", "street city region postcode", "street city region postcode"),
        ("PT", "street postcode city", "street postcode city"),
        ("DE", "street postcode city", "street postcode city"),
        ("FR", "street postcode city", "street postcode city"),
        ("PL", "street postcode city", "street postcode city"),
        ("IN", "street city postcode region", "street city postcode region"),
        ("AU", "street city region postcode", "street city region postcode"),
        ("JP", "street region postcode", "street region postcode"),
        ("BR", "street city region postcode", "street city region postcode"),
    ],
)
def test_a_country_has_its_own_parts(country: str, parts: str, required: str) -> None:
    plan = postal.plan(country)
    assert plan.parts() == tuple(parts.split())
    assert plan.required == set(required.split())


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("GB", "se15 9zz", "SE15 9ZZ"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "ABC", None),
        ("GB", "12345", None),
        ("PT", "1250096", "1250-096"),
        ("PT", "125-0096", "1250-096"),
        ("PT", "1250", None),
        ("PL", "00950", "00-950"),
        ("US", "94043", "94043"),
        ("US", "221621010", "22162-1010"),
        ("US", "9404", None),
        ("JP", "1540023", "154-0023"),
        ("BR", "40301110", "40301-110"),
        ("IR", "۱۱۹۳۶۱۲۳۴۵", "11936-12345"),
        ("IR", "12345", None),
        ("UA", "01001", "01001"),
        ("UA", "1001", None),
        ("SA", "١١٥٦٤", "11564"),
        ("DE", "26133", "26133"),
        ("FR", "7500", None),
        ("TW", "106", "106"),
        ("IN", "110 034", "110034"),
        ("AU", "2060", "2060"),
        ("LT", "LT-01100", "01100"),
        ("DE", "D-26133", "26133"),
        ("JP", "〒154-0023", "154-0023"),
        ("GB", "SE15 9ZZ.", "SE15 9ZZ"),
        ("SA", "11564-2121", "11564-2121"),
        ("HK", "999077", "999077"),
        ("XX", "a b", "a b"),
    ],
)
def test_postcodes_are_spelled_as_their_country_does(country: str, typed: str, kept: str | None) -> None:
    assert postal.plan(country).spelled(typed) == kept


def test_every_postcode_given_as_an_example_is_one_of_its_country() -> None:
    plans = [postal.plan(f"{one}{two}") for one in ascii_uppercase for two in ascii_uppercase]
    refused = [(plan.country, code) for plan in plans for code in plan.examples if plan.spelled(code) is None]
    assert not refused


@pytest.mark.parametrize(
    ("country", "language", "first"),
    [
        ("AE", "ar", "أبو ظبي"), ("AE", "uk", "Abu Dhabi"), ("HK", "zh-hant", "九龍"), ("US", "ar", "Alabama"),
        ("UA", "uk", "Автономна Республіка Крим"), ("UA", "fa", "Crimea"), ("IR", "fa", "استان آذربایجان شرقی"),
        ("KR", "zh-hant", "Gangwon-do"),
    ],
)  # fmt: skip
def test_regions_are_offered_in_the_script_of_the_reader(country: str, language: str, first: str) -> None:
    offered = postal.plan(country).areas_in(language)
    assert offered[0] == first
    assert "Amapá" in postal.plan("BR").areas_in(language)


_TEXTS = st.text("abcАبت旺 1-,.", max_size=12).map(str.strip)


@given(
    st.dictionaries(st.sampled_from(tuple(WHOLE)), _TEXTS),
    _TEXTS,
    _TEXTS,
    st.sampled_from((*COUNTRIES, "LT", "SG", "")),
)
def test_nothing_of_an_address_is_left_out(given_: dict[Part, str], one: str, two: str, country: str) -> None:
    said = "\n".join(postal.lines(given_, (one, two), country)).casefold()
    for value in (*given_.values(), one, two):
        assert value.casefold() in said
