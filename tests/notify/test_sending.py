"""Sending by a real mail server and a real SMS service: what arrives, what is retried, what is never sent twice."""

from __future__ import annotations

import smtplib
import threading
import uuid
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any, Self

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tartib.cases.hooks import NotifyOptions
from tartib.customers.operations import CustomerDraft
from tartib.journal.models import Entry
from tartib.notify import channels, codes, sql
from tartib.notify.channels.letter import Answer, Letter
from tartib.notify.models import Message, State
from tartib.notify.rendering import render_all
from tartib.notify.sending import LAST_START, LEASE, MOST_ATTEMPTS, send_due, wait
from tartib.shops.models import Shop
from tests.factories import NOW, make_order, make_orders, make_product, make_shop, move, with_sms
from tests.notify.sending import LATER, fates, send
from tests.services import Mailbox, Phone
from tests.threads import at_once

pytestmark = pytest.mark.django_db

BOTH = NotifyOptions(channels=frozenset({"email", "sms"}))
SMS = NotifyOptions(channels=frozenset({"sms"}))


def _part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_an_email_arrives_whole_in_the_customers_language_and_direction(mailbox: Mailbox) -> None:
    """A5, D5, X5: UTF-8 subject, plain text and right-to-left HTML in the shop's brand, links to case and help."""
    shop = make_shop(language="fa", languages=["fa"], colour="#ffcc00", email="shop@example.com", phone="+982112345678")
    shop.name = "فروشگاه <نمونه> & پسران"
    shop.save()
    draft = CustomerDraft("سارا <b>نادری</b>", "sara@example.com", "+989121234567")
    case = make_order(shop, make_product(shop, name="کفش <script>"), number="A&B-7", language="fa", customer=draft)
    move(case, "on-hold")
    assert send() == {"sent": 1}
    (letter,) = mailbox.letters
    assert letter["Subject"].strip() == f"سفارش A&B-7: {case.flow.status('on-hold').name.say('fa')}"
    assert letter["To"] == "sara@example.com"
    assert letter["From"].addresses[0].display_name == shop.name
    assert letter["From"].addresses[0].addr_spec == "orders@tartib.example"
    assert letter["Reply-To"].addresses[0].addr_spec == "shop@example.com"
    assert letter["Auto-Submitted"] == "auto-generated"
    message = Message.objects.get(case=case)
    assert letter["Message-ID"] == f"<{message.key}@tartib.example>"
    text, html = _part(letter, "plain"), _part(letter, "html")
    assert "سارا <b>نادری</b> گرامی،" in text
    assert f"http://localhost:8000/t/{case.token}/" in text
    assert 'dir="rtl"' in html
    assert "background-color:#ffcc00;color:#000000" in html
    assert "سارا &lt;b&gt;نادری&lt;/b&gt;" in html
    assert "<script>" not in html
    assert "<b>" not in html
    assert f'href="http://localhost:8000/t/{case.token}/"' in html
    assert f'href="http://localhost:8000/t/{case.token}/help/"' in html
    assert message.state == "sent"
    assert message.text.split() == text.split()
    assert message.html.split() == html.split()


def test_a_name_is_never_a_link(mailbox: Mailbox) -> None:
    """Nobody has a shop's letters lead elsewhere by what they call themselves."""
    case = make_order(make_shop(), customer=CustomerDraft("https://evil.example/win", "jo@example.com"))
    move(case, "on-hold", note="See https://shop.example/hours")
    send()
    html = _part(mailbox.letters[0], "html")
    assert "evil.example/win" in html
    assert 'href="https://evil.example' not in html


