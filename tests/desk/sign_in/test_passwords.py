"""A forgotten password: the link, who gets it, and what it is good for."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tartib.desk import jobs
from tartib.desk.sign_in import passwords, recovery
from tartib.notify.models import State
from tartib.shops.models import User
from tests.factories import PASSWORD, make_shop, make_staff, make_user
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

ANOTHER = "a sentence that nobody guesses"


def waiting() -> list[int]:
    """The accounts for which a link is to be sent; 0 for nobody's. No job holds an address."""
    return [job.args["user_id"] for job in ProcrastinateJob.objects.filter(task_name="desk.send_password_link")]


def link_of(mailbox: Mailbox) -> str:
    """The link of the last letter, as an address of this server."""
    body = mailbox.letters[-1].get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://[^/]+(/new-password/[^\s]+)", body.get_content())
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A new password for Tartib"),
        ("ar", "كلمة مرور جديدة"),
        ("fa", "گذرواژهٔ تازه"),
        ("uk", "Новий пароль"),
        ("zh-hant", "新密碼"),
    ],
)
def test_a_forgotten_password_is_replaced_by_a_link(mailbox: Mailbox, language: str, words: str) -> None:
    """B4, X5: in the reader's language, once, and every other session ends."""
    user = make_staff(make_shop())
    User.objects.filter(pk=user.pk).update(language=language)
    elsewhere, client = Client(), Client()
    elsewhere.login(username=user.email, password=PASSWORD)
    assert client.post("/forgotten/", {"email": user.email.upper()})["Location"] == "/forgotten/?sent=1"
    (user_id,) = waiting()
    jobs.send_password_link(user_id=user_id)
    assert words in mailbox.letters[0]["Subject"]
    assert mailbox.letters[0]["To"] == user.email
    link = link_of(mailbox)
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": "short"}).status_code == 422
    answer = client.post(link, {"password": ANOTHER})
    assert answer["Location"] == "/desk/"
    assert answer.cookies["django_language"].value == language
    assert client.get("/desk/").status_code == 302
    assert "/sign-in/" in elsewhere.get("/desk/")["Location"]
    assert Client().login(username=user.email, password=ANOTHER)
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": ANOTHER}).status_code == 404


def test_the_answer_does_not_tell_who_works_here(mailbox: Mailbox) -> None:
    left, shopless = make_staff(make_shop()), make_user()
    left.memberships.update(active=False)
    answers = []
    for email in (make_staff(make_shop()).email, left.email, shopless.email, "nobody@example.com"):
        answer = Client().post("/forgotten/", {"email": email}, follow=True)
        answers.append((answer.status_code, re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content)))
    assert len(set(answers)) == 1
    assert len(waiting()) == 4
    for user_id in waiting():
        jobs.send_password_link(user_id=user_id)
    assert len(mailbox.letters) == 1


def test_nobody_is_flooded_with_links() -> None:
    """Not one mailbox, nor many by one household, however many addresses of IPv6 it has."""
    for _time in range(passwords.ASKED_FOR_EMAIL + 3):
        assert Client().post("/forgotten/", {"email": "one@example.com"}).status_code == 302
    assert len(waiting()) == passwords.ASKED_FOR_EMAIL
    for number in range(passwords.ASKED_FROM_ADDRESS):
        for _again in range(2):
            answer = Client().post(
                "/forgotten/", {"email": f"x{number}@example.com"}, REMOTE_ADDR=f"2001:db8:1:2::{number:x}"
            )
            assert answer.status_code == 302
    assert len(waiting()) == passwords.ASKED_FOR_EMAIL + passwords.ASKED_FROM_ADDRESS
    two = make_user()
    Client().post("/forgotten/", {"email": two.email}, REMOTE_ADDR="10.1.1.1")
    assert two.pk in waiting()


def test_a_mail_server_that_is_away_is_tried_again(mailbox: Mailbox) -> None:
    user = make_staff(make_shop())
    mailbox.to_letter = "451 Later"
    with pytest.raises(jobs.NotYet):
        jobs.send_password_link(user_id=user.pk)
    mailbox.to_letter = "550 Never"
    jobs.send_password_link(user_id=user.pk)
    answer = recovery.send_link(user.pk)
    assert answer is not None
    assert answer.state == State.FAILED


@pytest.mark.parametrize("uid", ["MQ", "x", "-", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_link_that_is_none_is_refused(uid: str) -> None:
    answer = Client().get(f"/new-password/{uid}/no-token/")
    assert answer.status_code == 404
    assert b"/forgotten/" in answer.content


def test_an_address_that_cannot_be_one_is_said_to_be(client: Client) -> None:
    assert client.post("/forgotten/", {"email": "no address"}).status_code == 422
    assert waiting() == []
