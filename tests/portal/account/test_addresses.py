"""Saved addresses, a second way to be reached, and the calendar, at the pages of an account and at checkout."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tartib.catalog.models import Product
from tartib.checkout.models import Cart
from tartib.checkout.operations import put_in
from tartib.customers.addresses import EMAIL, SMS, ContactPoint
from tartib.customers.contact_points import give_up, lost, prove
from tartib.customers.identity import Account, SavedAddress
from tartib.customers.models import Customer
from tartib.notify.models import Message
from tests.checkout.selling import make_selling_shop
from tests.factories import NOW, make_account, make_listing, make_order, make_shop
from tests.notify.sending import send
from tests.portal.account.test_sign_in import JO, open_account
from tests.services import Mailbox, plain

pytestmark = pytest.mark.django_db
HOME = {
    "name": "Jo Reed",
    "country": "UA",
    "line1": "1 River Street",
    "city": "Kyiv",
    "postcode": "01001",
    "phone": "0501112233",
}


def test_addresses_are_kept_changed_made_usual_and_removed() -> None:
    """Issue 3: the first is the usual one; when that is removed, the newest is; nobody else's can be touched."""
    shop = make_shop(country="UA")
    client = open_account(shop)
    there = f"/a/{shop.slug}/addresses/"
    assert client.post(there, HOME | {"line1": ""}).status_code == 422
    for street in ("1 River Street", "2 Hill Street", "2 Hill Street"):
        assert client.post(there, HOME | {"line1": street}).status_code == 302
    first, second = SavedAddress.objects.order_by("pk")
    assert (first.usual, second.usual, first.address.phone) == (True, False, "+380501112233")
    assert client.post(f"{there}{second.pk}/usual/").status_code == 302
    assert client.post(f"{there}{first.pk}/", HOME | {"city": "Lviv"}).status_code == 302
    assert client.post(f"{there}{second.pk}/remove/").status_code == 302
    left = SavedAddress.objects.get()
    assert (left.address.city, left.usual) == ("Lviv", True)
    stranger = open_account(shop, "else@example.com")
    for act in ("", "usual/", "remove/"):
        assert stranger.post(f"{there}{left.pk}/{act}", HOME).status_code == 404


def test_the_list_of_addresses_asks_as_often_for_one_as_for_three() -> None:
    shop = make_shop(country="UA")
    client = open_account(shop)
    there = f"/a/{shop.slug}/addresses/"
    asked = []
    for street in ("1 River Street", "2 Hill Street", "3 Sea Street"):
        client.post(there, HOME | {"line1": street})
        client.get(there)
        with CaptureQueriesContext(connection) as queries:
            client.get(there)
        asked.append(len(queries))
    assert asked[0] == asked[2]


def test_one_tap_at_checkout_takes_a_saved_address_and_a_new_one_is_kept_on_wish() -> None:
    """Issue 3: prefilled from the account; a tap leads to the next step; "keep" saves what was written."""
    shop = make_selling_shop()
    make_listing(shop)
    product = Product.objects.get(shop=shop)
    client = open_account(shop)
    client.post(f"/a/{shop.slug}/addresses/", HOME)
    there = f"/s/{shop.slug}/checkout/details/"
    client.post(f"/s/{shop.slug}/cart/add/", {"product": product.pk, "pieces": 1})
    cart = Cart.objects.filter(shop=shop).first()
    assert cart is not None
    put_in(cart, product, 1, now=NOW)
    page = client.get(there).content.decode()
    assert "1 River Street" in page
    assert 'value="jo@example.com"' in page
    tapped = client.post(there, {"saved": SavedAddress.objects.get().pk})
    assert tapped.status_code == 302, tapped.content.decode()
    cart.refresh_from_db()
    assert cart.details["ship_to"]["line1"] == "1 River Street"
    assert (cart.details["email"], cart.details["phone"]) == ("jo@example.com", "+380501112233")
    written = HOME | {"email": "jo@example.com", "line1": "9 Other Street", "way": "send"}
    assert client.post(there, written).status_code == 302
    assert SavedAddress.objects.count() == 1
    assert client.post(there, written | {"keep": "on"}).status_code == 302
    assert set(SavedAddress.objects.values_list("parts__line1", flat=True)) == {"1 River Street", "9 Other Street"}


