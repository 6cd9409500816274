"""Workers die while they send: no message is lost, none is called sent that was not, and repeats can be recognised."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tartib.cases.hooks import NotifyOptions
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.notify.models import Message
from tartib.notify.sending import LEASE
from tests.factories import make_orders, make_shop, move, with_sms
from tests.faults.killing import environment, kill_until_done
from tests.faults.running import until
from tests.notify.sending import LATER
from tests.services import Mailbox, Phone

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = 300
KILLS = 4
AT_ONCE = 3
"""How many jobs a worker does at once: each of them may just have sent a message when it is killed."""
BOTH = NotifyOptions(channels=frozenset({"email", "sms"}))


def mail_server(port: int) -> dict[str, str]:
    """The variables with which another process sends to a mail server on this machine."""
    return {"TARTIB_SMTP": f"smtp://127.0.0.1:{port}", "TARTIB_SENDER": "orders@tartib.example"}


def test_a_sender_killed_again_and_again_loses_no_message(mailbox: Mailbox, phone: Phone, settings: Settings) -> None:
    """Pain 2, X3: each of 600 messages is sent; a kill repeats at most one, and that under the key it had before."""
    shop = with_sms(make_shop())
    move(make_orders(shop, ORDERS), "on-hold", notify_options=BOTH)

    def moment(kills: int) -> list[str]:
        # What a killed sender had taken is free again after its lease.
        return [(LATER + kills * (LEASE + timedelta(seconds=1))).isoformat()]

    port = settings.EMAIL_PORT
    places = {"SMS_SERVICE": phone.url, **mail_server(port)}
    kills = kill_until_done("sending.py", moment, kills=KILLS, seed=11, longest=0.8, **places)
    assert kills >= 2
    assert Counter(Message.objects.values_list("channel", "state")) == {
        ("email", "sent"): ORDERS,
        ("sms", "sent"): ORDERS,
    }
    letters = Counter((letter["Message-ID"], letter["To"]) for letter in mailbox.letters)
    rows = Message.objects.filter(channel="email").values_list("key", "recipient")
    assert set(letters) == {(f"<{key}@tartib.example>", recipient) for key, recipient in rows}
    texts = Counter((one.key, one.to, one.text) for one in phone.received)
    sms = Message.objects.filter(channel="sms").values_list("key", "recipient", "text")
    # To a service that honours keys the same key is the same message: each was delivered once.
    assert set(texts) == {(str(key.int & (2**63 - 1)), recipient, text) for key, recipient, text in sms}
    repeats = [count - 1 for count in (letters | texts).values() if count > 1]
    assert set(repeats) <= {1}
    assert len(repeats) <= kills
    assert Entry.objects.filter(kind="message").count() == 2 * ORDERS
    assert list(verify(shop)) == []


def test_what_a_killed_worker_held_is_sent_by_the_next(mailbox: Mailbox, settings: Settings) -> None:
    """X3, X4: `tartib worker`, killed in the middle and started again, sends all that was held within a minute."""
    how_many = 200
    shop = make_shop(hold_back_seconds=1)
    port = settings.EMAIL_PORT
    worker = [sys.executable, "-m", "tartib.cli", "worker"]
    move(make_orders(shop, how_many), "on-hold", now=timezone.now())
    assert set(Message.objects.values_list("state", flat=True)) == {"held"}
    with subprocess.Popen(worker, env=environment(**mail_server(port))) as first:
        until(lambda: len(mailbox.letters) >= 20, 60)
        first.kill()
    left = Message.objects.exclude(state="sent").count()
    assert left > 0
    killed = time.monotonic()
    with subprocess.Popen(worker, env=environment(**mail_server(port))) as second:
        # With what it takes to start.
        until(lambda: not Message.objects.exclude(state="sent").exists(), 75 - (time.monotonic() - killed))
        second.terminate()
        assert second.wait(timeout=30) == 0
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == how_many
    assert len(mailbox.letters) <= how_many + AT_ONCE
    assert Entry.objects.filter(kind="message", facts__state="sent").count() == how_many
    assert list(verify(shop)) == []
