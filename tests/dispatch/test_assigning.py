"""Whose case it is: who may assign, take and hand over, for one case and a thousand, with the reason, and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tartib.cases.engine import NotUndoable
from tartib.cases.models import Act, Case
from tartib.dispatch import recent
from tartib.dispatch.acts import undo
from tartib.dispatch.assigning import Assigned, NotAllowed, ReasonMissing, assign, claim, hand_over
from tartib.dispatch.leaving import leave
from tartib.dispatch.models import WorkRecord
from tartib.dispatch.operations import NotHere, open_work
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM, Actor
from tartib.journal.verify import verify
from tartib.notify.models import Message, MessageKind, State
from tartib.shops.models import Membership, Role, Shop
from tartib.shops.operations import NotTheirs, employ
from tartib.shops.security import TARTIB
from tartib.support.operations import Written, ask
from tests.factories import NOW, make_order, make_orders, make_shop, make_staff, move
from tests.notify.sending import send
from tests.services import Mailbox
from tests.threads import at_once

SOON = NOW + timedelta(minutes=2)
WHY = "On holiday from tomorrow"


def member(shop: Shop, role: str = Role.EXPERT, name: str = "Erin Expert") -> Membership:
    return make_staff(shop, role, name).memberships.select_related("shop", "user").get(shop=shop)


def by(one: Membership) -> Actor:
    """Somebody as the timeline names them."""
    return Actor("staff", one.user.name, one.user_id, one.role)


def boss(shop: Shop) -> Membership:
    assert shop.default_owner is not None
    return shop.default_owner


def owner_of(case: Case) -> Membership | None:
    return Case.objects.select_related("owner__user").get(pk=case.pk).owner


def told(case: Case) -> list[dict[str, object]]:
    """What the timeline says of who is responsible, oldest first, without the acts' ids."""
    entries = Entry.objects.filter(case_id=case.pk, kind="assigned").order_by("seq")
    return [{name: value for name, value in entry.data.items() if name != "act"} for entry in entries]


def code(outcome: Assigned, case: Case) -> str:
    return outcome.refused[case.pk].code


@pytest.mark.django_db
class TestWhoMay:
    """D8, B5: who decides over the work of whom, whatever the page shows."""

    @pytest.mark.parametrize("role", Role.values)
    def test_only_who_may_assign_gives_the_work_of_others(self, role: str) -> None:
        shop = make_shop()
        one, case, to = member(shop, role), make_order(shop), member(shop)
        if role in (Role.MANAGER, Role.OWNER):
            assert assign(shop, [case.pk], to, by(one), now=NOW).given == (case.pk,)
        else:
            with pytest.raises(NotAllowed):
                assign(shop, [case.pk], to, by(one), now=NOW)
            assert owner_of(case) == boss(shop)

    @pytest.mark.parametrize("role", Role.values)
    def test_everybody_takes_what_is_nobodys_yet_and_hands_over_what_is_theirs(self, role: str) -> None:
        shop = make_shop()
        one, other, to = member(shop, role), member(shop, name="Olha"), member(shop, name="Tom")
        free, theirs = make_orders(shop, 2)
        claim(shop, [theirs.pk], other, by(other), now=NOW)
        taken = claim(shop, [free.pk, theirs.pk], one, by(one), now=NOW)
        assert (taken.given, code(taken, theirs)) == ((free.pk,), "taken")
        given = hand_over(shop, [free.pk, theirs.pk], to, WHY, by(one), now=NOW)
        if role in (Role.MANAGER, Role.OWNER):
            assert set(given.given) == {free.pk, theirs.pk}
        else:
            assert (given.given, code(given, theirs)) == ((free.pk,), "not-theirs")

    def test_nobody_without_a_role_and_no_machine_decides_it(self) -> None:
        shop = make_shop()
        case, to = make_order(shop), member(shop)
        with pytest.raises(NotAllowed):
            assign(shop, [case.pk], to, SYSTEM, now=NOW)
        with pytest.raises(NotAllowed):
            claim(shop, [case.pk], to, by(member(shop)), now=NOW)
        assert code(hand_over(shop, [case.pk], to, WHY, SYSTEM, now=NOW), case) == "not-theirs"

    def test_nothing_goes_to_somebody_who_does_not_work_here(self) -> None:
        shop = make_shop()
        case, gone, stranger = make_order(shop), member(shop), member(make_shop())
        leave(gone, boss(shop), by(boss(shop)), by=TARTIB, now=NOW)
        for to in (gone, stranger):
            with pytest.raises(NotHere):
                assign(shop, [case.pk], to, by(boss(shop)), now=NOW)
            with pytest.raises(NotHere):
                hand_over(shop, [case.pk], to, WHY, by(boss(shop)), now=NOW)
            with pytest.raises(NotHere):
                claim(shop, [case.pk], to, by(to), now=NOW)
        assert owner_of(case) == boss(shop)

    def test_cases_of_another_shop_are_not_there(self) -> None:
        shop, elsewhere = make_shop(), make_order(make_shop())
        outcome = assign(shop, [elsewhere.pk], member(shop), by(boss(shop)), now=NOW)
        assert (outcome.given, code(outcome, elsewhere)) == ((), "not-found")
        assert not Act.objects.filter(pk=outcome.act_id).exists()


