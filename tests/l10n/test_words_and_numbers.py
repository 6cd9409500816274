"""Languages, digits and money as a reader of each language expects them (X5)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.l10n import digits, money, names

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("given_code", "expected"),
    [
        ("en", "en"),
        ("fa-IR", "fa"),
        ("zh_Hant", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("UK", "uk"),
        ("ar_SA", "ar"),
        ("de", "en"),
        ("", "en"),
    ],
)
def test_any_language_code_is_read_as_its_nearest_language(given_code: str, expected: str) -> None:
    assert names.language(given_code) == expected


@pytest.mark.parametrize(
    ("code", "country", "tag", "digit"),
    [
        ("ar", "SA", "ar-SA", "٥"),
        ("ar", "AE", "ar-AE", "5"),
        ("ar", "KW", "ar-KW", "5"),
        ("ar", "MA", "ar-MA", "5"),
        ("ar", "UA", "ar-EG", "٥"),
        ("ar", "", "ar-EG", "٥"),
        ("fa", "IR", "fa-IR", "۵"),
        ("fa", "AE", "fa-IR", "۵"),
        ("uk", "PL", "uk-UA", "5"),
        ("zh-hant", "HK", "zh-Hant-HK", "5"),
        ("zh-hant", "US", "zh-Hant-HK", "5"),
        ("en", "us", "en-US", "5"),
        ("en", "IR", "en-GB", "5"),
        ("de", "../..", "en-GB", "5"),
    ],
)
def test_a_language_is_written_as_the_country_writes_it(code: str, country: str, tag: str, digit: str) -> None:
    assert names.tag(code, country) == tag
    assert names.tag(tag) in (tag, names.tag(code)), "a tag is a code as well"
    assert names.language(tag) == names.language(code)
    assert digits.local("5", tag) == digit
    assert digits.number(5, tag) == digit
    assert digit in digits.percent(5, tag)
    assert digit in money.show(Decimal(5), "USD", tag)


def test_a_label_has_a_colon_as_wide_as_its_script() -> None:
    assert [names.colon(code) for code in ("en", "fa", "uk", "zh-hant")] == [": ", ": ", ": ", "："]


def test_the_week_begins_where_the_country_begins_it() -> None:
    first = {country: names.first_weekday(country) for country in ("UA", "HK", "US", "IR", "SA", "GB", "", "XX")}
    assert first == {"UA": 0, "HK": 6, "US": 6, "IR": 5, "SA": 6, "GB": 0, "": 0, "XX": 0}


def test_direction_and_own_names_of_all_languages() -> None:
    assert {code: names.direction(code) for code in names.LANGUAGES} == {
        "en": "ltr",
        "ar": "rtl",
        "fa": "rtl",
        "uk": "ltr",
        "zh-hant": "ltr",
    }
    assert [names.own_name(code) for code in names.LANGUAGES] == [
        "English",
        "العربية",
        "فارسی",
        "Українська",
        "繁體中文",
    ]


def test_isolated_text_keeps_its_direction_and_emptiness_stays_empty() -> None:
    assert names.isolate("NH-1") == "\u2068NH-1\u2069"
    assert names.isolate("") == ""


@pytest.mark.parametrize("text", ["۱۲۳", "١٢٣", "123", "１２３", "१२३", "۱٢3"])
def test_digits_of_any_script_are_read(text: str) -> None:
    assert digits.latin(f"№ {text} ش") == "№ 123 ش"


def test_digits_are_written_in_the_readers_script() -> None:
    assert digits.local("NH-120", "fa") == "NH-۱۲۰"
    assert digits.local("120", "ar") == "١٢٠"
    assert [digits.local("120", code) for code in ("en", "uk", "zh-hant")] == ["120"] * 3


@given(st.text(), st.sampled_from(names.LANGUAGES))
def test_local_digits_read_back_as_they_were(text: str, code: str) -> None:
    assert digits.latin(digits.local(text, code)) == digits.latin(text)


def test_numbers_are_grouped_as_the_language_groups_them() -> None:
    assert digits.number(12345, "en") == "12,345"
    assert digits.number(12345, "fa") == "۱۲٬۳۴۵"
    assert digits.number(12345, "ar") == "١٢٬٣٤٥"
    assert digits.number(12345, "uk") == f"12{NBSP}345"
    assert digits.number(Decimal("1.25"), "uk") == "1,25"
    assert digits.percent(55, "en") == "55%"
    assert digits.percent(55, "fa") == "۵۵٪"
    assert digits.number(1234567, "en-IN") == "12,34,567"
    assert digits.number(Decimal("-42.5"), "fa") == "\u200e−۴۲٫۵", "its minus stays on the left"


@pytest.mark.parametrize(
    ("amount", "currency", "code", "expected"),
    [
        ("1240", "UAH", "uk", f"1{NBSP}240,00{NBSP}₴"),
        ("1240.5", "USD", "uk", f"1{NBSP}240,50{NBSP}$"),
        ("1240", "UAH", "en", "₴1,240.00"),
        ("5", "AED", "en", f"AED{NBSP}5.00"),
        ("120000", "IRT", "en", f"120,000{NBSP}Toman"),
        ("1", "IRT", "uk", f"1{NBSP}томан"),
        ("23", "IRT", "uk", f"23{NBSP}томани"),
        ("-5", "IRT", "uk", f"−5{NBSP}томанів"),
        ("120000", "IRT", "fa", f"۱۲۰٬۰۰۰{NBSP}تومان"),
        ("120000.4", "IRR", "fa", f"۱۲۰٬۰۰۰{NBSP}ریال"),
        ("-5", "IRT", "fa", f"\u200e\u2212۵{NBSP}تومان"),
        ("5", "SAR", "ar", f"\u200f٥٫٠٠{NBSP}ر.س.\u200f"),
        ("12.3456", "KWD", "ar", f"\u200f١٢٫٣٤٦{NBSP}د.ك.\u200f"),
        ("88", "HKD", "zh-hant", "HK$88.00"),
        ("-88", "HKD", "zh-hant", "−HK$88.00"),
        ("1200", "TWD", "zh-hant", "NT$1,200"),
        ("1200", "TWD", "zh-Hant-TW", "NT$1,200"),
        ("5", "USD", "en-GB", "$5.00"),
        ("5", "USD", "en-AU", "USD\u00a05.00"),
        ("5", "AED", "ar-AE", f"\u200f5.00{NBSP}د.إ.\u200f"),
        ("1234567", "INR", "en-IN", "₹12,34,567.00"),
        ("1200.5", "TWD", "zh-hant", "NT$1,200.50"),
        ("7", "QQQ", "en", f"QQQ{NBSP}7.00"),
    ],
)
def test_money_is_shown_as_the_reader_writes_it(amount: str, currency: str, code: str, expected: str) -> None:
    assert money.show(Decimal(amount), currency, code) == expected


def test_decimals_of_currencies() -> None:
    assert [money.exponent(currency) for currency in ("UAH", "KWD", "IRR", "IRT")] == [2, 3, 0, 0]
    assert money.quantum("UAH") == Decimal("0.01")
    assert money.quantum("IRR") == Decimal(1)
    assert money.rounded(Decimal("0.125"), "HKD") == Decimal("0.13")


@given(
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from(("UAH", "HKD", "IRR", "IRT", "KWD", "SAR", "TWD")),
    st.sampled_from(names.LANGUAGES),
)
def test_every_amount_can_be_shown_and_its_digits_are_all_there(amount: Decimal, currency: str, code: str) -> None:
    shown = digits.latin(money.show(amount, currency, code))
    expected = str(abs(money.rounded(amount, currency)))
    seen = "".join(letter for letter in shown if letter.isdigit())
    assert seen in (expected.replace(".", ""), expected.removesuffix(".00"))


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [(25, "en", "+25"), (-1_200, "uk", "−1\u00a0200"), (0, "en", "0"), (25, "fa", "\u2066+۲۵\u2069")],
)
def test_a_change_has_its_sign_before_it_in_either_direction(value: int, code: str, shown: str) -> None:
    assert digits.signed(value, code) == shown


@pytest.mark.parametrize(
    ("variant", "told"),
    [("۱۵۰×۲۲۰", "\u2068۱۵۰×۲۲۰\u2069"), ("150 × 220", "\u2068150 × 220\u2069"), ("نخی", "نخی"), ("", "")],
)
def test_a_size_stays_in_one_piece_beside_a_name(variant: str, told: str) -> None:
    assert names.in_one_piece(variant) == told
