"""Taking one's data along, and having them erased, at the pages of an account."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from tartib.customers.identity import Account
from tartib.customers.models import Customer
from tartib.shops.models import Role
from tests.factories import make_order, make_shop, make_staff, move
from tests.notify.sending import send
from tests.portal.account.test_sign_in import JO, open_account
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def test_a_customer_downloads_their_data_a_few_times_an_hour() -> None:
    """Issue 3: one ZIP; not so often that it is a burden."""
    shop = make_shop()
    make_order(shop, customer=JO)
    client = open_account(shop)
    there = f"/a/{shop.slug}/data/download/"
    answer = client.post(there)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.getvalue()[:2] == b"PK"
    assert [client.post(there).status_code for _time in range(5)][-2:] == [200, 429]


def test_a_customer_erases_themselves_by_a_code_and_is_signed_out(mailbox: Mailbox) -> None:
    """Issue 3: not while an order is open; not by a wrong code; then the account is gone, here and everywhere."""
    shop = make_shop()
    case = make_order(shop, customer=JO)
    client, elsewhere = open_account(shop), open_account(shop)
    there = f"/a/{shop.slug}/data/erasure/"
    assert case.code in client.post(there).content.decode()
    move(case, "cancelled")
    page = client.post(there).content.decode()
    assert "j•••@example.com" in page
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    send(timezone.now())
    code = re.search(r"\b\d{6}\b", mailbox.letters[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert code
    wrong = "000000" if code[0] != "000000" else "111111"
    assert client.post(f"{there}code/", {"token": token, "code": wrong}).status_code == 422
    assert Account.objects.exists()
    gone = client.post(f"{there}code/", {"token": token, "code": code[0]})
    assert gone.status_code == 200
    assert "Your data are erased" in gone.content.decode()
    assert Customer.objects.get(cases=case).email == ""
    for browser in (client, elsewhere):
        assert browser.get(f"/a/{shop.slug}/").status_code == 302
    assert client.get(f"/t/{case.token}/").status_code == 404


def test_a_code_of_somebody_else_erases_nobody(mailbox: Mailbox) -> None:
    """Issue 3: the code is to be sent to an address of the account itself."""
    shop = make_shop()
    make_order(shop, customer=JO)
    other = open_account(shop, "else@example.com")
    (token,) = re.findall(r'name="token" value="([^"]+)"', other.post(f"/a/{shop.slug}/data/erasure/").content.decode())
    send(timezone.now())
    code = re.search(r"\b\d{6}\b", mailbox.letters[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert code
    answer = open_account(shop).post(f"/a/{shop.slug}/data/erasure/code/", {"token": token, "code": code[0]})
    assert answer.status_code == 422
    assert Account.objects.count() == 2


def test_a_manager_does_it_for_who_asks_otherwise_and_confirms_it() -> None:
    """Issue 3: a guest has rights too; those with the same e-mail are offered as the same person."""
    shop = make_shop()
    first, second = make_order(shop, customer=JO), make_order(shop, customer=JO.__class__("J. Reed", JO.email))
    for case in (first, second):
        move(case, "cancelled")
    desk = Client()
    desk.force_login(make_staff(shop, Role.MANAGER))
    there = f"/desk/{shop.slug}/customers/{first.customer_id}/"
    page = desk.get(there).content.decode()
    assert f'value="{second.customer_id}" checked' in page
    handed = desk.post(f"{there}download/", {"also": second.customer_id})
    assert handed.getvalue()[:2] == b"PK"
    assert desk.post(f"{there}erasure/", {"also": second.customer_id}).status_code == 422
    assert desk.post(f"{there}erasure/", {"also": second.customer_id, "asked": "on"}).status_code == 302
    assert set(Customer.objects.filter(shop=shop).values_list("email", "name")) == {("", "")}
    assert "was erased on" in desk.get(there).content.decode()
    timeline = desk.get(f"/desk/{shop.slug}/orders/{first.code}/").content.decode()
    assert "Personal data erased" in timeline
    assert "Jo Reed" not in timeline
