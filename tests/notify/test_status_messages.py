"""Who is told of a move, by what, in which language; and what a second move or an undoing makes of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tartib.cases.engine import NotUndoable, advance, preview, undo
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.cases.operations import delete, write_to
from tartib.customers.models import Customer
from tartib.customers.operations import CustomerDraft
from tartib.flow.facts import ByHand
from tartib.notify import enqueue, queries, reaching, sql
from tartib.notify.models import Message
from tartib.notify.sending import LEASE
from tartib.support.operations import Written, ask
from tests.factories import NOW, actor, make_order, make_orders, make_shop, move, order_draft, with_sms
from tests.notify.sending import LATER, fates, send
from tests.services import Mailbox, Phone

pytestmark = pytest.mark.django_db

BOTH = NotifyOptions(channels=frozenset({"email", "sms"}))
NOBODY = NotifyOptions(channels=frozenset())


def test_a_move_holds_a_message_for_each_channel_it_names() -> None:
    """A5, E7: the status change is to be told by e-mail and SMS, after the hold."""
    case = make_order(with_sms(make_shop(hold_back_seconds=90)))
    move(case, "on-hold", notify_options=BOTH)
    assert fates(case) == [("email", "on-hold", "held"), ("sms", "on-hold", "held")]
    message = Message.objects.get(case=case, channel="sms")
    assert case.customer is not None
    assert message.recipient == case.customer.phone
    assert message.hold_until == NOW + timedelta(seconds=90)


def test_the_workflow_names_the_channels_where_nobody_chooses() -> None:
    """D5: without a choice the move's own channels are used."""
    case = make_order(make_shop())
    flow_names = {"email", "sms"}
    outcome = move(case, "on-hold")
    named = next(m.notify for m in case.flow.moves_from("pending") if m.target == "on-hold")
    assert {channel for channel, _status, _state in fates(case)} == set(named) & flow_names
    assert outcome.tally.get("message.email", 0) == ("email" in named)


def test_nobody_is_told_when_staff_say_so() -> None:
    """E3: do not notify."""
    case = make_order(make_shop())
    move(case, "on-hold", notify_options=NOBODY)
    assert fates(case) == []


@pytest.mark.parametrize(
    "change",
    [{"email": "", "phone": ""}, {"wants_email": False, "wants_sms": False}],
    ids=["no address", "no consent"],
)
def test_customers_without_address_or_consent_are_counted_as_nobody(change: dict[str, object]) -> None:
    """D5: a message only goes to whom it can reach and who wants it."""
    case = make_order(make_shop())
    Customer.objects.filter(cases=case).update(**change)
    outcome = move(case, "on-hold", notify_options=BOTH)
    assert fates(case) == []
    assert outcome.tally == {"message.nobody": 1}


def test_an_sms_without_a_service_is_withheld_only_where_staff_asked_for_it() -> None:
    """E7: who ticks SMS sees that it did not go, and why; what the workflow wished for is no failure of every order."""
    silent = make_order(make_shop("checkout"))
    move(silent, "cancelled")
    assert fates(silent)[-1] == ("email", "cancelled", "held")
    assert not Message.objects.filter(case=silent, channel="sms").exists()
    case = make_order(make_shop())
    outcome = move(case, "on-hold", notify_options=BOTH)
    message = Message.objects.get(case=case, channel="sms")
    assert (message.state, message.reason) == ("withheld", "no-service")
    assert outcome.tally == {"message.email": 1, "message.withheld": 1}


def test_the_message_is_in_the_customers_language_whoever_acts() -> None:
    """Pain 3, X5: the order's language decides, unless staff choose another."""
    shop = make_shop(language="en", languages=["en", "fa", "uk"])
    first, second = make_orders(shop, 2, language="fa")
    move(first, "on-hold")
    move(second, "on-hold", notify_options=NotifyOptions(language="uk"))
    assert [Message.objects.get(case=case).language for case in (first, second)] == ["fa", "uk"]