def test_what_became_of_a_message_is_on_the_timeline(mailbox: Mailbox, phone: Phone) -> None:
    """A6, C8, E5: date, recipient, channel and outcome of every message, when it is known and not before."""
    case = make_order(with_sms(make_shop()))
    move(case, "on-hold", notify_options=BOTH)
    assert not Entry.objects.filter(case_id=case.pk, kind="message").exists()
    send()
    entries = Entry.objects.filter(case_id=case.pk, kind="message").order_by("seq")
    assert [(e.data["channel"], e.data["state"], e.at) for e in entries] == [
        ("email", "sent", LATER),
        ("sms", "sent", LATER),
    ]
    assert all(not entry.shown for entry in entries)


def test_without_a_copy_the_text_is_not_kept(mailbox: Mailbox) -> None:
    """E3: keep a copy of the message, or not."""
    case = make_order(make_shop())
    move(case, "on-hold", notify_options=NotifyOptions(keep_copy=False))
    send()
    message = Message.objects.get(case=case)
    assert (message.state, message.text, message.html) == ("sent", "", "")
    assert len(mailbox.letters) == 1


def test_an_sms_goes_to_the_shops_service_with_its_key(phone: Phone) -> None:
    """E7: number, text and idempotency key arrive at the shop's own SMS service; its answer is kept."""
    case = make_order(with_sms(make_shop(languages=["ar"])), language="ar", number="77")
    move(case, "on-hold", notify_options=SMS)
    assert send() == {"sent": 1}
    (received,) = phone.received
    message = Message.objects.get(case=case)
    assert received.to == message.recipient
    assert received.key == str(message.key.int & (2**63 - 1))
    assert "77" in received.text
    assert case.flow.status("on-hold").name.say("ar") in received.text
    assert received.text == message.text
    assert (message.reference, message.price, message.price_currency) == ("1", Decimal(750), "IRR")
    assert message.parts == 2


@pytest.mark.parametrize(("answer", "state"), [(503, "queued"), (429, "queued"), (400, "failed"), (404, "failed")])
def test_the_answer_of_the_sms_service_decides_whether_it_is_tried_again(phone: Phone, answer: int, state: str) -> None:
    """Pain 10: a message is never called sent when it was not."""
    phone.answer = answer
    case = make_order(with_sms(make_shop(letters_stand_in=False)))
    move(case, "on-hold", notify_options=SMS)
    assert send() == {state: 1}
    message = Message.objects.get(case=case)
    assert str(answer) in message.answer
    assert message.sent_at is None


def test_the_same_key_goes_with_every_attempt(phone: Phone) -> None:
    """Pain 2: a service that honours the key recognises a repetition."""
    phone.answer = 500
    case = make_order(with_sms(make_shop()))
    move(case, "on-hold", notify_options=SMS)
    send()
    phone.answer = 200
    send(LATER + timedelta(hours=1))
    assert fates(case) == [("sms", "on-hold", "sent")]
    assert len({one.key for one in phone.received}) == 1
    assert len(phone.received) == 2


def test_a_refused_recipient_is_a_bounce(mailbox: Mailbox) -> None:
    """Pain 10: an address that the server refuses for good is shown as refused, with the server's words."""
    shop = make_shop()
    one, two = make_orders(shop, 2)
    assert one.customer is not None
    bad = one.customer.email
    mailbox.to_recipient = lambda address: "550 5.1.1 No such user" if address == bad else "250 OK"
    move([one, two], "on-hold")
    assert send() == {"bounced": 1, "sent": 1}
    message = Message.objects.get(case=one)
    assert (message.state, message.answer) == ("bounced", "550 5.1.1 No such user")
    assert Entry.objects.get(case_id=one.pk, kind="message").data["answer"] == "550 5.1.1 No such user"


