"""The proof finds every way to falsify a timeline, and names it (requirement X3)."""

import pytest
from django.db import Error, connection, transaction

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.cases.timeline import NOTE
from tartib.journal.models import Chain, Entry
from tartib.journal.operations import NewEntry, write
from tartib.journal.verify import verify
from tartib.shops.models import Shop
from tests.factories import NOW, actor, make_orders, make_shop, move
from tests.insider import insider

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = make_shop()
    cases = make_orders(shop, 3)
    move(cases, "on-hold", note="Waiting")
    move(cases, "cancelled", note="مشتری منصرف شد")
    return shop


def second(shop: Shop) -> Case:
    return Case.objects.filter(shop=shop).order_by("pk")[1]


def faults(shop: Shop) -> list[tuple[str, int | None, int | None]]:
    return [(fault.code, fault.case_id, fault.seq) for fault in verify(shop)]


def test_an_untouched_timeline_is_whole(shop: Shop) -> None:
    assert faults(shop) == []


def test_several_entries_at_once_follow_each_other_in_their_chains(shop: Shop) -> None:
    first, second, _third = Case.objects.filter(shop=shop).order_by("pk")
    drafts = [NewEntry(case.pk, NOTE, {"text": text}) for text in "abc" for case in (second, first)]
    write(shop.pk, drafts, actor(shop), NOW)
    assert faults(shop) == []
    assert set(Chain.objects.filter(case_id__in=[first.pk, second.pk]).values_list("length", flat=True)) == {6}


def test_an_altered_row_is_found(shop: Shop) -> None:
    case = second(shop)
    with insider():
        Entry.objects.filter(case_id=case.pk, seq=2).update(facts={"from": "pending", "to": "cancelled"})
    assert faults(shop) == [("altered", case.pk, 2)]


@pytest.mark.parametrize(
    "change", [{"actor_name": "Somebody else"}, {"at": NOW.replace(year=2020)}, {"shown": False}, {"kind": "note"}]
)
def test_altered_names_times_and_visibility_are_found(shop: Shop, change: dict[str, object]) -> None:
    case = second(shop)
    with insider():
        Entry.objects.filter(case_id=case.pk, seq=2).update(**change)
    assert faults(shop) == [("altered", case.pk, 2)]


def test_a_removed_row_is_found(shop: Shop) -> None:
    case = second(shop)
    with insider():
        Entry.objects.filter(case_id=case.pk, seq=2).delete()
    assert faults(shop) == [("removed", case.pk, 2)]


def test_a_cut_tail_is_found(shop: Shop) -> None:
    case = second(shop)
    with insider():
        Entry.objects.filter(case_id=case.pk, seq__gte=2).delete()
    assert faults(shop) == [("cut", case.pk, 2), ("unlike", case.pk, None)]


def test_a_removed_case_is_found(shop: Shop) -> None:
    case = second(shop)
    number = Chain.objects.get(case_id=case.pk).number
    with insider():
        Entry.objects.filter(case_id=case.pk).delete()
        Chain.objects.filter(case_id=case.pk).delete()
    assert faults(shop) == [("case-removed", None, number), ("no-timeline", case.pk, None)]


def test_a_case_deleted_by_the_shop_is_no_fault(shop: Shop) -> None:
    delete(shop, [second(shop).pk], actor(shop), reason="Double", now=NOW)
    assert faults(shop) == []


def test_faults_are_told_in_words(shop: Shop) -> None:
    case = second(shop)
    with insider():
        Entry.objects.filter(case_id=case.pk, seq=2).delete()
    assert str(next(verify(shop))) == f"{shop.slug}: entry 2 of case {case.pk} was removed."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET shown = false",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
        "DELETE FROM journal_chain",
        "UPDATE journal_chain SET length = length - 1",
        "UPDATE journal_chain SET number = number + 1000",
    ],
)
def test_the_database_itself_refuses_to_change_the_timeline(shop: Shop, statement: str) -> None:
    with connection.cursor() as cursor:
        # PostgreSQL checks its own pending foreign keys before it asks our trigger whether TRUNCATE may be.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(Error, match="timeline"), transaction.atomic():
            cursor.execute(statement)
    assert faults(shop) == []
