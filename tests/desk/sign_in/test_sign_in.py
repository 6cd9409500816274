"""Coming in and going out, and who finds which shop."""

import re
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tartib.desk import jobs
from tartib.desk.sign_in import devices
from tartib.shops import signing_in
from tartib.shops.models import Role, User
from tartib.shops.operations import change_shop, employ
from tests.factories import PASSWORD, make_shop, make_staff, make_user
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def test_nobody_is_sent_to_sign_in_and_back(client: Client) -> None:
    shop = make_shop()
    wanted = reverse("desk:orders", args=[shop.slug])
    answer = client.get(wanted)
    assert answer["Location"] == f"/sign-in/?next={wanted}"
    user = make_staff(shop)
    answer = client.post("/sign-in/", {"email": user.email.upper(), "password": PASSWORD, "next": wanted})
    assert answer["Location"] == wanted


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client) -> None:
    url = reverse("desk:orders", args=[make_shop().slug])
    answer = client.get(url, headers={"HX-Request": "true", "HX-Current-URL": url})
    assert answer["HX-Redirect"].startswith("/sign-in/?next=")


ELSEWHERE = "203.0.113.9"


def try_in(client: Client, email: str, password: str = "wrong", address: str = ELSEWHERE) -> Any:
    """The answer to an attempt to come in."""
    return client.post("/sign-in/", {"email": email, "password": password}, REMOTE_ADDR=address)


def exhaust(email: str, *, address: str = ELSEWHERE) -> None:
    """Guess at a password until it may not be guessed at any more."""
    for _try in range(signing_in.TRIES_OF_EMAIL):
        assert try_in(Client(), email, address=address).status_code == 422


def codes() -> list[dict[str, Any]]:
    """The codes that wait to be sent."""
    return [job.args for job in ProcrastinateJob.objects.filter(task_name="desk.send_sign_in_code")]


def test_wrong_password_and_unknown_address_are_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page, and the same work done for it: a password is compared in either case."""
    user = make_staff(make_shop())
    hashed = Mock(wraps=hashers.MD5PasswordHasher.encode)
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *given: hashed(*given))
    pages, hashes = [], []
    for email in (user.email, "nobody@example.com"):
        hashed.reset_mock()
        answer = try_in(Client(), email)
        pages.append(re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content.replace(email.encode(), b"")))
        hashes.append(hashed.call_count)
    assert pages[0] == pages[1]
    assert hashes[0] == hashes[1] == 1


@pytest.mark.parametrize("exists", [True, False])
def test_past_the_limit_a_code_is_asked_for_of_everybody_alike(exists: bool, mailbox: Mailbox) -> None:
    """The door is not closed: whoever reads the mailbox comes in. Nobody learns whether there is such an account."""
    email = make_staff(make_shop()).email if exists else "nobody@example.com"
    exhaust(email)
    client = Client()
    answer = try_in(client, email, PASSWORD)
    assert answer["Location"] == "/sign-in/code/?next=%2Fdesk%2F"
    assert email in client.get(answer["Location"]).content.decode()
    (args,) = codes()
    assert email not in str(args)
    jobs.send_sign_in_code(**args)
    assert len(mailbox.letters) == exists
    assert client.post("/sign-in/code/", {"code": "AAAA-AAAA"}).status_code == 422
    if exists:
        body = mailbox.letters[0].get_body(("plain",))
        assert body is not None
        found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", body.get_content())
        assert found is not None
        assert client.post("/sign-in/code/", {"code": found[0].lower()})["Location"] == "/sign-in/?next=%2Fdesk%2F"
        assert f'value="{email}"' in client.get("/sign-in/").content.decode()
        assert try_in(client, email, PASSWORD)["Location"] == "/desk/"


def test_who_was_here_before_is_not_kept_out_by_strangers() -> None:
    user = make_staff(make_shop())
    mine = Client()
    assert try_in(mine, user.email, PASSWORD, "10.1.1.1").status_code == 302
    mine.post("/sign-out/")
    exhaust(user.email)
    assert try_in(Client(), user.email, PASSWORD, "10.1.1.1")["Location"].startswith("/sign-in/code/")
    assert try_in(mine, user.email, PASSWORD, ELSEWHERE)["Location"] == "/desk/"


def test_a_known_browser_has_tries_of_its_own_and_no_more() -> None:
    user, other = make_staff(make_shop()), make_staff(make_shop())
    mine = Client()
    try_in(mine, user.email, PASSWORD)
    mine.post("/sign-out/")
    exhaust(other.email)
    assert try_in(mine, other.email)["Location"].startswith("/sign-in/code/"), "it is known to its own account alone"
    for _try in range(signing_in.TRIES_OF_DEVICE):
        assert try_in(mine, user.email).status_code == 422
    assert try_in(mine, user.email, PASSWORD)["Location"].startswith("/sign-in/code/")
    mine.cookies[devices.COOKIE] = "forged:" + mine.cookies[devices.COOKIE].value
    assert try_in(mine, user.email, PASSWORD).status_code == 302


def test_signing_in_rightly_is_no_guess() -> None:
    user = make_staff(make_shop())
    for _time in range(signing_in.TRIES_OF_EMAIL + 2):
        assert try_in(Client(), user.email, PASSWORD)["Location"] == "/desk/"


def test_one_household_cannot_try_many_people() -> None:
    """Of IPv6 a household has countless addresses; behind a carrier's many are proved by a code."""
    user = make_user()
    for number in range(signing_in.TRIES_OF_ADDRESS):
        try_in(Client(), f"x{number}@example.com", address=f"2001:db8:1:2::{number:x}")
    assert try_in(Client(), user.email, PASSWORD, "2001:db8:1:2:9::1")["Location"].startswith("/sign-in/code/")
    assert try_in(Client(), user.email, PASSWORD, "2001:db8:1:3::1")["Location"] == "/desk/"