@pytest.mark.django_db
class TestHandingOver:
    """B4, D8: the reason stands on the timeline, the receiver knows, and what was seen decides."""

    def test_it_says_why_on_the_timeline_for_staff_alone(self) -> None:
        shop = make_shop()
        case, one, to = make_order(shop), member(shop, name="Nadia"), member(shop, name="Tom")
        claim(shop, [case.pk], one, by(one), now=NOW)
        with pytest.raises(ReasonMissing):
            hand_over(shop, [case.pk], to, "  ", by(one), now=NOW)
        hand_over(shop, [case.pk], to, WHY, by(one), now=NOW)
        assert told(case) == [
            {"from": "Olive Owner", "to": "Nadia", "how": "claim"},
            {"from": "Nadia", "to": "Tom", "how": "hand-over", "reason": WHY},
        ]
        entry = Entry.objects.filter(case_id=case.pk).latest("seq")
        assert (entry.shown, entry.words, list(verify(shop))) == (False, {"reason": WHY}, [])

    def test_the_receiver_is_told_once_of_all_and_nobody_of_their_own_act(self, mailbox: Mailbox) -> None:
        shop = make_shop(hold_back_seconds=60)
        cases, to = make_orders(shop, 25), member(shop, name="Tom")
        claim(shop, [cases[0].pk], to, by(to), now=NOW)
        assert not Message.objects.filter(kind=MessageKind.HANDED).exists()
        hand_over(shop, [case.pk for case in cases], to, WHY, by(boss(shop)), now=NOW)
        message = Message.objects.get(kind=MessageKind.HANDED)
        assert (message.recipient, message.case, message.state) == (to.user.email, None, State.QUEUED)
        send(NOW + timedelta(seconds=61))
        message.refresh_from_db()
        assert message.state == State.SENT
        assert "Olive Owner" in message.text and WHY in message.text and "… and 4 more" in message.text
        assert f"/desk/{shop.slug}/mine/" in message.text

    def test_who_has_gone_to_somebody_else_meanwhile_is_not_taken_from_them(self) -> None:
        shop = make_shop()
        case, one, to = make_order(shop), member(shop, name="Nadia"), member(shop)
        claim(shop, [case.pk], one, by(one), now=NOW)
        seen = {case.pk: boss(shop).pk}
        outcome = assign(shop, [case.pk], to, by(boss(shop)), now=NOW, seen=seen)
        assert code(outcome, case) == "handed-meanwhile" and "Nadia" in outcome.refused[case.pk].say("en")
        again = assign(shop, [case.pk], to, by(boss(shop)), now=NOW, seen={case.pk: one.pk})
        assert again.given == (case.pk,)

    def test_a_closed_case_is_not_taken(self) -> None:
        shop = make_shop()
        case, one = make_order(shop), member(shop)
        move(case, "cancelled")
        assert code(claim(shop, [case.pk], one, by(one), now=NOW), case) == "nothing-to-take"

    def test_work_goes_along_so_far_as_the_receiver_may_do_it(self) -> None:
        shop = make_shop()
        case, helper, expert = make_order(shop), member(shop, Role.TECHNICIAN), member(shop)
        record = open_work(shop, "refund-failed", "refund:1", actor=SYSTEM, now=NOW, case_id=case.pk)
        claim(shop, [case.pk], helper, by(helper), now=NOW)
        record.refresh_from_db()
        assert record.owner == boss(shop)
        WorkRecord.objects.filter(pk=record.pk).delete()
        record = open_work(shop, "mail-unread", "mail:1", actor=SYSTEM, now=NOW, case_id=case.pk)
        outcome = assign(shop, [case.pk], expert, by(boss(shop)), now=NOW)
        record.refresh_from_db()
        assert record.owner == expert
        undo(shop, outcome.act_id, by(boss(shop)), now=SOON)
        record.refresh_from_db()
        assert record.owner == helper


