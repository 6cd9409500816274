"""Answers by e-mail, taken in by a real mail server (D7)."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from tartib.cases.models import Case
from tartib.cases.operations import write_to
from tartib.dispatch.models import WorkRecord
from tartib.dispatch.operations import perform
from tartib.files.queries import content
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.mailbox import delivery
from tartib.notify.models import Message, MessageKind, State
from tartib.shops.operations import change_shop
from tartib.support import SUPPORT, queries
from tartib.support.operations import Written, answer, ask
from tests.factories import NOW, actor, make_order, make_shop, move, picture_file
from tests.notify.sending import send
from tests.services import Mailbox, plain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(inbound: int) -> int:
    """The port at which answers are taken in."""
    return inbound


def letter(words: str, *, sender: str = "", to: str = "", **headers: str) -> EmailMessage:
    """An e-mail of the customer's."""
    message = EmailMessage()
    message["From"], message["To"] = f"Customer <{sender}>", to
    message["Subject"] = headers.pop("Subject", "Re: your order")
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
    return list(Case.objects.filter(kind=SUPPORT).order_by("pk"))


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
    assert [(left.name, left.why) for left in words.left] == [("run.exe", "it is a program")]


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
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"Subject": "Automatic reply: your order"},
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


def replied(port: int, mailbox: Mailbox, message: EmailMessage, **how: str) -> Case:
    """The request about an order that this answer of its customer opens."""
    order, got = told(mailbox)
    assert order.customer is not None
    del message["From"]
    message["From"] = how.get("sender", order.customer.email)
    assert post(port, message, to=got["Reply-To"].addresses[0].addr_spec)[0] == 250
    return requests()[-1]


def test_the_whole_letter_is_kept_as_it_came_and_what_was_quoted_beside_the_words(port: int, mailbox: Mailbox) -> None:
    """D7: encrypted; nothing of it is thrown away."""
    message = letter("The blue one.\n\nOn Sun, 22 Nov 2026, Shop <a@shop.example> wrote:\n> Which?")
    case = replied(port, mailbox, message)
    (words,) = queries.thread(case)
    assert (words.text, words.whole) == ("The blue one.", True)
    assert words.quoted == "On Sun, 22 Nov 2026, Shop <a@shop.example> wrote:\n> Which?"
    kept = queries.letter(case, words.seq)
    assert kept is not None
    assert kept.sealed
    assert content(kept) == message.as_bytes(policy=policy.SMTP)


@pytest.mark.parametrize("headers", [{"Precedence": "bulk"}, {"List_Id": "<l.example>"}])
def test_what_a_person_writes_is_taken_in_though_their_program_calls_it_bulk(
    port: int, mailbox: Mailbox, headers: dict[str, str]
) -> None:
    assert queries.thread(replied(port, mailbox, letter("It is torn", **headers)))[0].text == "It is torn"


def test_nul_and_a_line_of_any_length_are_taken_in(port: int, mailbox: Mailbox) -> None:
    _order, got = told(mailbox)
    raw = b"From: a@example.com\r\nSubject: Torn\0\r\n\r\nIt is\0 torn. " + b"x" * 100_000 + b"\r\n"
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        server.ehlo()
        server.mail("a@example.com")
        server.rcpt(got["Reply-To"].addresses[0].addr_spec)
        assert server.data(raw)[0] == 250
    assert queries.thread(requests()[0])[0].text.startswith("It is torn. xxx")


def test_a_letter_that_costs_too_much_is_kept_and_shown_as_a_file(port: int, mailbox: Mailbox) -> None:
    """No letter delays another: it is known by its head, and waits for a person."""
    _order, got = told(mailbox)
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(1_500))
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        server.ehlo()
        server.mail("a@example.com")
        server.rcpt(got["Reply-To"].addresses[0].addr_spec)
        assert server.data(f"From: a@example.com\r\nSubject: Torn\r\n{parts}".encode())[0] == 250
    (words,) = queries.thread(requests()[0])
    assert (words.text, words.whole, words.has_letter) == ("Torn", False, True)
    (work,) = WorkRecord.objects.all()
    assert (work.kind, work.case, work.facts) == ("letter-unread", requests()[0], {"sender": "a@example.com"})
    perform(work.shop, work.pk, "seen", SYSTEM, now=NOW)
    work.refresh_from_db()
    assert work.resolved_at is not None


def test_whoever_wrote_is_told_once_a_day_which_files_were_left_out_and_why(port: int, mailbox: Mailbox) -> None:
    """D7: in their language; no list is told, and nobody twice."""
    order, got = told(mailbox)
    assert order.customer is not None
    for number, headers in enumerate(({"List_Id": "<l.example>"}, {}, {})):
        message = letter("See", sender=order.customer.email, message_id=f"<{number}@mail.example>", **headers)
        message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="run.exe")
        message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="a.xlsx")
        assert post(port, message, to=got["Reply-To"].addresses[0].addr_spec)[0] == 250
    send(timezone.now() + timedelta(minutes=10))
    (told_,) = [one for one in mailbox.letters if "run.exe" in plain(one)]
    assert "run.exe\u2069: it is a program" in plain(told_)
    assert "a.xlsx" not in plain(told_)
    assert (told_["To"], told_["In-Reply-To"]) == (order.customer.email, "<2@mail.example>")
    assert told_["Auto-Submitted"] == "auto-replied"


