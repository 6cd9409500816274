"""Days as people type them, in five languages and three calendars (X5, C3).

`typed_dates.tsv` has what people type: calendar, language, text, and the day it means on 30 November 2026 (a Monday, 9
Azar 1405, 20 Jumada II 1448), or nothing where it is to be refused.
"""

import contextlib
import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.l10n import calendars, dates, day_words, names
from tartib.l10n.names import LANGUAGES
from tartib.l10n.typed_dates import YEARS, NotADayError, read_date

TODAY = date(2026, 11, 30)
KNOWN = {
    "gregorian": (date(1950, 1, 1), date(2080, 12, 31)),
    "jalali": (date(2011, 3, 21), date(2049, 3, 19)),
    "hijri": (date(2008, 12, 29), date(2048, 11, 5)),
}
TAGS = ("en-US", "en-GB", "ar-SA", "ar-AE", "ar-SY", "ar-MA", "fa-IR", "uk-UA", "zh-Hant-HK", *LANGUAGES)


def refused(text: str, calendar: str = "gregorian", code: str = "en") -> NotADayError:
    with pytest.raises(NotADayError) as caught:
        read_date(text, calendar, code, TODAY)
    return caught.value


def test_what_people_type_is_read_as_they_mean_it() -> None:
    wrong = []
    with (Path(__file__).parent / "typed_dates.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for calendar, code, text, expected in rows:
        try:
            found = read_date(text, calendar, code, TODAY).isoformat()
        except NotADayError:
            found = ""
        if found != expected:
            wrong.append((calendar, code, text, expected, found))
    assert len(rows) > 300
    assert not wrong


@given(st.data(), st.sampled_from(calendars.CALENDARS), st.sampled_from(TAGS))
def test_every_day_is_read_back_in_each_form_it_is_written_in(data: st.DataObject, calendar: str, code: str) -> None:
    day = data.draw(st.dates(*KNOWN[calendar]))
    year, month, number = calendars.convert(day, calendar)
    forms: tuple[dates.Form, ...] = ("medium", "long", "numeric", "compact")
    written = [dates.show_date(day, code, calendar, "UTC", form) for form in forms]
    written += [f"{year}-{month:02}-{number:02}", f"{year}/{month}/{number}", f"{year} {month} {number}"]
    written += [f"{year}{month:02}{number:02}", f"\u200f{year}.{month}.{number}\u200e", day.isoformat()]
    if names.date_order(code) != "mdy":
        written += [f"{number:02}.{month:02}.{year}", f"{number}/{month}/{year}", f"{number}-{month}-{year}"]
    else:
        written += [f"{month}/{number}/{year}"]
    for text in written:
        assert read_date(text, calendar, code, TODAY) == day, text


@given(st.integers(-49, 49), st.sampled_from(calendars.CALENDARS), st.sampled_from(("en", "fa", "ar", "uk", "zh-hant")))
def test_two_digits_are_the_nearest_such_year_within_twenty(years: int, calendar: str, code: str) -> None:
    year = calendars.convert(TODAY, calendar)[0] + years
    day = calendars.to_gregorian(year, 3, 9, calendar)
    text = {"dmy": f"9.3.{year % 100:02}", "ymd": f"{year % 100:02}/3/9", "mdy": ""}[names.date_order(code)]
    if abs(years) <= 20:
        assert read_date(text, calendar, code, TODAY) == day
    else:
        assert refused(text, calendar, code).reason == "short-year"


@pytest.mark.parametrize(
    ("calendar", "code", "text"),
    [
        ("jalali", "fa", "۱۴۴۸/۶/۲۰"),
        ("jalali", "en", "1448-06-20"),
        ("hijri", "ar", "٩/٩/١٤٠٥"),
        ("hijri", "uk", "9.9.1405"),
    ],
)
def test_a_year_that_is_now_in_another_calendar_and_far_off_in_the_shops_is_asked_for(
    calendar: str, code: str, text: str
) -> None:
    assert refused(text, calendar, code).reason == "era"


def test_a_month_of_two_names_of_the_levant_is_asked_for() -> None:
    problem = refused("١ تشرين ٢٠٢٦", "gregorian", "ar-SY")
    assert (problem.reason, problem.calendar, problem.months) == ("which-month", "gregorian", (10, 11))


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(TAGS))
def test_a_day_without_a_year_is_of_this_year(day: date, code: str) -> None:
    forms: tuple[dates.Form, ...] = ("short", "tiny")
    for form in forms:
        assert read_date(dates.show_date(day, code, "gregorian", "UTC", form), "gregorian", code, TODAY) == day