def test_a_second_move_within_the_hold_merges_the_first() -> None:
    """Hold-back: the customer gets one message, about where the order stands in the end."""
    case = make_order(make_shop())
    move(case, "on-hold", notify_options=NotifyOptions(note_shown=True), note="We ask the warehouse")
    move(
        case,
        "cancelled",
        notify_options=NotifyOptions(note_shown=True),
        note="It is sold out",
        now=NOW + timedelta(seconds=5),
    )
    assert fates(case) == [("email", "on-hold", "merged"), ("email", "cancelled", "held")]
    assert Message.objects.get(case=case, state="held").note == "We ask the warehouse\nIt is sold out"


def test_a_second_move_that_is_not_told_withdraws_the_first() -> None:
    """Hold-back: a slip that is put right at once, without telling, tells nothing."""
    case = make_order(make_shop())
    move(case, "on-hold", notify_options=BOTH)
    move(case, "cancelled", notify_options=NOBODY, now=NOW + timedelta(seconds=5))
    assert {state for _channel, _status, state in fates(case)} <= {"withdrawn", "withheld"}


def test_undoing_withdraws_and_brings_the_merged_message_back() -> None:
    """X4: undo leaves the messages as they were before the act."""
    shop = make_shop()
    case = make_order(shop)
    move(case, "on-hold")
    second = move(case, "cancelled", now=NOW + timedelta(seconds=5))
    undo(shop, second.act_id, actor(shop), now=NOW + timedelta(seconds=10))
    assert fates(case) == [("email", "on-hold", "held"), ("email", "cancelled", "withdrawn")]
    assert Message.objects.get(case=case, state="held").hold_until == NOW + timedelta(seconds=70)


def test_a_newer_message_replaces_one_that_could_not_be_sent_yet(mailbox: Mailbox) -> None:
    """Hold-back: after a breakdown the customer gets the newest news only, not the old after the new."""
    case = make_order(make_shop())
    move(case, "on-hold")
    mailbox.to_letter = "451 later"
    assert send() == {"queued": 1}
    move(case, "cancelled", now=LATER)
    mailbox.to_letter = "250 yes"
    assert send(LATER + timedelta(hours=1)) == {"sent": 1}
    assert fates(case) == [("email", "on-hold", "merged"), ("email", "cancelled", "sent")]


def test_a_move_whose_message_is_being_sent_cannot_be_undone() -> None:
    """X4: while the worker has the message in hand, nobody knows whether the customer will get it."""
    shop = make_shop()
    one, two = make_orders(shop, 2)
    outcome = move([one, two], "on-hold")
    sql.claim(1, LEASE, LATER)
    partly = undo(shop, outcome.act_id, actor(shop), now=NOW + timedelta(minutes=6))
    assert [refusal.code for refusal in partly.refused.values()] == ["already-told"]
    assert len(partly.moved) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["sending", "withdrawn"]


def test_a_move_the_customer_was_told_of_cannot_be_undone(mailbox: Mailbox) -> None:
    """X4: what was sent cannot be taken back, and staff are told so."""
    shop = make_shop()
    case = make_order(shop)
    outcome = move(case, "on-hold")
    send(LATER)
    with pytest.raises(NotUndoable) as refused:
        undo(shop, outcome.act_id, actor(shop), now=LATER)
    assert refused.value.refusal.code == "already-told"
    assert fates(case) == [("email", "on-hold", "sent")]


def test_the_confirmation_is_not_merged_away_and_later_news_is_merged() -> None:
    """D5, E7: who moves on within the hold is told that the order is here, and then where it stands in the end."""
    case = make_order(make_shop(), notify_options=NotifyOptions())
    move(case, "on-hold", now=NOW + timedelta(seconds=5))
    move(case, "cancelled", now=NOW + timedelta(seconds=10))
    assert fates(case) == [("email", "pending", "held"), ("email", "on-hold", "merged"), ("email", "cancelled", "held")]
    silent = make_order(case.shop, notify_options=NotifyOptions())
    move(silent, "on-hold", now=NOW + timedelta(seconds=5), notify_options=NOBODY)
    assert fates(silent) == [("email", "pending", "held")]