def test_a_delivery_report_is_believed_of_the_null_sender_at_its_own_address_alone(port: int, mailbox: Mailbox) -> None:
    case, _got = told(mailbox)
    message = Message.objects.get(case=case, kind=MessageKind.STATUS)
    report = (
        'From: x@example.com\r\nContent-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\n\r\n--b--\r\n"
    )
    for sender, name in (("x@example.com", "bounce"), ("", "support")):
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
            server.ehlo()
            server.mail(sender)
            server.rcpt(f"{name}+{message.key.hex}@reply.example")
            assert server.data(report.encode())[0] == 250
    message.refresh_from_db()
    assert message.state == State.SENT
    assert requests() == []


def test_what_a_stranger_answers_is_marked_in_the_e_mail_to_the_shop_too(port: int, mailbox: Mailbox) -> None:
    order, got = told(mailbox)
    change_shop(order.shop, email="hello@shop.example")
    to = got["Reply-To"].addresses[0].addr_spec
    for number, words in enumerate(("send to 1 Evil Road", "quickly")):
        stranger = letter(words, sender="evil@example.org", message_id=f"<{number}@mail.example>")
        assert post(port, stranger, to=to)[0] == 250
        send(timezone.now() + timedelta(minutes=10))
        told_ = [one for one in mailbox.letters if one["To"] == "hello@shop.example"][-1]
        said = plain(told_).replace("\r\n", "\n")
        assert f"evil@example.org\u2069, which is not the customer’s address:\n\n{words}" in said
        assert order.customer is not None
        assert order.customer.name not in str(told_["Subject"])


def test_what_staff_answer_goes_below_the_letter_it_answers_and_is_no_programs(port: int, mailbox: Mailbox) -> None:
    """D7: one conversation in mail programs; a notice of a status says that a program wrote it."""
    case = replied(port, mailbox, letter("Is it blue?", message_id="<7@mail.example>"))
    answer(case, Written("Yes."), actor(case.shop), now=NOW)
    send(NOW + timedelta(minutes=10))
    first = next(one for one in mailbox.letters if "Yes." in plain(one))
    assert first["In-Reply-To"] == "<7@mail.example>"
    assert first["References"].split()[-1] == "<7@mail.example>"
    assert "Auto-Submitted" not in first
    answer(requests()[0], Written("And warm."), actor(case.shop), now=NOW + timedelta(minutes=11))
    send(NOW + timedelta(minutes=20))
    second = mailbox.letters[-1]
    assert str(first["Message-ID"]) in second["References"].split()
    assert all(one["Auto-Submitted"] for one in mailbox.letters if one not in (first, second))


@pytest.mark.parametrize("language", ["en", "ar", "fa", "uk", "zh-hant"])
def test_what_staff_write_to_a_customer_on_an_order_is_a_persons_letter_that_can_be_answered(
    port: int, mailbox: Mailbox, language: str
) -> None:
    """D7: below the order's other letters, of no program, without the words of a status; the answer comes in."""
    shop = make_shop(language=language, languages=[language])
    order = make_order(shop, language=language)
    move(order, "on-hold")
    send(NOW + timedelta(minutes=5))
    news = mailbox.letters[-1]
    for minutes, words in ((6, "Your cup has a crack. Take a blue one?"), (20, "We still have three.")):
        assert write_to(shop, order.pk, words, actor(shop), now=NOW + timedelta(minutes=minutes), by_person=True)
        send(NOW + timedelta(minutes=minutes + 5))
    first, second = mailbox.letters[-2:]
    assert "Auto-Submitted" not in first and "List-Unsubscribe" not in first
    assert (first["In-Reply-To"], second["In-Reply-To"]) == (news["Message-ID"], first["Message-ID"])
    assert second["References"].split() == [str(one["Message-ID"]) for one in (news, first)]
    assert first["Subject"] == second["Subject"] and order.code in str(first["Subject"])
    said = plain(first)
    assert "Your cup has a crack" in said and f"/t/{order.token}/help/" in said
    assert order.flow.status("on-hold").name.say(language) not in said
    assert order.customer is not None
    answer_ = letter("Yes, blue.", sender=order.customer.email)
    assert post(port, answer_, to=first["Reply-To"].addresses[0].addr_spec)[0] == 250
    (case,) = requests()
    assert queries.request_of(case).about == order
    assert [one.text for one in queries.thread(case)] == ["Yes, blue."]