@pytest.mark.django_db
class TestUndoing:
    """X4: what was given goes back to each who had it, while there is time and nobody has it by now."""

    def test_many_go_back_to_each_who_had_them_and_the_notice_is_withdrawn(self) -> None:
        shop = make_shop()
        first, second, third = make_orders(shop, 3)
        one, to = member(shop, name="Nadia"), member(shop, name="Tom")
        claim(shop, [first.pk], one, by(one), now=NOW)
        cases = [first.pk, second.pk, third.pk]
        act = hand_over(shop, cases, to, WHY, by(boss(shop)), now=NOW)
        assign(shop, [third.pk], one, by(boss(shop)), now=NOW)
        lately = {one.id: one for one in recent.recent(boss(shop), by(boss(shop)), now=SOON)}
        assert lately[act.act_id].prospect.back == 2
        back = undo(shop, act.act_id, by(boss(shop)), now=SOON)
        assert isinstance(back, Assigned)
        assert (set(back.given), code(back, third)) == ({first.pk, second.pk}, "handed-on")
        assert (owner_of(first), owner_of(second), owner_of(third)) == (one, boss(shop), one)
        assert told(first)[-1] == {"from": "Tom", "to": "Nadia", "how": "undone"}
        notice = Message.objects.get(kind=MessageKind.HANDED, recipient=to.user.email)
        assert notice.state == State.WITHDRAWN
        with pytest.raises(NotUndoable, match="undone-already"):
            undo(shop, act.act_id, by(boss(shop)), now=SOON)

    def test_it_is_undone_in_time_by_who_did_it_or_who_assigns(self) -> None:
        shop = make_shop(undo_seconds=600)
        case, one, other = make_order(shop), member(shop), member(shop)
        act = claim(shop, [case.pk], one, by(one), now=NOW).act_id
        with pytest.raises(NotUndoable, match="not-your-act"):
            undo(shop, act, by(other), now=SOON)
        with pytest.raises(NotUndoable, match="undo-late"):
            undo(shop, act, by(one), now=NOW + timedelta(minutes=11))
        with pytest.raises(Act.DoesNotExist):
            undo(make_shop(), act, by(one), now=SOON)
        undo(shop, act, by(one), now=SOON)
        assert owner_of(case) == boss(shop)

    def test_nothing_goes_back_to_who_has_left(self) -> None:
        shop = make_shop()
        case, gone, to = make_order(shop), member(shop, name="Nadia"), member(shop)
        claim(shop, [case.pk], gone, by(gone), now=NOW)
        act = hand_over(shop, [case.pk], to, WHY, by(gone), now=NOW).act_id
        leave(gone, None, by(boss(shop)), by=TARTIB, now=NOW)
        with pytest.raises(NotUndoable, match="has-left"):
            undo(shop, act, by(boss(shop)), now=SOON)
        assert owner_of(case) == to