def test_a_persons_words_are_a_message_of_their_own_beside_the_news_and_those_not_sent_yet_go_together() -> None:
    case = make_order(make_shop())
    move(case, "on-hold")
    for words in ("Is red good too?", "Or blue?"):
        write_to(case.shop, case.pk, words, actor(case.shop), now=NOW, by_person=True)
    found = Message.objects.filter(case=case).order_by("pk").values_list("kind", "state", "note")
    assert list(found) == [
        ("status", "held", ""),
        ("reply", "merged", "Is red good too?"),
        ("reply", "held", "Is red good too?\nOr blue?"),
    ]


def test_a_persons_words_reach_customers_who_are_not_shown_the_status() -> None:
    shop = make_shop()
    case = ask(shop, Written("Nothing"), now=NOW, about=make_order(shop))
    move(case, "dismissed")
    assert not write_to(shop, case.pk, "News", actor(shop), now=NOW)
    assert write_to(shop, case.pk, "Hello", actor(shop), now=NOW, by_person=True)
    assert Message.objects.get(case=case, kind="reply").note == "Hello"


def test_who_has_a_phone_alone_is_told_all_of_it_by_sms(phone: Phone) -> None:
    """D5, E7: order received with where to pay, cancelled, and what is written; by SMS what others read by e-mail."""
    shop = with_sms(make_shop())
    case = make_order(shop, customer=CustomerDraft("Rayhan", "", "+966501234567"), notify_options=NotifyOptions())
    move(case, "on-hold", now=NOW + timedelta(minutes=2))
    write_to(shop, case.pk, "A long story. " * 40, actor(shop), now=NOW + timedelta(minutes=4), by_person=True)
    send(NOW + timedelta(minutes=1))
    assert fates(case)[0] == ("sms", "pending", "sent")
    assert {channel for channel, _status, _state in fates(case)} == {"sms"}
    send(NOW + timedelta(minutes=6))
    write_to(shop, case.pk, "Come on Monday.", actor(shop), now=NOW + timedelta(minutes=8), by_person=True)
    send(NOW + timedelta(minutes=10))
    placed, _news, written, short = (received.text for received in phone.received)
    assert f"/t/{case.token}/" in placed and case.code in placed
    assert "A long story" not in written and "We have written to you" in written and f"/t/{case.token}/" in written
    assert case.code in short and "Come on Monday." in short


def test_without_an_sms_service_nothing_fails_and_it_is_counted() -> None:
    """D5: a shop without a service has no failures; how many cannot be told is said in one place."""
    shop = make_shop()
    case = make_order(shop, customer=CustomerDraft("Rayhan", "", "+966501234567"), notify_options=NotifyOptions())
    outcome = move(case, "on-hold")
    assert fates(case) == []
    assert outcome.tally == {"message.nobody": 1}
    assert (queries.unreached(shop), queries.unreached(with_sms(make_shop()))) == (1, 0)
    assert "no SMS service" in str(reaching.of_case(Case.objects.select_related("shop").get(pk=case.pk)).hindrance)


def test_what_comes_back_goes_by_sms_and_so_does_all_that_follows(mailbox: Mailbox, phone: Phone) -> None:
    """D5: an e-mail address that does not exist leaves nobody unknowing."""
    case = make_order(with_sms(make_shop()))
    move(case, "on-hold")
    mailbox.to_recipient = lambda _address: "550 no such user"
    assert send() == {"bounced": 1, "sent": 1}
    assert fates(case) == [("email", "on-hold", "bounced"), ("sms", "on-hold", "sent")]
    move(case, "cancelled", now=LATER)
    assert fates(case)[-1] == ("sms", "cancelled", "held")
    assert len(phone.received) == 1


def test_a_new_order_is_told_to_customer_and_shop() -> None:
    """E7: a new order goes to the customer and to the administrators by e-mail."""
    case = make_order(make_shop(email="boss@shop.example", language="uk"), notify_options=NotifyOptions())
    rows = Message.objects.filter(case=case).order_by("pk").values_list("kind", "recipient", "language", "state")
    assert case.customer is not None
    assert list(rows) == [
        ("placed", case.customer.email, "uk", "held"),
        ("opened", "boss@shop.example", "uk", "held"),
    ]


def test_a_shop_is_not_told_of_each_order_of_a_whole_list() -> None:
    """E7: a list taken in at once would bury the shop's own mailbox."""
    make_orders(make_shop(email="boss@shop.example"), 30, notify_options=NotifyOptions())
    assert Message.objects.filter(kind="opened").count() == 0
    assert Message.objects.filter(kind="placed").count() == 30


