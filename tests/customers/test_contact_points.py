"""An account's e-mail address and phone: a second one proved, changed, given up; two accounts of one person."""

from __future__ import annotations

import pytest

from tartib.customers import address_book
from tartib.customers.address import Address
from tartib.customers.addresses import EMAIL, SMS, ContactPoint
from tartib.customers.contact_points import LastOne, give_up, prove
from tartib.customers.identity import Account, SavedAddress
from tartib.customers.models import Customer
from tartib.customers.operations import CustomerDraft
from tartib.customers.queries import customers
from tests.factories import NOW, make_account, make_order, make_shop

pytestmark = pytest.mark.django_db
PHONE = "+380501112233"


def test_a_proved_phone_opens_the_account_and_brings_its_orders() -> None:
    """Issue 3: an account opened by e-mail adds a phone; what was ordered with that phone alone is in it."""
    shop = make_shop()
    case = make_order(shop, customer=CustomerDraft("Jo", "", PHONE))
    account = make_account(shop, "jo@example.com")
    assert case.customer_id not in customers(account)
    assert not prove(account, ContactPoint(SMS, PHONE), now=NOW)
    account.refresh_from_db()
    assert (account.email, account.phone) == ("jo@example.com", PHONE)
    assert case.customer_id in customers(account)
    assert make_account(shop, PHONE) == account


def test_a_changed_address_takes_the_orders_along_and_the_shop_writes_to_the_new_one() -> None:
    """Issue 3: the former address opens nothing any more."""
    shop = make_shop()
    case = make_order(shop, customer=CustomerDraft("Jo", "jo@example.com", PHONE))
    account = make_account(shop, "jo@example.com")
    prove(account, ContactPoint(EMAIL, "new@example.com"), now=NOW)
    account.refresh_from_db()
    assert customers(account) == [case.customer_id]
    assert Customer.objects.get(cases=case).email == "new@example.com"
    assert make_account(shop, "jo@example.com") != account


def test_the_last_address_stays() -> None:
    """Issue 3: an account that nobody could open any more is not left behind."""
    account = make_account(make_shop(), "jo@example.com")
    with pytest.raises(LastOne):
        give_up(account, EMAIL, now=NOW)
    prove(account, ContactPoint(SMS, PHONE), now=NOW)
    give_up(account, EMAIL, now=NOW)
    account.refresh_from_db()
    assert (account.email, account.phone) == ("", PHONE)


def test_two_accounts_of_one_person_become_one_when_both_are_proved() -> None:
    """Issue 3: orders, addresses and carts of the other are here; it is gone."""
    shop = make_shop()
    case = make_order(shop, customer=CustomerDraft("Jo", "", PHONE))
    other, mine = make_account(shop, PHONE), make_account(shop, "jo@example.com")
    for account, street in ((other, "1 Old Road"), (mine, "2 New Road")):
        address_book.keep(account, Address(name="Jo", line1=street), now=NOW)
    assert prove(mine, ContactPoint(SMS, PHONE), now=NOW)
    mine.refresh_from_db()
    assert Account.objects.get() == mine
    assert case.customer_id in customers(mine)
    saved = SavedAddress.objects.filter(account=mine).values_list("parts__line1", "usual")
    assert set(saved) == {("1 Old Road", False), ("2 New Road", True)}


def test_a_phone_that_found_a_new_owner_does_not_bring_the_former_ones_account() -> None:
    """X6: who has an e-mail address besides keeps their account, and loses the number alone."""
    shop = make_shop()
    former, mine = make_account(shop, "former@example.com"), make_account(shop, "jo@example.com")
    prove(former, ContactPoint(SMS, PHONE), now=NOW)
    assert prove(mine, ContactPoint(SMS, PHONE), now=NOW)
    former.refresh_from_db()
    mine.refresh_from_db()
    assert (former.email, former.phone, mine.phone) == ("former@example.com", "", PHONE)
