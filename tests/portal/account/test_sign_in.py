"""Coming in to an account at its pages, and what is seen there."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tartib.cases import queries
from tartib.cases.models import Case
from tartib.customers.identity import Session
from tartib.customers.operations import CustomerDraft
from tartib.customers.queries import digest
from tartib.customers.signing_in import open_session
from tartib.public.sessions import account_cookie
from tartib.shops.models import Shop
from tests.factories import make_account, make_order, make_orders, make_shop, move, pay
from tests.notify.sending import send
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

JO = CustomerDraft("Jo Reed", "jo@example.com", "+380501112233")


def open_account(shop: Shop, address: str = "jo@example.com", *, client: Client | None = None) -> Client:
    """A browser in which the account of that address is open."""
    client = client or Client()
    token = open_session(make_account(shop, address), "", "127.0.0.1", now=timezone.now())
    client.cookies[account_cookie(shop)] = token
    return client


def test_a_customer_signs_in_by_code_and_finds_their_orders(mailbox: Mailbox) -> None:
    """Issue 3: address, code from the letter, home; the session is a row, the cookie is for no script."""
    shop = make_shop()
    case = make_order(shop, customer=JO)
    visitor = Client()
    there = visitor.get(f"/a/{shop.slug}/orders/{case.code}/")
    assert there.status_code == 302
    asked = visitor.post(there.headers["Location"], {"address": " Jo@Example.com", "next": f"/a/{shop.slug}/"})
    assert asked.status_code == 302
    page = visitor.get(asked.headers["Location"])
    assert "j•••@example.com" in page.content.decode()
    send(timezone.now())
    found = re.search(r"\b\d{6}\b", _said(mailbox))
    assert found
    wrong = visitor.post(asked.headers["Location"], {"code": "000000" if found[0] != "000000" else "111111"})
    assert wrong.status_code == 422
    entered = visitor.post(asked.headers["Location"], {"code": found[0], "next": f"/a/{shop.slug}/orders/{case.code}/"})
    assert entered.headers["Location"] == f"/a/{shop.slug}/orders/{case.code}/"
    cookie = visitor.cookies[account_cookie(shop)]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    home = visitor.get(f"/a/{shop.slug}/")
    assert case.code in home.content.decode()
    assert "no-store" in home.headers["Cache-Control"]
    assert Session.objects.count() == 1
    visitor.post(f"/a/{shop.slug}/out/")
    assert Session.objects.count() == 0
    assert visitor.get(f"/a/{shop.slug}/").status_code == 302


def _said(mailbox: Mailbox) -> str:
    """The text of the letter that brings a code."""
    letter = next(one for one in mailbox.letters if "code" in one["Subject"])
    return str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_over_https_the_cookie_is_of_this_host_alone(settings: Settings) -> None:
    """X6: `__Host-`: secure, without a domain, for the whole host."""
    settings.SESSION_COOKIE_SECURE = True
    shop = make_shop()
    assert account_cookie(shop) == f"__Host-account-{shop.slug}"
    visitor = Client()
    visitor.post(f"/a/{shop.slug}/in/", {"address": "jo@example.com"}, secure=True)
    cookie = visitor.cookies[f"__Host-code-{shop.slug}"]
    assert cookie["secure"]
    assert cookie["domain"] == ""


@pytest.mark.parametrize("address", ["jo@example.com", "nobody@example.com"])
def test_the_answer_is_one_whether_somebody_is_known_or_not(address: str) -> None:
    """Issue 3: nobody learns from the sign-in who buys here."""
    shop = make_shop()
    make_account(shop, "jo@example.com")
    visitor = Client()
    answer = visitor.post(f"/a/{shop.slug}/in/", {"address": address})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/a/{shop.slug}/in/code/?next=%2Fa%2F{shop.slug}%2F",
    )
    assert visitor.post(f"/a/{shop.slug}/in/password/", {"address": address, "password": "x"}).status_code == 422


def test_without_an_sms_service_a_phone_is_not_asked_for() -> None:
    """A code that would never come is not promised."""
    shop = make_shop(country="UA")
    answer = Client().post(f"/a/{shop.slug}/in/", {"address": "0501112233"})
    assert answer.status_code == 422
    assert "Write an e-mail address." in answer.content.decode()


def test_home_shows_all_cases_open_ones_first() -> None:
    """Issue 3: one home; the number of queries is the same for one order and for three."""
    shop = make_shop()
    done = make_order(shop, customer=JO)
    pay(done)
    move(done, "completed")
    client = open_account(shop)
    counts = []
    for more in (1, 2):
        make_orders(shop, more, customer=JO)
        client.get(f"/a/{shop.slug}/")
        with CaptureQueriesContext(connection) as asked:
            text = client.get(f"/a/{shop.slug}/").content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
    codes = re.findall(r"/orders/([^/]+)/", text)
    assert codes[-1] == done.code
    assert len(codes) == 4


def test_home_goes_on_where_a_page_ends() -> None:
    """Every case is on exactly one page, open and closed ones."""
    shop = make_shop()
    cases = make_orders(shop, 5, customer=JO)
    for case in cases[:3]:
        pay(case)
        move(case, "completed")
    seen: list[Case] = []
    cursor = ""
    for _page in range(3):
        page = queries.of_customers(shop, [cases[0].customer_id or 0], cursor=cursor, size=2)
        seen += page.cases
        cursor = page.following
    assert cursor == ""
    assert [case.closed_at is not None for case in seen] == [False, False, True, True, True]
    assert {case.pk for case in seen} == {case.pk for case in cases}
    assert queries.of_customers(shop, [cases[0].customer_id or 0], cursor="nonsense").cases


def test_a_case_in_the_account_shows_what_its_own_page_shows() -> None:
    """Issue 3: case page is the tracking page's content; another customer's is not there."""
    shop = make_shop()
    case, other = make_order(shop, customer=JO), make_order(shop)
    client = open_account(shop)
    text = client.get(f"/a/{shop.slug}/orders/{case.code}/").content.decode()
    assert "Gift card" in text
    assert "pro-forma.pdf" in text
    assert client.get(f"/a/{shop.slug}/orders/{other.code}/").status_code == 404


def test_sessions_are_listed_and_can_be_ended() -> None:
    """Issue 3: sessions listed and revocable, sign-out everywhere."""
    shop = make_shop()
    here, there = open_account(shop), open_account(shop)
    other = Session.objects.get(digest=digest(there.cookies[account_cookie(shop)].value))
    assert f"/security/sessions/{other.pk}/end/" in here.get(f"/a/{shop.slug}/security/").content.decode()
    here.post(f"/a/{shop.slug}/security/sessions/{other.pk}/end/")
    assert there.get(f"/a/{shop.slug}/").status_code == 302
    there = open_account(shop)
    here.post(f"/a/{shop.slug}/security/sessions/end/")
    assert there.get(f"/a/{shop.slug}/").status_code == 302
    assert here.get(f"/a/{shop.slug}/").status_code == 200


def test_a_password_is_set_and_changed_by_who_knows_it() -> None:
    """Issue 3: optional password; a weak one and a change without the old one are refused."""
    shop = make_shop()
    client = open_account(shop)
    there = f"/a/{shop.slug}/security/password/"
    assert client.post(there, {"password": "12345"}).status_code == 422
    assert client.post(there, {"password": "a long and good one"}).status_code == 302
    assert client.post(there, {"password": "a longer and better one", "current": "wrong"}).status_code == 422
    change = {"password": "a longer and better one", "current": "a long and good one"}
    assert client.post(there, change).status_code == 302
    fresh = Client()
    known = {"address": "jo@example.com", "password": "a longer and better one"}
    assert fresh.post(f"/a/{shop.slug}/in/password/", known).status_code == 302
    assert fresh.get(f"/a/{shop.slug}/").status_code == 200
    client.post(f"{there}none/")
    assert Client().post(f"/a/{shop.slug}/in/password/", known).status_code == 422


def test_a_shop_on_its_own_domain_has_its_accounts_there() -> None:
    """B1: the same addresses without the shop's name; the way to the sign-in stays on the domain."""
    make_shop(domain="shop.example")
    answer = Client().get("/a/", headers={"host": "shop.example"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/a/in/?next=")


@pytest.mark.parametrize("there", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(there: str) -> None:
    """X6: what a link brings along to go on to never leaves this host."""
    shop = make_shop()
    client = open_account(shop)
    assert client.get(f"/a/{shop.slug}/in/", {"next": there}).headers["Location"] == f"/a/{shop.slug}/"
