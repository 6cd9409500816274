"""What each channel makes of a provider that misbehaves."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from pytest_django import Settings

from tartib.cases.hooks import NotifyOptions
from tartib.customers import contact
from tartib.customers.operations import CustomerDraft
from tartib.notify import accounts
from tartib.notify.models import Message
from tests.factories import make_order, make_orders, make_shop, move, with_sms
from tests.notify.sending import LATER, send
from tests.services import Mailbox, Phone, plain

pytestmark = pytest.mark.django_db

SMS = NotifyOptions(channels=frozenset({"sms"}))


@pytest.mark.parametrize(
    ("problem", "state", "answer"),
    [
        (smtplib.SMTPServerDisconnected("gone"), "queued", "SMTPServerDisconnected: gone"),
        (TimeoutError("timed out"), "queued", "TimeoutError: timed out"),
        (smtplib.SMTPDataError(421, b"closing"), "queued", "421 closing"),
        (smtplib.SMTPDataError(552, b"too big"), "failed", "552 too big"),
        (smtplib.SMTPSenderRefused(550, b"not you", "a@b.c"), "failed", "550 not you"),
        (smtplib.SMTPSenderRefused(530, b"log in first", "a@b.c"), "queued", "530 log in first"),
        (smtplib.SMTPRecipientsRefused({"a@b.c": (450, b"mailbox busy")}), "queued", "450 mailbox busy"),
        (smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"unknown\r\nuser")}), "bounced", "550 unknown user"),
    ],
    ids=str,
)
def test_each_refusal_of_a_mail_server_has_its_meaning(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, problem: Exception, state: str, answer: str
) -> None:
    """Pain 10: later, never, or wrong address; always in the server's own words."""

    def refuse(*_args: Any, **_more: Any) -> None:
        raise problem

    case = make_order(make_shop())
    move(case, "on-hold")
    monkeypatch.setattr(smtplib.SMTP, "sendmail", refuse)
    assert send() == {state: 1}
    assert Message.objects.get(case=case).answer == answer


def test_an_address_of_any_alphabet_is_written_to_as_it_is(mailbox: Mailbox) -> None:
    """Whoever may order with it is reached at it: one rule takes addresses in and sends to them."""
    case = make_order(make_shop(), customer=CustomerDraft("Зоя", "зоя@пошта.укр"))
    move(case, "on-hold")
    assert send(LATER)["sent"] >= 1
    (letter, *_) = [one for one in mailbox.letters if "зоя" in str(one["To"])]
    assert str(letter["To"]) == "зоя@пошта.укр"
    assert letter["From"].addresses[0].addr_spec == "orders@tartib.example"
    assert case.code in plain(letter)


def test_a_server_that_knows_latin_letters_alone_is_not_tried_again_and_again(
    mailbox: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so on the order, and who left a phone is told by SMS."""
    monkeypatch.setattr(smtplib.SMTP, "has_extn", lambda _self, name: name.lower() != "smtputf8")
    shop = with_sms(make_shop())
    case = make_order(shop, customer=CustomerDraft("علی", "علی@example.com", "+989121234567"))
    move(case, "on-hold")
    send(LATER)
    told = Message.objects.filter(case=case).order_by("pk")
    assert [(one.channel, one.state, one.reason) for one in told][:1] == [("email", "bounced", "alphabet")]
    send(LATER)
    assert case.code in phone.texts[0]


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("jo@example.com", True), ("o'neil+tag@example.com", True), ("зоя@пошта.укр", True), ("desk@mail.local", True),
        ("me@localhost", True), ("a b@example.com", False), ("a@b..com", False), ("a@b@c.com", False),
        ("jo@example.com\nBcc: x@y.z", False), ("nobody", False), (f"{'a' * 250}@b.co", False),
    ],
)  # fmt: skip
def test_what_a_letter_can_be_addressed_to(address: str, known: bool) -> None:
    assert contact.is_email(address) is known


def test_a_broken_connection_is_made_anew_within_the_batch(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """One dropped connection costs one attempt, not the whole batch."""
    sendmail = smtplib.SMTP.sendmail
    broken = iter([True])

    def break_once(self: smtplib.SMTP, *args: Any, **more: Any) -> Any:
        if next(broken, False):
            self.close()
            raise smtplib.SMTPServerDisconnected("gone")
        return sendmail(self, *args, **more)

    move(make_orders(make_shop(), 3), "on-hold")
    monkeypatch.setattr(smtplib.SMTP, "sendmail", break_once)
    assert send() == {"queued": 1, "sent": 2}
    assert len(mailbox.letters) == 2


def test_a_refused_log_in_is_for_the_operator_to_put_right(mailbox: Mailbox, settings: Settings) -> None:
    """Messages wait while Tartib's own account at the mail server is wrong."""
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tartib", "wrong"
    case = make_order(make_shop())
    move(case, "on-hold")
    assert send() == {"queued": 1}
    assert Message.objects.get(case=case).answer


def test_an_sms_service_that_cannot_be_reached_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages: no answer means later."""
    monkeypatch.setattr("tartib.notify.sms.kavenegar.API", "http://127.0.0.1:1/v1")
    case = make_order(with_sms(make_shop()))
    move(case, "on-hold", notify_options=SMS)
    assert send() == {"queued": 1}
    assert "ConnectionError" in Message.objects.get(case=case).answer


def test_a_service_taken_away_meanwhile_withholds(mailbox: Mailbox, phone: Phone, settings: Settings) -> None:
    """E7: between the move and the sending the service may go; staff are told."""
    shop = with_sms(make_shop(letters_stand_in=False))
    move(make_order(shop), "on-hold", notify_options=SMS)
    accounts.forget(shop)
    practice = make_shop(practice=True, letters_stand_in=False)
    move(make_order(practice), "on-hold")
    settings.TARTIB_PRACTICE_SMTP = None
    assert send() == {"withheld": 2}
    assert set(Message.objects.values_list("reason", flat=True)) == {"no-service", "no-catcher"}
    assert phone.received == []
    assert mailbox.letters == []
