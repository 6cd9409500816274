"""Amounts, moments, quantities and words as people and systems write them."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.imports.reading import moments, values, words
from tartib.imports.reading.values import BadValueError
from tartib.l10n import money
from tartib.l10n.names import LANGUAGES


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ".", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\u00a0234,50 ₴", ".", "1234.50"),
        ("1'234.5", ".", "1234.5"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("12,5", ".", "12.5"),
        ("1,234,567", ".", "1234567"),
        ("HK$ 88", ".", "88"),
        ("ریال ۱۲۰٬۰۰۰", ".", "120000"),
        ("١٢٣٫٥٠", ".", "123.50"),
        ("\u200f١٬٢٣٤٫٥٠\u00a0ر.س.\u200f", ".", "1234.50"),
        ("(12.00)", ".", "-12.00"),
        ("-$5.00", ".", "-5.00"),
        ("\u22125", ".", "-5"),
        ("0.00", ".", "0.00"),
    ],
)
def test_amounts_are_read_however_they_are_written(text: str, mark: values.DecimalMark, expected: str) -> None:
    assert values.amount(text, mark) == Decimal(expected)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_amount_is_none(value: str | None) -> None:
    assert values.amount(value) is None


@pytest.mark.parametrize(
    "value", ["free", "1 and 2", "1e99", "NaN", "Infinity", "--", "19 %", "٪10", str(10**13), True, [1]]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(BadValueError):
        values.amount(value)


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.sampled_from(("UAH", "HKD", "SAR", "USD")),
    st.sampled_from(LANGUAGES),
)
def test_amounts_that_the_product_shows_are_read_back(amount: Decimal, currency: str, code: str) -> None:
    mark: values.DecimalMark = "," if code == "uk" else "."
    assert values.amount(money.show(amount, currency, code), mark) == amount


@pytest.mark.parametrize(
    "text",
    [
        "2025-11-12T10:50:00Z",
        "2025-11-12T14:20:00+03:30",
        "2025-11-12 14:20:00 +0330",
        "2025-11-12 10:50:00 UTC",
        "2025-11-12 14:20",
        "2025-11-12T14:20:00.250",
        "1404/08/21 14:20",
        "۱۴۰۴/۰۸/۲۱ - ۱۴:۲۰",
        "1447/05/21 14:20",
        "21 آبان 1404 ساعت 14:20",
        "12.11.2025 14:20",
        "Nov 12, 2025 2:20 pm",
        "12 листопада 2025 р., 14:20",
        "2025年11月12日 下午2:20",
        "2025-11-12 14.20",
        "12.11.2025 14h20",
        "20251112142000",
        "Wed Nov 12 2025 14:20:00 GMT+0330 (Iran Standard Time)",
        "Nov 12, 2025 2:50:00 AM PST",
        "1762944600",
        "1762944600000",
    ],
)
def test_moments_are_read_in_the_shops_zone_whatever_the_calendar(text: str) -> None:
    found = moments.moment(text, ZoneInfo("Asia/Tehran"))
    assert found is not None
    assert found.replace(microsecond=0) == datetime(2025, 11, 12, 10, 50, tzinfo=UTC)


def test_morning_and_midnight_on_a_twelve_hour_clock() -> None:
    assert moments.moment("2025-11-12 12:05 am") == datetime(2025, 11, 12, 0, 5, tzinfo=UTC)
    assert moments.moment("2025年11月12日 上午9:05:30") == datetime(2025, 11, 12, 9, 5, 30, tzinfo=UTC)
    assert moments.moment("2025-11-12 9:05 ب.ظ") == datetime(2025, 11, 12, 21, 5, tzinfo=UTC)
    assert moments.moment("") is None


@pytest.mark.parametrize(
    "text", ["soon", "2025-02-30", "1200-01-01", "2999-01-01", "2025-11-12 25:00", "14:20", "1404/13/01"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        moments.moment(text)


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_is_refused(text: str) -> None:
    for read in (values.amount, moments.moment, values.quantity, values.currency, values.email, values.ip):
        with contextlib.suppress(BadValueError):
            read(text)


@pytest.mark.parametrize(("text", "expected"), [("1", 1), ("۲", 2), ("3.0", 3), ("٤٫٠", 4), ("0", 0)])
def test_quantities(text: str, expected: int) -> None:
    assert values.quantity(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("½", "0.5"), ("1½", "1.5"), ("2 ¾", "2.75"), ("۱½", "1.5"), ("⅓", "0.333"), ("2,5", "2.5")]
)
def test_a_measure_may_be_written_with_the_sign_of_a_fraction(text: str, expected: str) -> None:
    assert values.measure(text, ",") == Decimal(expected)


@pytest.mark.parametrize("text", ["½½", "1/2½", "½ m²", "²", "x½"])
def test_what_is_no_measure_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        values.measure(text)


def test_a_number_of_a_programs_own_is_an_amount_with_any_exponent() -> None:
    assert values.amount(Decimal("1.25E+3")) == 1250
    with pytest.raises(BadValueError):
        values.amount("1.25E+3")


def test_currencies_and_countries_by_code_sign_and_name() -> None:
    assert [values.currency(text) for text in ("uah", "грн.", "تومان", "HK$", "TMN", "")] == [
        "UAH",
        "UAH",
        "IRT",
        "HKD",
        "IRT",
        "",
    ]
    assert [values.currency_in(text) for text in ("1 240,50 грн", "€5", "$5", "5", "HK$ 1.00")] == [
        "UAH",
        "EUR",
        "",
        "",
        "HKD",
    ]
    assert [values.country(text) for text in ("ua", "Україна", "ایران", "السعودية", "香港", "USA", "Atlantis")] == [
        "UA",
        "UA",
        "IR",
        "SA",
        "HK",
        "US",
        "",
    ]


def test_addresses_of_machines() -> None:
    assert values.ip("2001:DB8::1") == "2001:db8::1"
    assert values.ip("::") is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("wc-on-hold", "on-hold"),
        ("Ready for Pickup", "ready"),
        ("معلق", "pending"),
        ("ملغى", "cancelled"),
        ("مسترجع", "refunded"),
        ("قيد التنفيذ", "processing"),
        ("در انتظار پرداخت", "pending"),
        ("ارسال شده", "shipped"),
        ("Комплектується", "processing"),
        ("В дорозі", "in-transit"),
        ("Прибуло до відділення", "ready"),
        ("待完成", "incomplete"),
        ("已送達", "completed"),
        ("wcfm", None),
        ("", None),
    ],
)
def test_status_words_of_five_languages(word: str, state: str | None) -> None:
    assert words.state(word) == state


def test_ways_to_pay() -> None:
    shown = ("cod", "Direct bank transfer", "Накладений платіж", "پرداخت در محل", "轉數快 FPS", "Stripe", "Cheque", "")
    assert [words.payment_method(text) for text in shown] == [
        "on-receipt",
        "bank",
        "on-receipt",
        "on-receipt",
        "bank",
        "online",
        "other",
        "other",
    ]
