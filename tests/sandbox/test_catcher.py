"""The catcher keeps what practice shops send, shows it to their staff, and is not there for anybody else."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from tartib.mailbox.server import Mailbox
from tartib.notify import service
from tartib.notify.models import Message, MessageKind
from tartib.notify.replying import reply_address
from tartib.notify.sms import providers
from tartib.notify.sms.protocol import Text
from tartib.sandbox.mail import catching
from tartib.sandbox.models import Caught, Kind
from tartib.sandbox.operations import KEPT, catch_email, catch_sms
from tartib.shops.models import Shop
from tartib.support.operations import Written, answer, ask
from tartib.support.queries import thread
from tests.factories import PASSWORD, actor, make_order, make_shop, make_user
from tests.services import MailServer

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def _letter(key: str = "k1") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Крамниця <tartib@example.com>"
    message["To"] = "olena@example.com"
    message["Subject"] = "Ваше замовлення вирушило"
    message["Idempotency-Key"] = key
    message.set_content("Вітаємо")
    message.add_alternative("<p>Вітаємо</p>", subtype="html")
    message["Content-Language"] = "uk"
    return message


@pytest.fixture
def practice(db: None) -> Shop:
    return make_shop(practice=True, language="uk")


@pytest.fixture
def staff(practice: Shop, client: Client) -> Client:
    assert practice.default_owner is not None
    client.force_login(practice.default_owner.user)
    return client


@pytest.mark.django_db(transaction=True)
def test_an_email_sent_by_smtp_is_kept_decoded_and_once() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with catching("127.0.0.1", port), smtplib.SMTP("127.0.0.1", port) as sender:
        for _attempt in range(2):
            sender.send_message(_letter())

    [caught] = Caught.objects.all()
    assert (caught.kind, caught.recipient, caught.sender) == (Kind.EMAIL, "olena@example.com", "Крамниця")
    assert (caught.subject, caught.language) == ("Ваше замовлення вирушило", "uk")
    assert "<p>Вітаємо</p>" in caught.html
    assert caught.text.strip() == "Вітаємо"


def test_an_sms_of_a_practice_shop_is_kept_once(practice: Shop) -> None:
    """D12: it goes nowhere else, and a repetition is the same message."""
    text = Text(uuid4(), "+380500000001", "Ваше замовлення вирушило", NOW)
    account = service.of(practice)
    assert account is not None
    for _attempt in range(2):
        providers()[account.provider].send(account, text)
    [caught] = Caught.objects.all()
    assert (caught.kind, caught.recipient, caught.text) == (Kind.SMS, "+380500000001", "Ваше замовлення вирушило")


def test_without_practice_shops_there_is_no_catcher(client: Client, db: None) -> None:
    assert client.get("/practice/").status_code == 404


def test_only_staff_of_practice_shops_see_what_was_caught(client: Client, practice: Shop) -> None:
    catch_email(_letter().as_bytes(), ["olena@example.com"], now=NOW)
    caught = Caught.objects.get()
    assert client.get("/practice/")["Location"].startswith("/sign-in/")
    assert client.get(f"/practice/mail/{caught.pk}/").status_code == 404
    stranger = make_shop().default_owner
    assert stranger is not None
    client.force_login(stranger.user)
    assert client.get("/practice/").status_code == 404
    assert client.get(f"/practice/mail/{caught.pk}/").status_code == 404
    nobody = make_user()
    assert client.login(email=nobody.email, username=nobody.email, password=PASSWORD)
    assert client.get("/practice/").status_code == 404


def test_the_page_shows_both_kinds_and_then_only_what_is_new(staff: Client) -> None:
    catch_email(_letter().as_bytes(), ["olena@example.com"], now=NOW)
    first = Caught.objects.get().pk
    page = staff.get("/practice/").content.decode()
    assert "Ваше замовлення вирушило" in page
    assert f"?after={first}" in page
    assert staff.get(f"/practice/?after={first}").status_code == 204

    catch_sms("+380500000001", "<b>Привіт</b>", "", now=NOW)
    more = staff.get(f"/practice/?after={first}").content.decode()
    assert "&lt;b&gt;Привіт&lt;/b&gt;" in more
    assert "olena@example.com" not in more


def test_an_emails_html_is_shown_without_powers(staff: Client) -> None:
    catch_email(_letter().as_bytes(), ["olena@example.com"], now=NOW)
    answer = staff.get(f"/practice/mail/{Caught.objects.get().pk}/")
    assert b"<p>" in answer.content
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    """The port at which answers are taken in."""
    settings.TARTIB_INBOUND_DOMAIN = "reply.localhost"
    server = MailServer(Mailbox(), hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
    server.start()
    settings.TARTIB_INBOUND = ("127.0.0.1", server.port)
    yield server.port
    server.stop()


@pytest.mark.django_db(transaction=True)
def test_whoever_practises_answers_as_the_customer(practice: Shop, staff: Client, port: int) -> None:
    """D7, D12: an answer from the catcher goes the way of every e-mail, into the request."""
    case = ask(practice, Written("Чи є більший?"), now=NOW, about=make_order(practice))
    answer(case, Written("Є, у четвер."), actor(practice), now=NOW)
    message = Message.objects.get(case=case, kind=MessageKind.REPLY)
    letter = _letter()
    letter["Reply-To"] = reply_address(message.key)
    catch_email(letter.as_bytes(), ["olena@example.com"], now=NOW)
    catch_email(_letter("k2").as_bytes(), ["olena@example.com"], now=NOW)
    there, nowhere = (f"/practice/mail/{caught.pk}/reply/" for caught in Caught.objects.order_by("pk"))
    page = staff.get("/practice/").content.decode()
    assert there in page and nowhere not in page
    assert staff.post(nowhere, {"words": "Дякую"}).status_code == 404
    for words in (" ", "Дякую"):
        said = staff.post(there, {"words": words}, follow=True).content.decode()
    assert "among the support requests" in said
    assert [one.text for one in thread(case)] == ["Чи є більший?", "Є, у четвер.", "Дякую"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_not_taken_in_says_why(practice: Shop, staff: Client, port: int) -> None:
    letter = _letter()
    letter["Reply-To"] = reply_address(uuid4())
    catch_email(letter.as_bytes(), ["olena@example.com"], now=NOW)
    said = staff.post(f"/practice/mail/{Caught.objects.get().pk}/reply/", {"words": "Дякую"}, follow=True)
    assert "The mailbox knows no such address any more" in said.content.decode()


def test_old_messages_go_when_there_are_too_many(db: None) -> None:
    Caught.objects.bulk_create(Caught(kind=Kind.SMS, recipient="+1", text=str(n), at=NOW) for n in range(KEPT))
    catch_sms("+1", "newest", "", now=NOW)
    assert Caught.objects.count() == KEPT
    assert Caught.objects.order_by("-pk")[0].text == "newest"


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"Subject: =?utf-8?b?!!!?=\r\n\r\nx", b"Content-Type: x/y\r\n\r\n", b"From: \x00@"]
)
def test_hostile_mail_is_kept_without_harm(db: None, raw: bytes) -> None:
    catch_email(raw, ["a@example.com"], now=NOW)
    catch_sms("+1\x00", "\x00", "\x00", now=NOW)
    assert Caught.objects.count() == 2