def test_a_second_address_is_added_by_a_code(mailbox: Mailbox) -> None:
    """Issue 3: the same answer whoever has it; wrong codes change nothing; the last one is not removed."""
    shop = make_shop()
    client = open_account(shop)
    there = f"/a/{shop.slug}/profile/email/"
    assert client.post(there, {"address": "no address"}).status_code == 422
    open_account(shop, "taken@example.com")
    pages = [client.post(there, {"address": f"{name}@example.com"}).content.decode() for name in ("taken", "trial")]
    seen = [re.sub(r'value="[^"]+"|nonce-\S+', "", page) for page in pages]
    assert seen[0] == seen[1]
    (token,) = re.findall(r'name="token" value="([^"]+)"', pages[1])
    send(timezone.now())
    letter = next(one for one in mailbox.letters if one["To"] == "trial@example.com")
    code = re.search(r"\b\d{6}\b", plain(letter))
    assert code
    wrong = "000000" if code[0] != "000000" else "111111"
    assert client.post(f"{there}code/", {"token": token, "code": wrong}).status_code == 422
    assert client.post(f"{there}code/", {"token": token, "code": code[0]}).status_code == 302
    assert Account.objects.filter(email="trial@example.com").exists()
    client.post(f"{there}remove/")
    assert Account.objects.filter(email="trial@example.com").exists()


def test_who_loses_an_address_is_told_there(mailbox: Mailbox) -> None:
    """The owner of the former address hears when it was changed and whom to tell, in the customer's language."""
    shop = make_shop(phone="+380441234567", languages=["en", "uk"])
    account = make_account(shop, "old@example.com")
    Customer.objects.filter(pk=account.customer_id).update(name="Jo Reed", language="uk")
    prove(account, ContactPoint(EMAIL, "new@example.com"), now=NOW)
    message = Message.objects.get(kind="address")
    assert (message.recipient, message.language) == ("old@example.com", "uk")
    send(timezone.now())
    (letter,) = [one for one in mailbox.letters if one["To"] == "old@example.com"]
    words = plain(letter)
    assert all(said in words for said in ("Доброго дня!", "22 ", "n•••@example.com", f"/help/{shop.slug}/", "+380"))
    account.refresh_from_db()
    prove(account, ContactPoint(SMS, "+380501112233"), now=NOW)
    assert Message.objects.filter(kind="address").count() == 1, "one that was added takes nobody's place"
    give_up(account, EMAIL, now=NOW)
    assert Message.objects.filter(kind="address").latest("pk").recipient == "new@example.com"


def test_who_lost_an_address_takes_the_account_back_by_the_link_that_went_there(mailbox: Mailbox) -> None:
    """Opening the link changes nothing; then whoever was in is out, for good, and hears of it; it works once."""
    shop = make_shop()
    case = make_order(shop, customer=JO)
    thief = open_account(shop)
    account = Account.objects.get()
    prove(account, ContactPoint(SMS, "+380509998877"), now=timezone.now())
    prove(account, ContactPoint(EMAIL, "thief@example.com"), now=timezone.now())
    send(timezone.now())
    letters = [one.get_body(("plain",)) for one in mailbox.letters if one["To"] == "jo@example.com"]
    found = re.search(r"/not-me/[^\s]+", "".join(one.get_content() for one in letters if one))
    assert found
    assert not Message.objects.filter(kind="address").exclude(text="").exists(), "staff cannot read the link"
    fresh, owner = make_account(shop, "jo@example.com"), Client()
    assert owner.get(found[0]).status_code == 200
    assert Account.objects.filter(email="thief@example.com").exists()
    assert lost(found[0].split("/")[2], now=timezone.now() + timedelta(days=8)) is None
    assert "The account is yours again" in owner.post(found[0]).content.decode()
    account.refresh_from_db()
    assert (account.email, account.phone) == ("jo@example.com", "")
    assert not Account.objects.filter(pk=fresh.pk).exists(), "what was opened there since is the same person's"
    assert Customer.objects.get(cases=case).email == "jo@example.com"
    assert thief.get(f"/a/{shop.slug}/").status_code == 302
    told = Message.objects.filter(kind="address").values_list("recipient", flat=True)
    assert set(told) == {"jo@example.com", "thief@example.com", "+380509998877"}
    assert owner.post(found[0]).status_code == 404
    assert owner.get("/not-me/nonsense/").status_code == 404


def test_dates_are_in_the_calendar_the_customer_chose(mailbox: Mailbox) -> None:
    """Issue 3: in the account, on the order's page and in letters; without a choice as the shop does."""
    shop = make_shop()
    case = make_order(shop, customer=JO)
    client = open_account(shop)
    pages = (f"/a/{shop.slug}/", f"/t/{case.token}/")
    assert not any("1405" in client.get(page).content.decode() for page in pages)
    profile = f"/a/{shop.slug}/profile/"
    assert client.post(profile, {"name": "Jo", "language": "en", "calendar": "jalali"}).status_code == 302
    assert Customer.objects.get().calendar == "jalali"
    assert all("1405" in client.get(page).content.decode() for page in pages)