@pytest.mark.django_db
class TestLeaving:
    """B6: whoever leaves leaves nothing open behind, and each case says why it went on."""

    def test_all_that_is_open_goes_to_who_is_responsible_by_default_with_the_reason(self) -> None:
        shop = make_shop()
        open_, closed = make_orders(shop, 2)
        gone = member(shop, name="Nadia")
        claim(shop, [open_.pk, closed.pk], gone, by(gone), now=NOW)
        move(closed, "cancelled")
        record = open_work(shop, "refund-failed", "refund:1", actor=SYSTEM, now=NOW, case_id=open_.pk)
        assert record.owner == gone
        assert leave(gone, None, by(boss(shop)), by=TARTIB, now=NOW) == 1
        assert (owner_of(open_), owner_of(closed)) == (boss(shop), gone)
        assert told(open_)[-1] == {"from": "Nadia", "to": "Olive Owner", "how": "leave"}
        record.refresh_from_db()
        assert record.owner == boss(shop)
        assert not WorkRecord.objects.filter(owner=gone, resolved_at=None).exists()

    def test_it_is_refused_as_a_whole_where_nobody_takes_over(self) -> None:
        shop = make_shop()
        second = employ(shop, make_staff(shop, Role.OWNER), Role.OWNER)
        with pytest.raises(NotTheirs):
            leave(boss(shop), None, by(second), by=TARTIB, now=NOW)
        gone = member(shop)
        leave(gone, second, by(boss(shop)), by=TARTIB, now=NOW)
        case = make_order(shop)
        with pytest.raises(NotTheirs):
            leave(second, gone, by(boss(shop)), by=TARTIB, now=NOW)
        assert (Membership.objects.get(pk=second.pk).active, owner_of(case)) == (True, boss(shop))


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def walked(shop: Shop, size: int) -> list[int]:
    """How many statements it takes to take, hand over, undo and leave so many cases, and to list the acts."""
    cases = [case.pk for case in make_orders(shop, size)]
    to, head, acts = member(shop, name="Tom"), boss(shop), list[Assigned]()
    people = [member(shop, name=f"P{number}") for number in range(min(size, 5))]
    for number, one in enumerate(people):
        claim(shop, cases[number :: len(people)], one, by(one), now=NOW)
    counts = [statements(lambda: acts.append(hand_over(shop, cases, to, WHY, by(head), now=NOW)))]
    assert len(acts[0].given) == size
    counts.append(statements(lambda: undo(shop, acts[0].act_id, by(head), now=SOON)))
    hand_over(shop, cases, to, WHY, by(head), now=NOW)
    counts.append(statements(lambda: recent.recent(head, by(head), now=SOON)))
    return [*counts, statements(lambda: leave(to, None, by(head), by=TARTIB, now=NOW))]


@pytest.mark.django_db
def test_a_thousand_cases_take_as_many_statements_as_one() -> None:
    """X7: of many owners, handed over, undone and left behind, the number of statements does not grow."""
    counts = [walked(make_shop(undo_seconds=3600), size) for size in (1, 3, 1_000)]
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_case_at_once_one_has_it_and_the_other_is_told_who() -> None:
    """B3: never two at the same case."""
    shop = make_shop()
    cases = make_orders(shop, 4)
    people = [member(shop, name=f"Person {n}") for n in range(4)]
    outcomes = at_once(
        lambda n: (people[n], claim(shop, [case.pk for case in cases], people[n], by(people[n]), now=NOW)), 4, hands=4
    )
    (winner, won) = next((one, outcome) for one, outcome in outcomes if outcome.given)
    assert set(won.given) == {case.pk for case in cases}
    for one, outcome in outcomes:
        if one != winner:
            assert {why.code for why in outcome.refused.values()} == {"taken"}
            assert str(winner) in outcome.refused[cases[0].pk].say("en")
    assert {owner_of(case) for case in cases} == {winner}
    assert [len(told(case)) for case in cases] == [1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_nothing_new_is_with_somebody_who_leaves_at_that_moment() -> None:
    """Orders, questions and findings either come before and are handed on, or go to who stays."""
    shop = make_shop()
    first = make_order(shop)
    leaver, heir = boss(shop), member(shop, Role.MANAGER)
    member(shop, Role.OWNER, "Olga Owner")

    def work(job: int) -> None:
        if job == 3:
            leave(leaver, heir, by(leaver), by=TARTIB, now=NOW)
        else:
            # As a request knows the shop that began before.
            make_order(shop)
            ask(shop, Written("Where is it?"), now=NOW, about=first)
            open_work(shop, "refund-failed", f"found-{job}", case_id=first.pk, actor=SYSTEM, now=NOW)

    at_once(work, 8, hands=8)
    assert not Case.objects.filter(shop=shop, owner=leaver).exists()
    assert not WorkRecord.objects.filter(shop=shop, owner=leaver).exists()
    make_order(shop)
    assert Case.objects.filter(shop=shop).latest("pk").owner == heir


@pytest.mark.django_db(transaction=True)
def test_an_order_waits_for_nobody_whose_place_is_being_changed() -> None:
    shop = make_shop()
    with transaction.atomic():
        Membership.objects.select_for_update(no_key=True).get(pk=boss(shop).pk)
        (case,) = at_once(lambda _job: make_order(shop), 1, hands=1)
    assert owner_of(case) == boss(shop)
