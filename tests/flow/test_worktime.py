"""Working time over weekends, holidays and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.flow.worktime import MIDNIGHT, Hours, add_worktime, worktime_between

KYIV, TEHRAN, NEW_YORK = ZoneInfo("Europe/Kyiv"), ZoneInfo("Asia/Tehran"), ZoneInfo("America/New_York")
NINE_TO_SIX = ((9 * 60, 18 * 60),)
OFFICE = Hours((*[NINE_TO_SIX] * 5, (), ()), KYIV)
ALWAYS = Hours(tuple([((0, MIDNIGHT),)] * 7), NEW_YORK)
HOUR = timedelta(hours=1)


def kyiv(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 by Kyiv's clock; 2 November is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=KYIV)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (kyiv(2, 10), 3, kyiv(2, 13)),
        (kyiv(2, 17), 3, kyiv(3, 11)),
        (kyiv(2, 3), 9, kyiv(2, 18)),
        (kyiv(6, 17), 2, kyiv(9, 10)),
        (kyiv(7, 12), 1, kyiv(9, 10)),
        (kyiv(2, 9), 45, kyiv(6, 18)),
        (kyiv(2, 9), 24, kyiv(4, 15)),
        (kyiv(2, 20), 0, kyiv(2, 20)),
    ],
)
def test_hours_are_counted_while_the_shop_is_at_work(start: datetime, hours: int, end: datetime) -> None:
    assert add_worktime(OFFICE, start, hours * HOUR) == end
    assert worktime_between(OFFICE, start, end) == hours * HOUR


def test_holidays_and_breaks_do_not_count() -> None:
    split = Hours((*[((9 * 60, 13 * 60), (14 * 60, 18 * 60))] * 5, (), ()), KYIV, frozenset({date(2026, 11, 3)}))
    assert add_worktime(split, kyiv(2, 12), 2 * HOUR) == kyiv(2, 15)
    assert add_worktime(split, kyiv(2, 17), 2 * HOUR) == kyiv(4, 10)
    assert worktime_between(split, kyiv(3, 0), kyiv(4, 0)) == timedelta()


def test_a_week_may_begin_on_saturday() -> None:
    """The Iranian week: Friday is free. 6 November 2026 is a Friday."""
    hours = Hours(tuple(() if day == 4 else NINE_TO_SIX for day in range(7)), TEHRAN)
    thursday = datetime(2026, 11, 5, 17, tzinfo=TEHRAN)
    assert add_worktime(hours, thursday, 2 * HOUR) == datetime(2026, 11, 7, 10, tzinfo=TEHRAN)


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    """New York 2026: 8 March has 23 hours, 1 November has 25."""
    for day, length in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)):
        start = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK)
        following = day + timedelta(days=1)
        end = datetime(following.year, following.month, following.day, tzinfo=NEW_YORK)
        assert worktime_between(ALWAYS, start, end) == length * HOUR
    night = Hours(tuple([((60, 240),)] * 7), NEW_YORK)
    spring = datetime(2026, 3, 8, tzinfo=NEW_YORK)
    assert worktime_between(night, spring, spring + 12 * HOUR) == 2 * HOUR


def test_hours_that_the_clock_skips_do_not_count() -> None:
    skipped = Hours(tuple([((120, 180),)] * 7), NEW_YORK)
    spring = datetime(2026, 3, 8, tzinfo=NEW_YORK)
    assert worktime_between(skipped, spring, spring + 20 * HOUR) == timedelta()


def test_without_any_working_time_the_end_is_far_and_there_is_one() -> None:
    never = Hours(((),) * 7, KYIV)
    assert add_worktime(never, kyiv(2, 9), HOUR) > kyiv(2, 9) + timedelta(days=10_000)
    assert worktime_between(never, kyiv(2, 9), kyiv(30, 9)) == timedelta()
    last = datetime.max.replace(tzinfo=UTC)
    assert add_worktime(never, last - HOUR, HOUR) <= last


@pytest.mark.parametrize("week", [((),) * 6, (((60, 60),),) * 7, (((60, 30),),) * 7, (((0, 1441),),) * 7])
def test_hours_that_cannot_be_are_refused(week: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    with pytest.raises(ValueError, match="day"):
        Hours(week, KYIV)


DAYS = ((), NINE_TO_SIX, ((0, MIDNIGHT),), ((60, 180), (600, 1439)), ((0, 1), (125, 150), (1380, MIDNIGHT)))
ZONES = [KYIV, TEHRAN, NEW_YORK, ZoneInfo("UTC"), ZoneInfo("Pacific/Apia")]
weeks = st.tuples(*[st.sampled_from(DAYS)] * 6, st.sampled_from(DAYS[1:]))
closed = st.frozensets(st.integers(0, 700).map(lambda days: date(2026, 1, 1) + timedelta(days=days)), max_size=5)
any_hours = st.builds(Hours, weeks, st.sampled_from(ZONES), closed)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
amounts = st.integers(0, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes))


@given(any_hours, moments, amounts)
def test_what_was_added_lies_between(hours: Hours, start: datetime, amount: timedelta) -> None:
    """Adding and counting are inverse, and the end is the first such moment."""
    end = add_worktime(hours, start, amount)
    assert worktime_between(hours, start, end) == amount
    if amount:
        assert worktime_between(hours, start, end - timedelta(microseconds=1)) < amount


@given(any_hours, moments, amounts, amounts)
def test_adding_twice_is_adding_both(hours: Hours, start: datetime, one: timedelta, other: timedelta) -> None:
    assert add_worktime(hours, add_worktime(hours, start, one), other) == add_worktime(hours, start, one + other)


@given(any_hours, moments, moments, moments)
def test_working_time_is_never_longer_than_time_and_adds_up(
    hours: Hours, a: datetime, b: datetime, c: datetime
) -> None:
    a, b, c = sorted((a, b, c))
    assert timedelta() <= worktime_between(hours, a, c) <= c - a
    assert worktime_between(hours, a, b) + worktime_between(hours, b, c) == worktime_between(hours, a, c)
    assert worktime_between(hours, c, a) == timedelta()
