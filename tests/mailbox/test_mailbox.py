"""Answers by e-mail, taken in by a real mail server (D7)."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
from django.db import OperationalError
from pytest_django import Settings

from tartib.cases.models import Case, CaseKind
from tartib.journal.models import Entry
from tartib.mailbox import delivery
from tartib.notify.models import Message, MessageKind, State
from tartib.support import queries
from tartib.support.operations import Written, answer, ask
from tests.factories import NOW, actor, make_order, make_shop, move, picture_file
from tests.notify.sending import send
from tests.services import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(inbound: int) -> int:
    """The port at which answers are taken in."""
    return inbound


def letter(words: str, *, sender: str = "", to: str = "", **headers: str) -> EmailMessage:
    """An e-mail of the customer's."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Customer <{sender}>", to, "Re: your order"
    message["Message-ID"] = headers.pop("message_id", "<1@mail.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message


def post(port: int, message: EmailMessage, *, to: str, sender: str | None = None) -> tuple[int, bytes]:
    """Send it there as a mail server does; the answer to it."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        server.ehlo()
        server.mail(message["From"].addresses[0].addr_spec if sender is None else sender)
        code, said = server.rcpt(to)
        return (code, said) if code != 250 else server.data(message.as_bytes(policy=policy.SMTP))


def told(mailbox: Mailbox) -> tuple[Case, EmailMessage]:
    """An order whose customer has got an e-mail, and that e-mail."""
    case = make_order(make_shop())
    move(case, "on-hold")
    send(NOW + timedelta(minutes=5))
    return case, mailbox.letters[-1]


def requests() -> list[Case]:
    """All support requests."""
    return list(Case.objects.filter(kind=CaseKind.SUPPORT).order_by("pk"))


def test_an_answer_to_a_message_about_an_order_opens_its_request_and_the_next_joins_it(
    port: int, mailbox: Mailbox
) -> None:
    """D7: one reply address a message, Reply-To and all; quoted text gone; the same letter twice is one."""
    order, got = told(mailbox)
    assert order.customer is not None
    to = got["Reply-To"].addresses[0].addr_spec
    assert to.startswith("support+") and to.endswith("@reply.example")
    answer_ = letter(
        "Is it blue?\n\nOn Sun, 22 Nov 2026, Shop <a@shop.example> wrote:\n> On hold", sender=order.customer.email
    )
    assert post(port, answer_, to=to)[0] == 250
    assert post(port, answer_, to=to.upper())[0] == 250
    (case,) = requests()
    assert (case.title, queries.request_of(case).about) == ("your order", order)
    assert [(one.text, one.sender, one.by_mail) for one in queries.thread(case)] == [("Is it blue?", "", True)]
    more = letter("Or red?", sender=order.customer.email, message_id="<2@mail.example>")
    assert post(port, more, to=to)[0] == 250
    assert requests() == [case]
    assert [one.text for one in queries.thread(case)] == ["Is it blue?", "Or red?"]


def test_an_answer_to_an_answer_opens_the_request_again_and_says_who_else_wrote(port: int, mailbox: Mailbox) -> None:
    shop = make_shop()
    case = ask(shop, Written("Hello"), now=NOW, about=make_order(shop))
    answer(case, Written("Yes?"), actor(shop), now=NOW)
    send(NOW + timedelta(minutes=5))
    to = mailbox.letters[-1]["Reply-To"].addresses[0].addr_spec
    message = letter("I am his wife", sender="wife@example.com")
    message.add_attachment(picture_file().read(), maintype="image", subtype="jpeg", filename="torn.jpg")
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="run.exe")
    assert post(port, message, to=to)[0] == 250
    assert requests()[0].status == "in-work"
    words = queries.thread(case)[-1]
    assert (words.text, words.sender) == ("I am his wife", "wife@example.com")
    assert [file.name for file in words.files] == ["torn.webp"]
    assert words.left == ["run.exe"]


def test_an_address_of_no_message_is_refused_before_anything_is_sent(port: int, mailbox: Mailbox) -> None:
    _case, got = told(mailbox)
    key = got["Reply-To"].addresses[0].addr_spec
    for to in ("support+00000000000000000000000000000000@reply.example", "hello@reply.example",
               key.replace("reply.example", "other.example")):  # fmt: skip
        assert post(port, letter("Hello", sender="x@example.com"), to=to)[0] == 550


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<l.example>"},
        {"Idempotency_Key": "1"},
    ],
)
def test_what_a_program_answers_is_taken_and_passed_over(port: int, mailbox: Mailbox, headers: dict[str, str]) -> None:
    """D7: no loop: our own letters and out-of-office notes open nothing."""
    _case, got = told(mailbox)
    to = got["Reply-To"].addresses[0].addr_spec
    assert post(port, letter("I am away", sender="a@example.com", **headers), to=to)[0] == 250
    assert post(port, letter("Away", sender="a@example.com"), to=to, sender="")[0] == 250
    assert requests() == []


def test_a_message_that_did_not_arrive_is_marked_so(port: int, mailbox: Mailbox) -> None:
    """D5: the envelope names the message; a report for good is a bounce, one of delay is not."""
    case, _got = told(mailbox)
    message = Message.objects.get(case=case, kind=MessageKind.STATUS)
    to = f"bounce+{message.key.hex}@reply.example"
    for action, state in (("delayed", State.SENT), ("failed", State.BOUNCED)):
        report = (
            "From: mailer-daemon@mx.example\r\nMIME-Version: 1.0\r\nSubject: Undelivered\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822; x@example.com\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
            "Diagnostic-Code: smtp; 550 No such user\r\n\r\n--b--\r\n"
        )
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
            server.ehlo()
            server.mail("")
            server.rcpt(to)
            assert server.data(report.encode())[0] == 250
        message.refresh_from_db()
        assert message.state == state
    assert "550 No such user" in message.answer
    entry = Entry.objects.filter(case_id=case.pk, kind="message").latest("seq")
    assert entry.data["state"] == "bounced"
    assert requests() == []


def test_a_letter_waits_at_the_other_side_while_our_database_is_away(
    port: int, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D7: 4xx, so that it comes again; nothing is taken that could not be kept."""
    _case, got = told(mailbox)
    to = got["Reply-To"].addresses[0].addr_spec

    def away(*_given: object, **_named: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(delivery, "deliver", away)
    assert post(port, letter("Hello", sender="a@example.com"), to=to)[0] == 451
    monkeypatch.setattr(delivery, "addressed", away)
    assert post(port, letter("Hello", sender="a@example.com"), to=to)[0] == 451


def test_without_a_domain_of_its_own_answers_go_to_the_shop(mailbox: Mailbox, settings: Settings) -> None:
    settings.TARTIB_INBOUND_DOMAIN = ""
    case = make_order(make_shop(email="hello@shop.example"))
    move(case, "on-hold")
    send(NOW + timedelta(minutes=5))
    letters = [one for one in mailbox.letters if one["To"] != "hello@shop.example"]
    assert letters[-1]["Reply-To"].addresses[0].addr_spec == "hello@shop.example"