@pytest.mark.parametrize(
    ("text", "calendar", "code", "day"),
    [
        ("2026-11-30", "jalali", "fa", TODAY),
        ("2026/10/01", "jalali", "fa", date(2026, 10, 1)),
        ("2026-11-30", "hijri", "ar", TODAY),
        ("1405/09/09", "gregorian", "en", TODAY),
        ("۱۴۰۵/۰۹/۰۹", "gregorian", "fa", TODAY),
        ("1448/06/20", "gregorian", "ar", TODAY),
        ("20 Jumada II 1448", "gregorian", "en", TODAY),
        ("٢٠٢٦/١١/٣٠ م", "hijri", "ar", TODAY),
        ("۱۴۰۵/۹/۹ ه‍.ش", "hijri", "fa", TODAY),
        ("1448/6/20 AH", "jalali", "en", TODAY),
    ],
)
def test_a_day_of_another_calendar_is_read_where_it_can_be_no_other(
    text: str, calendar: str, code: str, day: date
) -> None:
    assert read_date(text, calendar, code, TODAY) == day


def test_a_year_that_nobody_can_mean_is_refused_with_the_years_that_are_meant() -> None:
    assert refused("0784-06-10", "jalali", "fa").years == YEARS["jalali"]
    assert refused("2648-02-19").years == YEARS["gregorian"]
    assert refused("1330/01/01").years == YEARS["gregorian"], "neither this one's nor near in another calendar"
    assert refused("1 Ramadan 2026", "hijri").years == YEARS["hijri"]
    assert refused("30 Nov 1405").years == YEARS["gregorian"], "a month of one calendar, a year of another"


def test_no_year_of_another_calendar_can_be_of_two() -> None:
    today = TODAY
    while today.year < 2077:
        jalali, hijri = (calendars.convert(today, calendar)[0] for calendar in ("jalali", "hijri"))
        assert abs(jalali - hijri) > 40
        today += timedelta(366)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable"),
        ("foo", "unreadable"),
        ("0", "unreadable"),
        ("1764460800", "unreadable"),
        ("2026-11-30T10:00", "unreadable"),
        ("1 mayonnaise 2026", "unreadable"),
        ("30 Nov Nov 2026", "unreadable"),
        ("1 Ramadan 2026 م", "unreadable"),
        ("1/2026/3", "unreadable"),
        ("30 11 2026 5", "unreadable"),
        ("٢٠ جمادى", "which-month"),
        ("9 Rabi 1448", "which-month"),
        ("31.02.2026", "no-such-day"),
        ("2026-13-01", "no-such-day"),
        ("0/0/2026", "no-such-day"),
        ("30 Esfand 1405", "no-such-day"),
        ("Friday, 30 November 2026", "weekday"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert refused(text).reason == reason


def test_a_weekday_alone_is_the_next_or_the_last_one() -> None:
    assert read_date("Monday", "gregorian", "en", TODAY) == TODAY
    assert read_date("Friday", "gregorian", "en", TODAY) == date(2026, 12, 4)
    assert read_date("Friday", "gregorian", "en", TODAY, "past") == date(2026, 11, 27)
    assert read_date("شنبه", "jalali", "fa", TODAY, "past") == date(2026, 11, 28)


def test_the_language_says_which_of_day_and_month_comes_first_unless_only_one_can_be() -> None:
    assert read_date("5/6/2026", "gregorian", "en-GB", TODAY) == date(2026, 6, 5)
    assert read_date("5/6/2026", "gregorian", "en-US", TODAY) == date(2026, 5, 6)
    assert read_date("11/30/2026", "gregorian", "uk", TODAY) == TODAY
    assert read_date("05/09/09", "jalali", "fa", TODAY) == TODAY


@given(st.text(max_size=200), st.sampled_from(calendars.CALENDARS), st.sampled_from(LANGUAGES))
def test_any_text_is_a_day_that_can_be_meant_or_refused(text: str, calendar: str, code: str) -> None:
    with contextlib.suppress(NotADayError):
        assert read_date(text, calendar, code, TODAY).year in YEARS["gregorian"]


@given(st.lists(st.sampled_from([*day_words.lexicon("hijri"), "1", "30", "2026", " ", "/", "年", "月"]), max_size=40))
def test_words_of_dates_in_any_order_are_a_day_or_refused(parts: list[str]) -> None:
    with contextlib.suppress(NotADayError):
        read_date(" ".join(parts), "hijri", "ar", TODAY)


@pytest.mark.parametrize("text", ["1" * 10_000, "١/" * 10_000, "十" * 80, "年" * 80, "+" * 80, "\u200f" * 500])
def test_long_and_strange_texts_are_refused(text: str) -> None:
    assert refused(text).reason in ("unreadable", "no-such-day")


def test_no_word_means_two_things() -> None:
    """Of one calendar at least: a short form that two calendars have is taken for the shop's."""
    for calendar in calendars.CALENDARS:
        months = {word: found for word, found in day_words.lexicon(calendar).items() if found.kind == "month"}
        assert {found.numbers for found in months.values() if found.calendar == calendar} >= {
            (month,) for month in range(1, 13)
        }
    assert not set(day_words.near()) & set(day_words.lexicon("gregorian"))
