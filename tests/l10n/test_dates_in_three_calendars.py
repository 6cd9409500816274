"""Dates, ranges and durations in Gregorian, Jalali and Hijri, in five languages (X5, C3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tartib.l10n import calendars, dates
from tartib.l10n.names import LANGUAGES

# 00:50 of the next day in Tehran.
EVENING = datetime(2025, 11, 12, 21, 20, tzinfo=UTC)
NIGHT_IN_TEHRAN = "Asia/Tehran"


@pytest.mark.parametrize(
    ("code", "calendar", "form", "expected"),
    [
        ("en", "gregorian", "short", "12 Nov"),
        ("en", "gregorian", "medium", "12 Nov 2025"),
        ("en", "gregorian", "long", "Wednesday, 12 November 2025"),
        ("en", "gregorian", "numeric", "2025-11-12"),
        ("en", "jalali", "medium", "21 Aban 1404"),
        ("en", "hijri", "medium", "21 Jumada I 1447 AH"),
        ("en-US", "gregorian", "medium", "Nov 12, 2025"),
        ("en-US", "gregorian", "short", "Nov 12"),
        ("en-US", "gregorian", "long", "Wednesday, November 12, 2025"),
        ("en-US", "hijri", "medium", "Jumada I 21, 1447 AH"),
        ("en", "hijri", "tiny", "21 Jum. I"),
        ("ar-AE", "gregorian", "medium", "12 نوفمبر 2025"),
        ("ar-SY", "gregorian", "medium", "١٢ تشرين الثاني ٢٠٢٥"),
        ("uk", "gregorian", "tiny", "12 лист."),
        ("uk", "gregorian", "compact", "12 лист. 2025 р."),
        ("fa", "jalali", "tiny", "۲۱ آبان"),
        ("zh-hant", "gregorian", "tiny", "11月12日"),
        ("fa", "hijri", "medium", "۲۱ جمادی‌الاول ۱۴۴۷ ه\u200d.ق."),
        ("ar", "gregorian", "long", "الأربعاء، ١٢ نوفمبر ٢٠٢٥"),
        ("ar", "hijri", "medium", "٢١ جمادى الأولى ١٤٤٧ هـ"),
        ("ar", "gregorian", "numeric", "٢٠٢٥/١١/١٢"),
        ("fa", "jalali", "medium", "۲۱ آبان ۱۴۰۴"),
        ("fa", "jalali", "long", "چهارشنبه ۲۱ آبان ۱۴۰۴"),
        ("fa", "jalali", "numeric", "۱۴۰۴/۰۸/۲۱"),
        ("fa", "gregorian", "medium", "۱۲ نوامبر ۲۰۲۵"),
        ("uk", "gregorian", "medium", "12 листопада 2025 р."),
        ("uk", "gregorian", "numeric", "12.11.2025"),
        ("zh-hant", "gregorian", "long", "2025年11月12日星期三"),
        ("zh-hant", "jalali", "medium", "波斯曆1404年8月21日"),
        ("zh-hant", "hijri", "short", "伊斯蘭曆5月21日"),
    ],
)
def test_a_day_is_written_as_its_reader_writes_it(code: str, calendar: str, form: dates.Form, expected: str) -> None:
    assert dates.show_date(date(2025, 11, 12), code, calendar, "UTC", form) == expected


def test_a_moment_is_shown_in_the_shops_zone() -> None:
    assert dates.show_datetime(EVENING, "en", "gregorian", "UTC") == "12 Nov 2025, 21:20"
    assert dates.show_datetime(EVENING, "fa", "jalali", NIGHT_IN_TEHRAN) == "۲۲ آبان ۱۴۰۴، ۰۰:۵۰"
    assert dates.show_datetime(EVENING, "zh-hant", "gregorian", "Asia/Hong_Kong", "short") == "11月13日 05:20"
    assert dates.show_time(EVENING, "ar", "Asia/Riyadh") == "٠٠:٢٠"


@pytest.mark.parametrize(
    ("code", "calendar", "days", "form", "expected"),
    [
        ("en", "gregorian", 0, "short", "12 Nov"),
        ("en", "gregorian", 2, "short", "12–14 Nov"),
        ("en", "gregorian", 2, "medium", "12–14 Nov 2025"),
        ("en", "gregorian", 40, "short", "12 Nov – 22 Dec"),
        ("en-US", "gregorian", 2, "medium", "Nov 12–14, 2025"),
        ("en-US", "gregorian", 40, "short", "Nov 12 – Dec 22"),
        ("en", "gregorian", 400, "short", "12 Nov 2025 – 17 Dec 2026"),
        ("fa", "jalali", 2, "short", "۲۱ تا ۲۳ آبان"),
        ("fa", "jalali", 40, "medium", "۲۱ آبان تا ۱ دی ۱۴۰۴"),
        ("ar", "gregorian", 2, "short", "١٢–١٤ نوفمبر"),
        ("uk", "gregorian", 40, "short", "12 листопада – 22 грудня"),
        ("zh-hant", "gregorian", 2, "short", "11月12日至14日"),
        ("zh-hant", "gregorian", 400, "short", "2025年11月12日至2026年12月17日"),
    ],
)
def test_a_range_says_once_what_both_days_share(code: str, calendar: str, days: int, form: str, expected: str) -> None:
    start = date(2025, 11, 12)
    end = start + timedelta(days)
    assert dates.show_range(start, end, code, calendar, "UTC", "medium" if form == "medium" else "short") == expected
    assert dates.show_range(end, start, code, calendar, "UTC", "medium" if form == "medium" else "short") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, ("< 1 m", "أقل من دقيقة", "کمتر از ۱ دقیقه", "< 1 хв", "不足 1 分鐘")),
        (190, ("3 h 10 m", "٣ س و١٠ د", "۳ ساعت و ۱۰ دقیقه", "3 год 10 хв", "3 小時 10 分鐘")),
        (2 * 1440 + 185, ("2 d 3 h", "يومان و٣ س", "۲ روز و ۳ ساعت", "2 дн. 3 год", "2 日 3 小時")),
        (3 * 1440, ("3 d", "٣ أيام", "۳ روز", "3 дн.", "3 日")),
        (-5, ("< 1 m", "أقل من دقيقة", "کمتر از ۱ دقیقه", "< 1 хв", "不足 1 分鐘")),
    ],
)
def test_how_long_in_two_units(minutes: int, expected: tuple[str, ...]) -> None:
    assert tuple(dates.since(timedelta(minutes=minutes), code) for code in LANGUAGES) == expected


def test_how_long_ago_and_ahead() -> None:
    later = EVENING + timedelta(hours=3)
    assert dates.ago(EVENING, later, "en") == "3 hours ago"
    assert dates.ago(EVENING, later, "fa") == "۳ ساعت پیش"
    assert dates.ago(EVENING, later, "uk") == "3 години тому"
    assert dates.ago(later, EVENING, "en") == "in 3 hours"


def test_near_days_have_names_and_other_years_are_said() -> None:
    def shown(days: int, code: str = "en", *, alone: bool = False) -> str:
        return dates.show_day(EVENING + timedelta(days), EVENING, code, "gregorian", "UTC", alone=alone)

    assert [shown(-1), shown(0), shown(1)] == ["yesterday", "today", "tomorrow"]
    assert [shown(1, code) for code in LANGUAGES] == ["tomorrow", "غدًا", "فردا", "завтра", "明日"]
    assert [shown(0, code, alone=True) for code in LANGUAGES] == ["Today", "اليوم", "امروز", "Сьогодні", "今日"]
    assert shown(-20) == "23 Oct"
    assert shown(-400) == "8 Oct 2024"
    assert dates.show_day(EVENING - timedelta(20), EVENING, "uk", "gregorian", "UTC") == "23 жовтня"
    assert dates.show_day(EVENING - timedelta(20), EVENING, "uk", "gregorian", "UTC", table=True) == "23 жовт."


def test_the_period_of_a_tracking_code_follows_the_shops_calendar_and_zone() -> None:
    month_end = datetime(2025, 11, 21, 21, 0, tzinfo=UTC)  # 1 Azar has begun in Tehran, 30 Aban lasts in London
    assert dates.period(month_end, "jalali", NIGHT_IN_TEHRAN) == (1404, 9)
    assert dates.period(month_end, "jalali", "UTC") == (1404, 8)
    assert dates.period(month_end, "gregorian", "UTC") == (2025, 11)


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        ("2025-11-12", "gregorian"),
        ("2025/11/12", "gregorian"),
        ("12.11.2025", "gregorian"),
        ("12-11-2025", "gregorian"),
        ("20251112", "gregorian"),
        ("2025年11月12日", "gregorian"),
        ("12 Nov 2025", "gregorian"),
        ("November 12, 2025", "gregorian"),
        ("12 листопада 2025 р.", "gregorian"),
        ("١٢ نوفمبر ٢٠٢٥", "gregorian"),
        ("1404/8/21", "jalali"),
        ("۱۴۰۴/۰۸/۲۱", "jalali"),
        ("۲۱ آبان ۱۴۰۴", "jalali"),
        ("٢١ جمادى الأولى ١٤٤٧", "hijri"),
        ("21 Jumada I 1447", "hijri"),
    ],
)
def test_dates_are_read_however_they_are_typed(text: str, calendar: str) -> None:
    assert dates.parse_date(text, calendar) == date(2025, 11, 12)


def test_the_order_of_day_and_month_can_be_told() -> None:
    assert dates.parse_date("11/12/2025", order="mdy") == date(2025, 11, 12)
    assert dates.parse_date("11/12/2025") == date(2025, 12, 11)


@pytest.mark.parametrize(
    "text", ["", "soon", "2025-13-01", "31.02.2025", "1.2.3", "12/11/25", "99999999", "1 2 3 2025"]
)
def test_what_is_no_date_is_refused_with_words(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        dates.parse_date(text)


def test_days_no_calendar_has_are_refused() -> None:
    with pytest.raises(ValueError, match="jalali"):
        dates.parse_date("1404/12/30", "jalali")
    with pytest.raises(ValueError, match="hijri"):
        dates.parse_date("1700/01/01", "hijri")


@given(
    st.dates(date(1950, 1, 1), date(2077, 11, 16)),
    st.sampled_from(calendars.CALENDARS),
    st.sampled_from(LANGUAGES),
    st.sampled_from(("medium", "numeric")),
)
def test_every_shown_date_reads_back(day: date, calendar: str, code: str, form: dates.Form) -> None:
    assert dates.parse_date(dates.show_date(day, code, calendar, "UTC", form), calendar) == day


@given(st.dates())
@example(date(9999, 3, 20))
@example(date(622, 3, 21))
def test_a_day_out_of_a_calendars_reach_is_shown_in_the_gregorian_one(day: date) -> None:
    for calendar in calendars.CALENDARS:
        shown = dates.show_date(day, "en", calendar, "UTC")
        if not calendars.reaches(day, calendar):
            assert shown == dates.show_date(day, "en", "gregorian", "UTC")


def test_an_unknown_calendar_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a calendar"):
        calendars.convert(date(2025, 1, 1), "mayan")
    with pytest.raises(ValueError, match="not a calendar"):
        calendars.to_gregorian(2025, 1, 1, "mayan")
    with pytest.raises(ValueError, match="does not reach"):
        calendars.convert(date(1900, 1, 1), "hijri")


def test_month_names() -> None:
    assert dates.month_name(8, "fa", "jalali") == "آبان"
    assert dates.month_name(8, "zh-hant", "jalali") == "8月"
