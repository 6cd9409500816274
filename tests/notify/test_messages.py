"""What staff do with messages, and the jobs that send them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from tartib.cases.hooks import NotifyOptions
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.notify import jobs, operations, queries
from tartib.notify.models import Message
from tests.factories import NOW, actor, make_order, make_orders, make_shop, move, with_sms
from tests.notify.sending import LATER, fates, send
from tests.services import Mailbox, Phone
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SMS = NotifyOptions(channels=frozenset({"sms"}))


def test_a_failed_message_is_counted_and_can_be_tried_again(mailbox: Mailbox) -> None:
    """Pain 10: staff see what failed, put it right and send it again."""
    shop = make_shop()
    case = make_order(shop)
    move(case, "on-hold")
    mailbox.to_letter = "554 no"
    send()
    assert queries.trouble_counts(shop, now=LATER) == {"email": 1, "sms": 0, "fax": 0, "push": 0}
    message = queries.troubled(shop, now=LATER).get()
    operations.retry(shop, message.pk, now=LATER)
    mailbox.to_letter = "250 yes"
    assert send() == {"sent": 1}
    assert queries.trouble_counts(shop, now=LATER) == {"email": 0, "sms": 0, "fax": 0, "push": 0}
    states = [entry.data["state"] for entry in Entry.objects.filter(case_id=case.pk, kind="message").order_by("seq")]
    assert states == ["failed", "sent"]
    assert list(verify(shop)) == []
    with pytest.raises(operations.TooLate) as late:
        operations.retry(shop, message.pk, now=LATER)
    assert late.value.message.state == "sent"


def test_an_sms_withheld_for_want_of_a_service_goes_once_there_is_one(phone: Phone) -> None:
    """E7: entering the service and trying again sends what was withheld."""
    shop = make_shop(letters_stand_in=False)
    case = make_order(shop)
    move(case, "on-hold", notify_options=SMS)
    with_sms(shop)
    operations.retry(shop, Message.objects.get(case=case).pk, now=LATER)
    assert send() == {"sent": 1}
    assert len(phone.received) == 1


def test_a_held_message_can_be_sent_at_once_or_withdrawn(mailbox: Mailbox) -> None:
    """E3: staff decide about a message that still waits; withdrawing is on the timeline with their name."""
    shop = make_shop()
    one, two = make_orders(shop, 2)
    move([one, two], "on-hold")
    first, second = (queries.of_case(case).get() for case in (one, two))
    operations.send_now(shop, first.pk, now=NOW)
    operations.withdraw(shop, second.pk, actor(shop), now=NOW)
    assert send(NOW) == {"sent": 1}
    assert send() == {}
    assert fates(two) == [("email", "on-hold", "withdrawn")]
    entry = Entry.objects.get(case_id=two.pk, kind="message")
    assert (entry.actor_name, entry.data["state"], entry.data["reason"]) == ("Olive Owner", "withdrawn", "by-hand")
    for act in (operations.send_now, operations.retry):
        with pytest.raises(operations.TooLate):
            act(shop, first.pk, now=NOW)


def test_a_shop_cannot_touch_another_shops_messages() -> None:
    """Isolation: a foreign message does not exist."""
    case = make_order(make_shop())
    move(case, "on-hold")
    message = Message.objects.get(case=case)
    stranger = make_shop()
    for act in (operations.send_now, operations.retry):
        with pytest.raises(Message.DoesNotExist):
            act(stranger, message.pk, now=NOW)
    with pytest.raises(Message.DoesNotExist):
        operations.withdraw(stranger, message.pk, actor(stranger), now=NOW)
    assert list(queries.troubled(stranger, now=NOW)) == []


def test_a_case_shows_all_its_messages_newest_first(mailbox: Mailbox) -> None:
    """C8: every message with its date, text and fate."""
    case = make_order(make_shop())
    move(case, "on-hold")
    send()
    move(case, "cancelled", now=LATER)
    shown = [(message.status, message.state, bool(message.text)) for message in queries.of_case(case)]
    assert shown == [("cancelled", "held", False), ("on-hold", "sent", True)]


def test_words_are_listed_with_what_they_stand_for() -> None:
    """A5: the editor offers the words of every room."""
    listed = queries.words()
    assert {"customer_name", "order_number", "tracking_number", "case_link", "status", "note"} <= set(listed)
    assert all(str(text) for text in listed.values())


def _work_off(working: App) -> None:
    working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, queues=["messages"])


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_when_the_hold_ends(mailbox: Mailbox) -> None:
    """Messages: deferred with the move, sent by the worker from the database's queue."""
    move(make_orders(make_shop(), 3), "on-hold")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    Message.objects.update(next_at=NOW - timedelta(days=3650))
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        # In a thread of its own: where a browser was driven before, an event loop stays in this one.
        at_once(lambda _once: _work_off(working), 1, hands=1)
    assert len(mailbox.letters) == 3
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_the_minutely_sweep_sends_what_was_missed(mailbox: Mailbox) -> None:
    """Messages: what no job came for is found within a minute."""
    move(make_order(make_shop()), "on-hold")
    Message.objects.update(next_at=NOW - timedelta(days=3650))
    jobs.sweep(timestamp=0)
    assert len(mailbox.letters) == 1
    assert any(task.task.name == "notify.sweep" for task in app.periodic_registry.periodic_tasks.values())