def test_a_temporary_refusal_is_tried_again_and_a_permanent_one_is_not(mailbox: Mailbox) -> None:
    """Messages: 4xx later with growing pauses, 5xx never."""
    shop = make_shop()
    case = make_order(shop)
    move(case, "on-hold")
    mailbox.to_letter = "451 4.3.0 Try again later"
    assert send() == {"queued": 1}
    message = Message.objects.get(case=case)
    assert (message.attempts, message.next_at, message.answer) == (
        1,
        LATER + timedelta(seconds=30),
        "451 4.3.0 Try again later",
    )
    assert send() == {}
    mailbox.to_letter = "554 5.7.1 Rejected as spam"
    assert send(LATER + timedelta(minutes=1)) == {"failed": 1}
    assert send(LATER + timedelta(days=9)) == {}


def test_a_server_that_is_down_loses_nothing(mailbox: Mailbox, settings: Settings) -> None:
    """Messages wait while the server is down and go when it is up again; in the meantime none is called sent."""
    cases = make_orders(make_shop(), 3)
    move(cases, "on-hold")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send() == {"queued": 3}
    assert {m.answer for m in Message.objects.all()} == {"ConnectionRefusedError: [Errno 111] Connection refused"}
    assert not Entry.objects.filter(kind="message").exists()
    settings.EMAIL_PORT = port
    assert send(LATER + timedelta(hours=1)) == {"sent": 3}
    assert len(mailbox.letters) == 3


@pytest.mark.parametrize("hours", [0, 60, 80])
def test_while_the_mail_server_is_away_messages_wait_for_three_days(
    settings: Settings, mailbox: Mailbox, hours: int
) -> None:
    """A week-end without a mail server loses none; after that they are shown to staff as failed, with the reason."""
    case = make_order(make_shop())
    move(case, "on-hold")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for passed in range(0, hours, 7):
        send(LATER + timedelta(hours=passed))
    settings.EMAIL_PORT = port
    send(LATER + timedelta(hours=hours + 7))
    message = Message.objects.get(case=case)
    assert (message.state, message.reason) == (("failed", "given-up") if hours == 80 else ("sent", ""))


def test_a_message_is_given_up_after_many_attempts(mailbox: Mailbox) -> None:
    """What a mail server puts off again and again is shown to staff as failed, with the reason."""
    case = make_order(make_shop())
    move(case, "on-hold")
    mailbox.to_letter = "451 Later"
    moment = LATER
    for _attempt in range(MOST_ATTEMPTS):
        send(moment)
        moment += timedelta(hours=8)
    message = Message.objects.get(case=case)
    assert (message.state, message.reason, message.attempts) == ("failed", "given-up", MOST_ATTEMPTS)


def test_pauses_grow_and_are_spread() -> None:
    """Retries do not come in step."""
    assert [wait(attempt, 0.5).total_seconds() for attempt in (1, 2, 3, 8)] == [30, 120, 480, 6 * 3600]
    assert wait(1, 0).total_seconds() == 24
    assert wait(1, 1).total_seconds() == 36


def test_what_a_killed_worker_had_taken_is_sent_after_its_lease(mailbox: Mailbox) -> None:
    """Faults: a worker killed between taking and sending loses no message; the key stays the same."""
    case = make_order(make_shop())
    move(case, "on-hold")
    key = Message.objects.get(case=case).key
    assert len(sql.claim(50, LEASE, LATER)) == 1  # and then the worker is gone
    assert send(LATER + LEASE / 2) == {}
    assert send(LATER + LEASE) == {"sent": 1}
    assert [letter["Message-ID"] for letter in mailbox.letters] == [f"<{key}@tartib.example>"]


def test_a_sender_that_lives_keeps_what_it_has_taken(mailbox: Mailbox) -> None:
    """Faults: a slow mail server makes no message go twice."""
    case = make_order(make_shop())
    move(case, "on-hold")
    taken = sql.claim(50, LEASE, LATER)
    sql.renew(taken, LATER, LATER + 2 * LEASE)
    assert send(LATER + LEASE) == {}
    assert send(LATER + 2 * LEASE) == {"sent": 1}
    sql.renew(taken, LATER, LATER + 3 * LEASE)
    assert Message.objects.get(case=case).state == "sent"


