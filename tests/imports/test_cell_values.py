"""Moments, currencies and words as people and systems write them."""

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.imports.reading import moments, values, words
from tartib.l10n.numbers import BadValueError


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
    for read in (moments.moment, values.currency, values.email, values.ip):
        with contextlib.suppress(BadValueError):
            read(text)


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
