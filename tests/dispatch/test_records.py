"""Work that must not be forgotten: one record for a finding, which somebody owns until it is settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.dispatch import kinds, queries
from tartib.dispatch.assigning import assign
from tartib.dispatch.kinds import Act, Kind
from tartib.dispatch.models import Outcome, WorkAct, WorkEntry, WorkRecord
from tartib.dispatch.operations import (
    AlreadySettled,
    NoteMissing,
    NotHere,
    hand_over,
    hand_over_all,
    open_work,
    resolve,
    settle,
)
from tartib.dispatch.queries import Wanted
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.shops import worktime
from tartib.shops.access import May
from tartib.shops.models import Membership, Role, Shop
from tests.factories import NOW, actor, make_order, make_shop, make_staff
from tests.threads import at_once

LATER = NOW + timedelta(hours=5)
KEY = "refund:1"


def found(shop: Shop, case: Case | None = None, key: str = KEY, amount: str = "12.00") -> WorkRecord:
    return open_work(
        shop, "refund-failed", key, actor=SYSTEM, now=NOW, case_id=case.pk if case else None,
        facts={"amount": amount, "currency": "USD"},
    )  # fmt: skip


def member(shop: Shop, role: str = Role.EXPERT) -> Membership:
    return make_staff(shop, role).memberships.get(shop=shop)


def acts(record: WorkRecord) -> list[str]:
    return [entry.act for entry in queries.history(record)]


@pytest.mark.django_db
class TestOneRecord:
    """What is told of again is the same record, whatever happened to it."""

    def test_a_finding_is_owned_and_due_at_once(self) -> None:
        shop = make_shop()
        case = make_order(shop)
        record = found(shop, case)
        assert (record.owner, record.due_at) == (case.owner, worktime.due(shop, NOW, timedelta(days=1)))
        given = open_work(shop, "dispute", "d", actor=SYSTEM, now=NOW, due_at=LATER)
        assert (given.owner, given.due_at) == (shop.default_owner, LATER)

    def test_it_is_never_with_somebody_who_may_not_act_or_has_left(self) -> None:
        shop = make_shop()
        case = make_order(shop)
        assign(shop, [case.pk], member(shop, Role.TECHNICIAN), actor(shop), now=NOW)
        assert found(shop, case).owner == shop.default_owner
        leaver = member(shop)
        assign(shop, [case.pk], leaver, actor(shop), now=NOW)
        Membership.objects.filter(pk=leaver.pk).update(active=False)
        assert found(shop, case, "refund:2").owner == shop.default_owner

    def test_told_again_it_learns_what_is_new_and_is_one(self) -> None:
        shop = make_shop()
        case = make_order(shop)
        first = found(shop, case)
        again = found(shop, case)
        assert (again.pk, again.version) == (first.pk, first.version)
        more = found(shop, case, amount="13.00")
        assert (more.pk, more.facts["amount"], more.version) == (first.pk, "13.00", first.version + 1)
        assert acts(first) == [WorkAct.OPENED]

    def test_the_same_key_in_another_shop_is_another_finding(self) -> None:
        assert found(make_shop()).pk != found(make_shop()).pk

    def test_a_finding_that_turns_out_to_be_another_says_so(self) -> None:
        shop = make_shop()
        record = open_work(shop, "refund-unknown", KEY, actor=SYSTEM, now=NOW)
        assert found(shop).pk == record.pk
        record.refresh_from_db()
        assert (record.kind, acts(record)) == ("refund-failed", [WorkAct.OPENED, WorkAct.OPENED])

    def test_it_closes_itself_and_is_open_again_when_it_comes_back(self) -> None:
        shop = make_shop()
        case = make_order(shop)
        record = found(shop, case)
        closed = resolve(shop, KEY, actor=SYSTEM, now=LATER)
        assert closed is not None and (closed.outcome, closed.resolved_at) == (Outcome.ITSELF, LATER)
        assert resolve(shop, KEY, actor=SYSTEM, now=LATER) is None
        assert resolve(shop, "unknown", actor=SYSTEM, now=LATER) is None
        back = found(shop, case)
        assert (back.pk, back.resolved_at, back.outcome) == (record.pk, None, "")
        assert acts(record) == [WorkAct.OPENED, WorkAct.RESOLVED, WorkAct.REOPENED]

    def test_a_kind_nobody_described_is_not_forgotten(self) -> None:
        shop = make_shop()
        record = open_work(shop, "from-the-future", "x", actor=SYSTEM, now=NOW)
        assert queries.record_page(shop).rows == [record]

    def test_all_of_it_is_on_the_timeline_of_its_order_for_staff_alone(self) -> None:
        shop = make_shop()
        case = make_order(shop)
        record = found(shop, case)
        settle(shop, record.pk, "Paid in cash", actor(shop), now=LATER)
        entries = list(Entry.objects.filter(case_id=case.pk, kind="work").order_by("seq"))
        assert [entry.data["act"] for entry in entries] == ["opened", "settled"]
        assert not any(entry.shown for entry in entries)
        assert entries[1].words == {"note": "Paid in cash"}


@pytest.mark.django_db
class TestByHand:
    """People settle it with a note, and hand it to each other."""

    def test_by_hand_it_is_settled_once_and_never_without_saying_how(self) -> None:
        shop = make_shop()
        record = found(shop)
        with pytest.raises(NoteMissing):
            settle(shop, record.pk, "  ", actor(shop), now=LATER)
        done = settle(shop, record.pk, "Sent by bank", actor(shop), now=LATER)
        assert (done.outcome, done.note, done.resolved_by) == (Outcome.HAND, "Sent by bank", "Olive Owner")
        with pytest.raises(AlreadySettled):
            settle(shop, record.pk, "Again", actor(shop), now=LATER)
        with pytest.raises(WorkRecord.DoesNotExist):
            settle(make_shop(), record.pk, "Elsewhere", actor(shop), now=LATER)

    def test_it_is_handed_only_to_somebody_who_works_here(self) -> None:
        shop = make_shop()
        record, colleague, stranger = found(shop), member(shop), member(make_shop())
        assert hand_over(shop, record.pk, colleague, actor(shop), now=LATER).owner == colleague
        with pytest.raises(NotHere):
            hand_over(shop, record.pk, stranger, actor(shop), now=LATER)
        Membership.objects.filter(pk=colleague.pk).update(active=False)
        colleague.refresh_from_db()
        with pytest.raises(NotHere):
            hand_over(shop, record.pk, colleague, actor(shop), now=LATER)
        assert acts(record) == [WorkAct.OPENED, WorkAct.HANDED]

    def test_it_follows_the_order_to_its_next_owner_unless_it_was_handed_to_somebody_else(self) -> None:
        shop = make_shop()
        case = make_order(shop)
        follows, stays = found(shop, case), found(shop, case, "refund:2")
        colleague, successor = member(shop), member(shop)
        hand_over(shop, stays.pk, colleague, actor(shop), now=NOW)
        assign(shop, [case.pk], successor, actor(shop), now=LATER)
        for record in (follows, stays):
            record.refresh_from_db()
        assert (follows.owner, stays.owner) == (successor, colleague)

    def test_who_leaves_leaves_nothing_behind(self) -> None:
        shop = make_shop()
        record, leaver, successor = found(shop), member(shop), member(shop)
        hand_over(shop, record.pk, leaver, actor(shop), now=NOW)
        assert hand_over_all(leaver, successor, actor(shop), now=LATER) == 1
        record.refresh_from_db()
        assert record.owner == successor

    def test_a_deleted_order_leaves_its_work_under_its_code(self) -> None:
        shop = make_shop()
        case = make_order(shop)
        record = found(shop, case)
        delete(shop, [case.pk], actor(shop), reason="Twice", now=LATER)
        record.refresh_from_db()
        assert (record.case, record.code, record.resolved_at) == (None, case.code, None)
        assert settle(shop, record.pk, "Seen to", actor(shop), now=LATER).outcome == Outcome.HAND


def test_a_room_above_describes_its_own_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    unread = Kind(
        "letter-unread", "Unread", "A letter of %(from)s.", "Read it.", May.NOTE,
        acts=(Act("read", "Read", "mail", page="support"),),
    )  # fmt: skip
    monkeypatch.setattr(kinds, "connected", {**kinds.connected, unread.code: unread})
    record = WorkRecord(kind="letter-unread", facts={"from": "Jo %d"})
    kind = kinds.kind("letter-unread")
    assert kinds.say(kind.happened, record, "en") == "A letter of \u2068Jo %d\u2069."
    assert [act.code for act in kinds.offered(record)] == ["read"]
    assert kinds.among("other") == ["letter-unread"]
    assert {"money", "other"} <= {area for area, _label, _of in kinds.areas()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"owner": None}, {"due_at": None}, {"outcome": Outcome.ITSELF}, {"outcome": Outcome.HAND, "resolved_at": LATER}],
    ids=["no owner", "no due time", "settled and open", "by hand without a word"],
)
def test_the_database_keeps_a_record_whole(change: dict[str, object]) -> None:
    record = found(make_shop())
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkRecord.objects.filter(pk=record.pk).update(**change)


@pytest.mark.django_db
def test_the_list_is_read_by_due_time_page_by_page_and_narrowed() -> None:
    shop = make_shop()
    colleague = member(shop)
    records = [
        open_work(
            shop, "dispute" if n % 2 else "money-surplus", f"k{n}", actor=SYSTEM, now=NOW,
            due_at=NOW + timedelta(hours=9 - n),
        )
        for n in range(5)
    ]  # fmt: skip
    by_due = records[::-1]
    first = queries.record_page(shop, size=3)
    rest = queries.record_page(shop, Wanted(), first.following, size=3)
    assert (first.rows + rest.rows, rest.following) == (by_due, "")
    hand_over(shop, records[0].pk, colleague, actor(shop), now=NOW)
    assert queries.record_page(shop, Wanted(owner=colleague)).rows == [records[0]]
    assert queries.count(shop, Wanted(kinds=["dispute"])) == 2
    for n in (1, 2, 3):
        settle(shop, records[n].pk, "Done", actor(shop), now=NOW + timedelta(minutes=n))
    settled = queries.record_page(shop, Wanted(settled=True), size=2)
    rest = queries.record_page(shop, Wanted(settled=True), settled.following, size=2)
    assert settled.rows + rest.rows == [records[3], records[2], records[1]]
    assert queries.record_page(make_shop()).rows == []


@pytest.mark.django_db(transaction=True)
def test_what_two_find_at_once_is_one_record_and_is_settled_once() -> None:
    shop = make_shop()
    case = make_order(shop)
    assert len({record.pk for record in at_once(lambda n: found(shop, case if n % 2 else None), 8)}) == 1
    record = WorkRecord.objects.get()

    def settled(number: int) -> bool:
        try:
            settle(shop, record.pk, f"By {number}", actor(shop), now=LATER)
        except AlreadySettled:
            return False
        return True

    assert sum(at_once(settled, 8)) == 1
    assert WorkEntry.objects.filter(act=WorkAct.SETTLED).count() == 1