def test_orders_placed_silently_tell_nobody() -> None:
    """Imports notify nobody unless asked."""
    make_orders(make_shop(email="boss@shop.example"), 3)
    assert Message.objects.count() == 0


def test_preview_counts_the_messages_and_writes_none() -> None:
    """X4: before a bulk act staff see how many messages would go."""
    shop = with_sms(make_shop())
    cases = make_orders(shop, 3)
    outcome = preview(
        shop, [c.pk for c in cases], ByHand("on-hold", "owner", "x"), actor(shop), now=NOW, notify_options=BOTH
    )
    assert outcome.tally == {"message.email": 3, "message.sms": 3}
    assert Message.objects.count() == 0


def test_the_number_of_statements_does_not_depend_on_the_number_of_cases() -> None:
    """X4: telling a thousand customers takes the same statements as telling one."""
    counted = []
    for how_many in (1, 3, 1000):
        shop = with_sms(make_shop(email="boss@shop.example"))
        cases = make_orders(shop, how_many)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            advance(
                shop,
                [case.pk for case in cases],
                ByHand("on-hold", "owner", "x"),
                actor(shop),
                now=NOW,
                notify_options=BOTH,
            )
        assert Message.objects.filter(shop=shop).count() == 2 * how_many
        counted.append(len(queries))
        # Who is reached, what waits, what is written.
        assert sum(bool(re.search(r"\bnotify_message\b", query["sql"])) for query in queries.captured_queries) == 3
        assert sum("procrastinate" in query["sql"] for query in queries.captured_queries) == 1
    assert counted[0] == counted[1] == counted[2], counted


def test_the_job_is_deferred_with_the_move_and_gone_with_it() -> None:
    """Messages and their job are in the transaction of the move: neither exists without the other."""
    shop = make_shop()
    case = make_order(shop)
    before = _jobs()
    with transaction.atomic():
        move(case, "on-hold")
        assert _jobs() == before + 1
        transaction.set_rollback(True)
    assert _jobs() == before
    assert Message.objects.count() == 0
    move(case, "on-hold")
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone()[0] == NOW + timedelta(seconds=60)


def test_the_job_written_with_the_messages_is_the_one_procrastinate_would_defer() -> None:
    for hold in (0, 60):
        move(make_order(make_shop(hold_back_seconds=hold)), "on-hold")
        enqueue.send_at(NOW + timedelta(seconds=hold), NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM procrastinate_jobs ORDER BY id DESC LIMIT 2")
            theirs, ours = cursor.fetchall()
        assert ours[1:] == theirs[1:]
        assert (theirs[0], ours[-1]) == (ours[0] + 1, None)


def test_deleting_a_case_takes_its_messages_along() -> None:
    """A deleted case is told nothing any more; its timeline stays."""
    shop = make_shop()
    case = make_order(shop)
    move(case, "on-hold")
    delete(shop, [case.pk], actor(shop), reason="double", now=NOW)
    assert Message.objects.count() == 0


def test_a_hidden_status_is_never_told() -> None:
    """A status customers do not see is not told even when staff ask for it."""
    shop = make_shop("checkout")
    hidden = [code for code, status in make_order(shop).flow.statuses.items() if not status.shown]
    for code in hidden:
        case = make_orders(shop, 1, notify_options=BOTH, status=code)[0]
        assert fates(case) == []


def test_two_customers_with_the_same_order_number_are_told_apart() -> None:
    """Pain 12: messages of one shop never go to the customers of another."""
    one, two = make_shop(), make_shop()
    mine = make_order(one, number="#1")
    other = make_order(two, number="#1", customer=CustomerDraft("Other", "other@example.com"))
    outcome = advance(one, [mine.pk, other.pk], ByHand("on-hold", "owner", "x"), actor(one), now=NOW)
    assert list(outcome.refused) == [other.pk]
    assert Message.objects.get().case_id == mine.pk
    assert order_draft(one).customer.email != "other@example.com"


def _jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify.send_messages'")
        return int(cursor.fetchone()[0])
