"""A person's words leave the timeline; what is left is proved as before, and nothing else can be done to it (X3)."""

import pytest
from django.db import Error, connection, transaction

from tartib.cases.models import Case
from tartib.cases.timeline import NOTE
from tartib.journal.erasing import erase
from tartib.journal.models import Entry
from tartib.journal.operations import Actor, NewEntry, write
from tartib.shops.models import Shop
from tests.factories import NOW, actor, make_orders, make_shop
from tests.insider import insider
from tests.journal.test_verify import faults

pytestmark = pytest.mark.django_db
WORDS = {"text": "Parisa asks for red", "by": "customer"}


@pytest.fixture
def case() -> Case:
    """A case on which a customer wrote."""
    one, _other = make_orders(make_shop(), 2)
    write(one.shop_id, [NewEntry(one.pk, NOTE, WORDS, shown=True)], Actor("customer", "Parisa"), NOW)
    write(one.shop_id, [NewEntry(one.pk, NOTE, {"text": "She phoned"})], actor(one.shop), NOW)
    return one


@pytest.fixture
def shop(case: Case) -> Shop:
    """Its shop, the person erased."""
    erase(case.shop_id, [case.pk], actor(case.shop), now=NOW)
    return case.shop


def test_words_and_names_are_gone_and_the_chain_holds(case: Case, shop: Shop) -> None:
    """Facts, times and staff stay; that somebody was erased is an entry."""
    created, said, noted, last = Entry.objects.filter(case_id=case.pk).order_by("seq")
    assert (said.data, said.actor_name, said.salt) == ({"by": "customer"}, "", None)
    assert (noted.data, noted.actor_name) == ({}, "Olive Owner")
    assert (created.seal, last.kind) == (None, "erased")
    assert faults(shop) == []


def test_erasing_again_finds_nothing_more(case: Case, shop: Shop) -> None:
    """What is said later is said, and can be erased as well."""
    assert erase(shop.pk, [case.pk], actor(shop), now=NOW) == 0
    write(shop.pk, [NewEntry(case.pk, NOTE, WORDS)], actor(shop), NOW)
    assert erase(shop.pk, [case.pk], actor(shop), now=NOW) == 1
    assert faults(shop) == []


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {}},
        {"words": {"text": "Invented"}, "salt": b"0" * 16, "seal": None},
        {"actor_name": "Invented"},
        {"seal": b"0" * 32},
        {"seal": None},
    ],
)
def test_what_is_altered_afterwards_is_found(case: Case, shop: Shop, change: dict[str, object]) -> None:
    with insider():
        Entry.objects.filter(case_id=case.pk, seq=2).update(**change)
    assert faults(shop) == [("altered", case.pk, 2)]


def test_words_that_nobody_erased_and_that_are_gone_are_found(case: Case) -> None:
    """Rewriting what somebody said as never said is found as well."""
    entry = Entry.objects.get(case_id=case.pk, seq=3)
    with insider():
        Entry.objects.filter(pk=entry.pk).update(words=None, salt=None, seal=b"0" * 32)
    assert ("altered", case.pk, 3) in faults(case.shop)
    assert ("silenced", case.pk, 3) in faults(case.shop)


@pytest.mark.parametrize(
    "change",
    [
        'words = \'{"text": "Invented"}\'',
        "words = NULL",
        "words = NULL, salt = NULL, seal = NULL",
        "words = NULL, salt = NULL, seal = '\\x00', actor_name = 'Invented'",
        "words = NULL, salt = NULL, seal = '\\x00', facts = '{}'",
        "seal = NULL",
    ],
)
def test_the_database_lets_words_go_and_nothing_else(case: Case, change: str) -> None:
    erase(case.shop_id, [case.pk], actor(case.shop), now=NOW)
    write(case.shop_id, [NewEntry(case.pk, NOTE, {"text": "Later", "by": "staff"})], actor(case.shop), NOW)
    for seq in (2, 5):
        with connection.cursor() as cursor, pytest.raises(Error, match="timeline"), transaction.atomic():
            cursor.execute(f"UPDATE journal_entry SET {change} WHERE case_id = %s AND seq = %s", [case.pk, seq])
    assert faults(case.shop) == []


def test_the_same_words_leave_another_seal_each_time(case: Case) -> None:
    """By trying what somebody may have said, nobody finds out whether they did."""
    write(case.shop_id, [NewEntry(case.pk, NOTE, {"text": "yes"})] * 2, actor(case.shop), NOW)
    erase(case.shop_id, [case.pk], actor(case.shop), now=NOW)
    one, other = Entry.objects.filter(case_id=case.pk, seq__in=(4, 5)).values_list("seal", flat=True)
    assert bytes(one or b"") != bytes(other or b"")