def test_what_is_urgent_is_sent_past_all_that_waits(mailbox: Mailbox) -> None:
    shop = make_shop()
    move(make_order(shop), "on-hold")
    codes.send(shop, "email", "buyer@example.com", "en", "123456", good_until=LATER + LEASE, now=LATER)
    assert send_due(lambda: LATER, lambda: 0.5, urgent=True) == {"sent": 1}
    assert [letter["To"] for letter in mailbox.letters] == ["buyer@example.com"]


def test_a_message_whose_senders_always_die_is_not_tried_for_ever(mailbox: Mailbox) -> None:
    """Faults: a message that kills its worker stops doing so."""
    case = make_order(make_shop())
    move(case, "on-hold")
    moment = LATER
    for _attempt in range(MOST_ATTEMPTS):
        sql.claim(50, LEASE, moment)
        moment += LEASE
    assert send(moment) == {"failed": 1}
    assert Message.objects.get(case=case).reason == "interrupted"
    assert mailbox.letters == []


def test_a_worker_whose_lease_ran_out_leaves_the_rest_to_others(mailbox: Mailbox) -> None:
    """Faults: a slow server makes no message go twice."""
    move(make_orders(make_shop(), 3), "on-hold")
    moments = iter([LATER, LATER, LATER, *[LATER + LAST_START] * 50])
    assert send_due(lambda: next(moments), lambda: 0.5) == {"sent": 3}
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == len(mailbox.letters) == 3
    assert {m.attempts for m in Message.objects.all()} == {1}


