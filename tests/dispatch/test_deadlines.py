"""By when things are due: over week-ends, closed days and changes of the clock, and anew in other hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases import queries, recounting
from tartib.cases.filters import Filters
from tartib.cases.models import Case
from tartib.dispatch import deadlines
from tartib.dispatch.deadlines import Recounted
from tartib.dispatch.models import WorkRecord
from tartib.dispatch.operations import open_work
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.journal.verify import verify
from tartib.orders import ORDER
from tartib.shops.models import Shop
from tartib.shops.operations import change_shop
from tests.factories import NOW, make_order, make_orders, make_shop, move

KYIV, TEHRAN = ZoneInfo("Europe/Kyiv"), ZoneInfo("Asia/Tehran")
NINE_TO_SIX = [[9 * 60, 18 * 60]]
WEEK = [*[NINE_TO_SIX] * 5, [], []]
LONG = [*[[[8 * 60, 20 * 60]]] * 7]

pytestmark = pytest.mark.django_db


def kyiv(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 by Kyiv's clock; 23 November is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=KYIV)


def at_work(**settings: Any) -> Shop:
    return make_shop(**{"timezone": "Europe/Kyiv", "week": WEEK, **settings})


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize(
    ("moved", "due"),
    [
        (kyiv(24, 15, 30), kyiv(26, 15, 30)),
        (kyiv(27, 11), kyiv(2, 11, month=12)),
        (kyiv(28, 23), kyiv(3, 9, month=12)),
        (kyiv(24, 20), kyiv(27, 9)),
    ],
    ids=["in the week", "over a week-end and a closed day", "from a week-end", "after closing"],
)
def test_two_days_are_two_days_of_work(moved: datetime, due: datetime) -> None:
    """B6: what is due is due when somebody is there. Closed: Monday 30 November."""
    shop = at_work(holidays={"2026-11-30": ""})
    case = make_order(shop, payment_method="on-receipt")
    # "processing" is to be over within two days.
    assert move(case, "processing", now=moved).moved
    assert fresh(case).due_at == due


def test_the_clock_that_changes_moves_no_deadline() -> None:
    """On 25 October clocks in Kyiv go back an hour: the same time of the next day of work stays the same time."""
    case = make_order(at_work(), payment_method="on-receipt")
    move(case, "processing", now=kyiv(23, 16, month=10))
    assert fresh(case).due_at == kyiv(27, 16, month=10)
    assert kyiv(27, 16, month=10) - kyiv(23, 16, month=10) == timedelta(days=4)
    assert (fresh(case).due_at or NOW).astimezone(UTC).hour == 14


def test_where_friday_is_free_the_week_begins_on_saturday() -> None:
    shop = make_shop(timezone="Asia/Tehran", country="IR")
    case = make_order(shop, payment_method="on-receipt")
    thursday = datetime(2026, 11, 26, 12, tzinfo=TEHRAN)
    move(case, "processing", now=thursday)
    assert fresh(case).due_at == datetime(2026, 11, 29, 12, tzinfo=TEHRAN)


def test_work_is_due_by_the_same_rule_unless_the_finding_says_until_when() -> None:
    shop = at_work()
    friday = kyiv(27, 17)
    counted = open_work(shop, "refund-failed", "refund:1", actor=SYSTEM, now=friday)
    assert counted.due_at == kyiv(30, 17)
    given = open_work(shop, "dispute", "dispute:1", actor=SYSTEM, now=friday, due_at=kyiv(28, 3))
    assert (given.due_at, given.due_given) == (kyiv(28, 3), True)


def test_other_hours_count_anew_what_is_not_late_yet_and_say_so_where_the_day_changes() -> None:
    """B6: once for all cases of the shop; what was late stays so, what is closed stays as it was judged."""
    shop = at_work()
    later, late, closed, hour = make_orders(shop, 4, payment_method="on-receipt")
    move(later, "processing", now=kyiv(26, 10))
    move(late, "processing", now=kyiv(18, 10))
    move(hour, "processing", now=kyiv(24, 19))
    move(closed, "cancelled", now=kyiv(26, 10))
    promised = open_work(shop, "dispute", "d", actor=SYSTEM, now=kyiv(26, 10), due_at=kyiv(30, 10))
    record = open_work(shop, "refund-failed", "r", actor=SYSTEM, now=kyiv(27, 10), case_id=later.pk)
    before = {case.pk: fresh(case) for case in (later, late, closed, hour)}
    change_shop(shop, week=[[[10 * 60, 18 * 60]]] * 5 + [[], []], holidays={"2026-11-30": "", "2026-12-01": ""})
    assert deadlines.recount(shop.pk, now=kyiv(26, 12)) == Recounted(2, 1)
    after = {pk: fresh(case) for pk, case in before.items()}
    assert after[later.pk].due_at == kyiv(2, 10, month=12)
    assert after[hour.pk].due_at == kyiv(27, 10) and before[hour.pk].due_at == kyiv(27, 9)
    for same in (late, closed):
        assert after[same.pk].due_at == before[same.pk].due_at
    assert [after[pk].version for pk in after] == [before[pk].version for pk in before]
    record.refresh_from_db()
    promised.refresh_from_db()
    assert (record.due_at, promised.due_at) == (kyiv(2, 10, month=12), kyiv(30, 10))
    (said,) = Entry.objects.filter(kind="edited", case_id__in=list(before))
    assert said.case_id == later.pk and "due_at" in said.data["changes"] and list(verify(shop)) == []
    assert deadlines.recount(shop.pk, now=kyiv(26, 12)) == Recounted(0, 0)


def test_saving_other_hours_asks_for_it_once_and_saving_the_same_ones_does_not() -> None:
    def waiting() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'dispatch.recount'")
            return int(cursor.fetchone()[0])

    shop = at_work()
    change_shop(shop, week=WEEK, name="Another name")
    assert waiting() == 0
    change_shop(shop, week=LONG)
    change_shop(shop, holidays={"2026-12-25": ""})
    assert waiting() == 1


def test_counting_anew_takes_the_same_statements_for_any_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """X7: a fixed number for each portion."""
    counts = []
    for size in (1, 3, 1_000):
        shop = at_work()
        move(make_orders(shop, size, payment_method="on-receipt"), "processing", now=kyiv(26, 10))
        for number in range(min(size, 3)):
            open_work(shop, "refund-failed", f"r{number}", actor=SYSTEM, now=kyiv(26, 10))
        change_shop(shop, holidays={"2026-11-30": ""})
        with CaptureQueriesContext(connection) as captured:
            assert deadlines.recount(shop.pk, now=kyiv(26, 12)).cases == size
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
    monkeypatch.setattr(recounting, "PORTION", 300)
    change_shop(shop, holidays={})
    assert deadlines.recount(shop.pk, now=kyiv(26, 12)).cases == 1_000
    assert not Case.objects.filter(shop=shop).exclude(due_at=kyiv(30, 10)).exists()
    assert WorkRecord.objects.filter(shop=shop).count() == 3


def test_late_is_one_thing_in_lists_and_rows() -> None:
    shop = at_work()
    late, timely, closed = make_orders(shop, 3, payment_method="on-receipt")
    move(late, "processing", now=kyiv(18, 10))
    move(timely, "processing", now=kyiv(26, 10))
    move(closed, "cancelled", now=kyiv(18, 10))
    now = kyiv(26, 12)
    page = queries.page_of_rows(shop, ORDER, Filters(late=True), now=now)
    assert [row.pk for row in page.cases] == [late.pk]
    assert all(row.is_late(now) == (row.pk == late.pk) for row in queries.rows(Case.objects.filter(shop=shop)))