def test_codes_do_not_flood_and_cannot_be_used_up() -> None:
    """A stranger who has codes sent sends its owner the very code that works; guessing at it ends soon."""
    user = make_staff(make_shop())
    exhaust(user.email)
    for number in range(6):
        assert try_in(Client(), user.email, address=f"198.51.100.{number}").status_code == 302
    assert len(codes()) == signing_in.LETTERS
    mine, now = Client(), timezone.now()
    try_in(mine, user.email)
    for number in range(signing_in.CODE_TRIES + 1):
        thief = Client()
        if not number:
            try_in(thief, user.email)
            session = thief.cookies
        thief.cookies = session
        assert thief.post("/sign-in/code/", {"code": "22222222"}, REMOTE_ADDR="198.51.100.99").status_code == 422
    right = {"code": signing_in.code(user.email, now=now)}
    assert thief.post("/sign-in/code/", right, REMOTE_ADDR="198.51.100.99").status_code == 422
    assert mine.post("/sign-in/code/", right, REMOTE_ADDR=ELSEWHERE).status_code == 302


def test_a_code_ends() -> None:
    attempt, now = signing_in.Attempt("one@example.com", "203.0.113.1"), timezone.now()
    code = signing_in.code(attempt.email, now=now)
    assert signing_in.is_right(attempt, code, now=now + signing_in.CODE_HALF_LIFE)
    assert not signing_in.is_right(attempt, code, now=now + 2 * signing_in.CODE_HALF_LIFE)
    assert not signing_in.is_right(signing_in.Attempt("two@example.com", "203.0.113.1"), code, now=now)


@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example/x"])
def test_signing_in_leads_nowhere_else(client: Client, following: str) -> None:
    user = make_user()
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD, "next": following})
    assert answer["Location"] == "/desk/"


def test_signing_out_takes_a_form(client: Client) -> None:
    user = make_user()
    client.login(username=user.email, password=PASSWORD)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/desk/").status_code == 302


def test_one_shop_is_opened_at_once_and_several_are_offered(client: Client) -> None:
    first, second = make_shop(), make_shop()
    user = make_staff(first)
    client.login(username=user.email, password=PASSWORD)
    assert client.get("/desk/")["Location"] == f"/desk/{first.slug}/"
    employ(second, user, Role.MANAGER)
    page = client.get("/desk/").content.decode()
    assert first.name in page
    assert second.name in page


def test_shops_are_offered_in_the_order_of_the_readers_alphabet(client: Client) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(language="uk")
    for name in ("Їжак", "Яблуко", "Абетка"):
        shop = make_shop()
        change_shop(shop, name=name)
        employ(shop, user, Role.EXPERT)
    client.login(username=user.email, password=PASSWORD)
    page = client.get("/desk/").content.decode()
    assert re.findall("Абетка|Їжак|Яблуко", page) == ["Абетка", "Їжак", "Яблуко"]


def test_a_foreign_shop_answers_as_one_that_does_not_exist(client: Client) -> None:
    ours, theirs = make_shop(), make_shop()
    client.login(username=make_staff(ours).email, password=PASSWORD)
    foreign = client.get(reverse("desk:orders", args=[theirs.slug]))
    unknown = client.get(reverse("desk:orders", args=["no-such-shop"]))
    assert foreign.status_code == unknown.status_code == 404


def test_one_who_left_is_a_stranger(client: Client) -> None:
    shop = make_shop()
    user = make_staff(shop)
    user.memberships.update(active=False)
    client.login(username=user.email, password=PASSWORD)
    assert client.get(reverse("desk:orders", args=[shop.slug])).status_code == 404


def test_the_palette_finds_pages_and_jumps_to_a_code(client: Client) -> None:
    from tests.factories import make_order

    shop = make_shop()
    case = make_order(shop)
    client.login(username=make_staff(shop).email, password=PASSWORD)
    find = reverse("desk:find", args=[shop.slug])
    assert client.get(find, {"q": case.code.lower()})["Location"].endswith(f"/orders/{case.code}/")
    assert client.get(find, {"q": "customer"})["Location"].endswith("/orders/?text=customer")
    offered = client.get(find, {"q": "ord"}, headers={"HX-Request": "true"}).content.decode()
    assert "Orders" in offered
    assert case.code in client.get(find, {"q": case.code}, headers={"HX-Request": "true"}).content.decode()