class Slow:
    """A way out that is slow for one shop: it takes its time by the clock it is given."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.now, self.went = shop, LATER, list[int]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        pass

    def send(self, letter: Letter) -> Answer:
        self.went.append(letter.shop.pk)
        self.now += timedelta(seconds=6 if letter.shop == self.shop else 1)
        return Answer(State.SENT)


def test_a_shop_whose_messages_are_slow_to_go_out_comes_after_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """One slow message, and the rest of that shop's wait behind those of others, without an attempt being counted."""
    slow, other = with_sms(make_shop()), with_sms(make_shop())
    move(make_orders(slow, 3), "on-hold", notify_options=SMS)
    move(make_orders(other, 2), "on-hold", notify_options=SMS)
    way = Slow(slow)
    monkeypatch.setattr(channels, "sender", lambda _channel: way)
    assert send_due(lambda: way.now, lambda: 0.5) == {"sent": 5}
    assert way.went == [slow.pk, other.pk, other.pk, slow.pk, slow.pk]
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_case_deleted_while_its_message_is_sent_leaves_no_trace(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faults: recording the outcome of a message that is gone does nothing, and the others go on."""
    shop = make_shop()
    one, two = make_orders(shop, 2)
    move([one, two], "on-hold")
    send_messages = smtplib.SMTP.sendmail

    def delete_and_send(self: smtplib.SMTP, *args: Any, **more: Any) -> Any:
        Message.objects.filter(case=one).delete()
        return send_messages(self, *args, **more)

    monkeypatch.setattr(smtplib.SMTP, "sendmail", delete_and_send)
    assert send() == {"sent": 1}
    assert not Entry.objects.filter(case_id=one.pk, kind="message").exists()


@pytest.mark.django_db(transaction=True)
def test_several_workers_never_send_a_message_twice(mailbox: Mailbox, phone: Phone) -> None:
    """Pain 2: four workers share out what is due; every customer gets one e-mail and one SMS."""
    cases = make_orders(with_sms(make_shop()), 40)
    move(cases, "on-hold", notify_options=BOTH)
    counts = at_once(lambda _job: send().get("sent", 0), 4, hands=4)
    assert sum(counts) == 80
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == len(mailbox.letters) == 40
    keys = [one.key for one in phone.received]
    assert len(set(keys)) == len(keys) == 40


@pytest.mark.django_db(transaction=True)
def test_moving_and_sending_at_once_do_not_wait_for_each_other(mailbox: Mailbox) -> None:
    """Faults: while the worker sends, staff move the same orders; nothing deadlocks, and each fate is one of two."""
    cases = make_orders(make_shop(), 20)
    move(cases, "on-hold")
    stop = threading.Event()

    def work(job: int) -> None:
        if job == 0:
            while not stop.is_set():
                send()
        else:
            try:
                for case in cases:
                    move(case, "cancelled", now=NOW + timedelta(seconds=30))
            finally:
                stop.set()

    at_once(work, 2, hands=2)
    send()
    for case in cases:
        first, second = fates(case)
        assert first[2] in ("sent", "merged")
        assert second == ("email", "cancelled", "sent")
    connection.close()


def test_practice_shops_reach_the_catcher_and_nobody_else(mailbox: Mailbox, phone: Phone, settings: Settings) -> None:
    """D12: what a practice shop sends stays here, whatever service was entered in it."""
    real, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    settings.TARTIB_PRACTICE_SMTP = ("127.0.0.1", real)
    case = make_order(with_sms(make_shop(practice=True)))
    move(case, "on-hold", notify_options=BOTH)
    assert send() == {"sent": 2}
    assert len(mailbox.letters) == len(phone.received) == 1


def test_a_practice_shop_without_a_catcher_sends_nothing(mailbox: Mailbox, settings: Settings) -> None:
    """D12: no catcher, no message; and staff see why."""
    settings.TARTIB_PRACTICE_SMTP = None
    case = make_order(make_shop(practice=True))
    move(case, "on-hold")
    assert send() == {}
    assert {(m.state, m.reason) for m in Message.objects.filter(case=case)} == {("withheld", "no-catcher")}
    assert mailbox.letters == []


def test_addresses_that_cannot_be_are_not_tried(mailbox: Mailbox, phone: Phone) -> None:
    """Bad input: an impossible address is shown as such; a line break in it forges no header."""
    draft = CustomerDraft("X", "x@example.com\nbcc: all@example.com", "call me")
    case = make_order(with_sms(make_shop()), customer=draft)
    move(case, "on-hold", notify_options=BOTH)
    assert send() == {"bounced": 2}
    assert {m.reason for m in Message.objects.filter(case=case)} == {"bad-address", "bad-number"}
    assert mailbox.letters == []
    assert phone.received == []


def test_the_shop_learns_of_a_new_order(mailbox: Mailbox) -> None:
    """E7: administrators get the order's particulars and a link to it."""
    shop = make_shop(email="boss@shop.example")
    case = make_order(shop, make_product(shop), notify_options=NotifyOptions(), number="1001")
    send()
    letter = next(letter for letter in mailbox.letters if letter["To"] == "boss@shop.example")
    assert letter["Subject"].startswith("New order 1001")
    assert "Blue shirt" in _part(letter, "plain")
    assert f"/desk/{shop.slug}/orders/{case.code}/" in _part(letter, "html")
    assert case.token not in _part(letter, "html")


def test_rendering_a_batch_takes_a_fixed_number_of_queries(mailbox: Mailbox) -> None:
    """Three messages are rendered with as many queries as one."""
    counted = []
    for how_many in (1, 3):
        move(make_orders(make_shop(), how_many), "on-hold")
        messages = list(Message.objects.filter(state="held").select_related("shop", "case"))
        with CaptureQueriesContext(connection) as queries:
            assert len(render_all(messages)) == how_many
        counted.append(len(queries))
        send()
    assert counted[0] == counted[1]


def test_keys_are_random() -> None:
    """A key says nothing about the message."""
    move(make_orders(make_shop(), 2), "on-hold")
    keys = [message.key for message in Message.objects.all()]
    assert len(set(keys)) == 2
    assert all(isinstance(key, uuid.UUID) and key.version == 4 for key in keys)
