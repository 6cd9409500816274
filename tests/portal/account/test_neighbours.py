"""Behind one address: somebody who has codes sent all day, and everybody else, who comes in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tartib.customers import signing_in
from tartib.customers.addresses import ContactPoint
from tartib.notify.models import Message
from tartib.shops.models import Shop
from tests.factories import NOW, make_account, make_shop
from tests.public.tills import CARRIER, CODE

pytestmark = pytest.mark.django_db

HOURS = 8


class Browser:
    """A browser behind the carrier's address, with the cookies and the forms that it was given."""

    def __init__(self, shop: Shop) -> None:
        self.client, self.there = Client(enforce_csrf_checks=True, REMOTE_ADDR=CARRIER), f"/a/{shop.slug}/in/"
        self.form = self.secret(self.there)

    def secret(self, there: str) -> dict[str, str]:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.client.get(there).content.decode())
        assert found
        return {"csrfmiddlewaretoken": found[1]}

    def ask(self, address: str) -> str:
        """Have a code sent; where it is typed."""
        return self.client.post(self.there, self.form | {"address": address}).headers["Location"]

    def comes_in(self, address: str) -> bool:
        """Whether a code came, and opens the account."""
        before = Message.objects.filter(recipient=address).count()
        there = self.ask(address)
        if Message.objects.filter(recipient=address).count() == before:
            return False
        entered = self.client.post(there, self.secret(there) | {"code": CODE})
        return entered.status_code == 302


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(signing_in, "new_code", lambda: CODE)
    monkeypatch.setitem(signing_in.CODES_UNUSED, "email", 10)
    return make_shop()


def test_who_has_codes_sent_all_day_uses_up_his_own_and_no_neighbours(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One browser hammers made-up addresses every hour of a day; newcomers and customers behind the address come in."""
    abuser, clock = Browser(shop), [NOW]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[0])
    for hour in range(HOURS):
        clock[0] = NOW + timedelta(hours=hour, minutes=1)
        for number in range(signing_in.CODES_UNUSED["email"] + 2):
            abuser.ask(f"made-up{hour}-{number}@example.com")
        assert Browser(shop).comes_in(f"neighbour{hour}@example.com")
    sent = Message.objects.filter(recipient__startswith="made-up").count()
    assert sent == HOURS * signing_in.CODES_UNUSED_OF_BROWSER
    assert Browser(shop).comes_in("neighbour0@example.com"), "and again, from another browser"


def test_who_is_another_browser_each_time_keeps_out_no_customer(shop: Shop) -> None:
    """Against made-up browsers the measure is the address; whom the shop knows is not counted with made-up ones."""
    make_account(shop, "jo@example.com")
    for number in range(signing_in.CODES_UNUSED["email"] + 3):
        Browser(shop).ask(f"made-up{number}@example.com")
    assert Message.objects.count() == signing_in.CODES_UNUSED["email"] + 1
    assert not Browser(shop).comes_in("new@example.com"), "who is new waits for the next minute"
    assert Browser(shop).comes_in("jo@example.com")


def test_wrong_codes_and_passwords_count_for_their_browser_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "WRONG_OF_VISITOR", signing_in.WRONG_OF_BROWSER + 2)
    account = make_account(shop, "jo@example.com")
    signing_in.set_password(account, "a good long password")
    mine, other = ContactPoint("email", "jo@example.com"), ContactPoint("email", "other@example.com")
    for _try in range(signing_in.WRONG_OF_BROWSER + 20):
        assert signing_in.by_password(shop, other, "wrong", CARRIER, now=NOW, browser="his") is None
    assert signing_in.by_password(shop, mine, "a good long password", CARRIER, now=NOW, browser="mine") == account
    for number in range(signing_in.WRONG_OF_BROWSER + 20):
        made_up = ContactPoint("email", f"made-up{number}@example.com")
        token = signing_in.ask_code(shop, made_up, "en", CARRIER, now=NOW, browser=f"{number}", code=CODE)
        assert signing_in.redeem(shop, token, "000000", CARRIER, now=NOW, browser="his") is None
    token = signing_in.ask_code(shop, mine, "en", CARRIER, now=NOW, browser="mine", code=CODE)
    assert signing_in.redeem(shop, token, "000000", CARRIER, now=NOW, browser="mine") is None
    assert signing_in.redeem(shop, token, CODE, CARRIER, now=NOW, browser="mine") is not None, "a slip is forgiven"
