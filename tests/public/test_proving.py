"""Past a limit a proof instead of a closed door: neighbours behind one address go on, whoever abuses it is slowed."""

from __future__ import annotations

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.customers import signing_in
from tartib.customers.addresses import ContactPoint
from tartib.notify.models import Message
from tartib.portal import asking
from tartib.public.proving import Limit, contacts
from tartib.shops.models import Limit as Counted
from tartib.storefront import checkout
from tartib.support import SUPPORT
from tests.factories import make_shop, with_sms
from tests.public.tills import CARRIER, CODE, Customer, selling, token

pytestmark = pytest.mark.django_db

FEW = Limit("orders", visitor=2, contact=3)


@pytest.fixture(autouse=True)
def _known_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "new_code", lambda: CODE)
    monkeypatch.setattr(checkout, "ORDERS", FEW)
    monkeypatch.setattr(asking, "ASKED", Limit("help", visitor=1, contact=2))


def test_many_behind_one_address_all_order_and_an_abuser_is_slowed() -> None:
    """H3: past the free orders each is asked for a code at their own contact, and goes on with it."""
    shop, product = selling()
    for number in range(6):
        person = Customer(shop, product, f"person{number}@example.com")
        page = person.confirm()
        if number >= FEW.visitor:
            assert page.status_code == 422
            assert "p•••@example.com" in page.content.decode()
            page = person.prove(page)
        assert page.status_code == 302, page.content.decode()
    assert Case.objects.count() == 6
    browser = Client(REMOTE_ADDR=CARRIER)
    made = [_with_one_proof(Customer(shop, product, "abuser@example.com", client=browser)) for _order in range(6)]
    assert made == [302] * FEW.contact + [429] * 3, "one contact has its own measure"
    assert Message.objects.filter(recipient="abuser@example.com", case=None).count() == 1


def _with_one_proof(person: Customer) -> int:
    page = person.confirm()
    if page.status_code == 422:
        page = person.prove(page)
    return int(page.status_code)


def test_a_wrong_code_makes_no_order_and_another_can_be_sent() -> None:
    shop, product = selling()
    for number in range(FEW.visitor):
        Customer(shop, product, f"first{number}@example.com").confirm()
    person = Customer(shop, product, "jo@example.com", language="fa/")
    page = person.confirm()
    assert 'lang="fa-IR"' in page.content.decode()
    wrong = person.prove(page, "000000")
    assert (wrong.status_code, token(wrong)) == (422, token(page))
    again = person.confirm(proof=token(wrong), proof_again="1")
    assert token(again) != token(wrong)
    assert Case.objects.count() == FEW.visitor
    assert person.prove(again).status_code == 302
    assert person.prove(again).status_code == 302, "pressed again it is the same order"
    assert Case.objects.count() == FEW.visitor + 1


def test_failed_orders_other_shops_and_other_addresses_do_not_count() -> None:
    """H3: counted are orders of this shop that were made, by IPv6 network and without our own proxies."""
    shop, product = selling()
    for _failed in range(4):
        person = Customer(shop, product, "jo@example.com")
        person.form["seen"] = "something else"
        assert person.confirm().status_code == 302
    assert not Case.objects.exists()
    other, theirs = selling()
    for number in range(FEW.visitor):
        assert Customer(other, theirs, f"other{number}@example.com").confirm().status_code == 302
        home = Client(REMOTE_ADDR=f"2001:db8:1:2::{number}")
        assert Customer(shop, product, f"six{number}@example.com", client=home).confirm().status_code == 302
        assert Customer(shop, product, f"jo{number}@example.com").confirm().status_code == 302
    for address in (CARRIER, "2001:db8:1:2:ffff::1"):
        assert Customer(shop, product, "x@example.com", client=Client(REMOTE_ADDR=address)).confirm().status_code == 422
    for number in range(FEW.visitor + 2):
        by_proxy = Client(REMOTE_ADDR="127.0.0.1")
        assert Customer(shop, product, f"p{number}@example.com", client=by_proxy).confirm().status_code == 302


def test_who_left_a_phone_has_an_sms_and_where_none_can_be_sent_an_e_mail() -> None:
    shop, product = selling(practice=False)
    for number in range(FEW.visitor):
        Customer(shop, product, f"first{number}@example.com").confirm()
    person = Customer(shop, product, "", "+380501112233")
    page = person.confirm()
    assert 'name="proof_address"' in page.content.decode()
    assert 'aria-invalid="true"' in person.confirm(proof_address="no address").content.decode()
    page = person.confirm(proof_address="jo@example.com")
    assert person.prove(page).status_code == 302
    with_sms(shop)
    other = Customer(shop, product, "", "+380501112244")
    page = other.confirm()
    assert "•••2244" in page.content.decode()
    assert other.prove(page).status_code == 302


def test_who_asks_for_help_proves_the_address_and_loses_no_word(client: Client) -> None:
    shop = make_shop(email="shop@example.com")
    there = f"/help/{shop.slug}/"
    form = {"subject": "Sizes", "words": "Do you have it in L?", "name": "Iryna", "email": "iryna@example.com"}
    assert client.post(there, form | {"email": "first@example.com"}, REMOTE_ADDR=CARRIER).status_code == 302
    page = client.post(there, form, REMOTE_ADDR=CARRIER)
    assert page.status_code == 422
    assert "Do you have it in L?" in page.content.decode()
    answer = {"proof": token(page), "proof_code": CODE}
    assert client.post(there, form | answer, REMOTE_ADDR=CARRIER).status_code == 302
    assert client.post(there, form, REMOTE_ADDR=CARRIER).status_code == 302, "the browser is known for a while"
    refused = client.post(there, form, REMOTE_ADDR=CARRIER)
    assert refused.status_code == 429
    assert "Do you have it in L?" in refused.content.decode()
    assert Case.objects.filter(kind=SUPPORT).count() == 3


def test_a_contact_that_nobody_can_be_sent_anything_at_is_none() -> None:
    shop = make_shop(country="UA")
    assert contacts(shop, "jo@printer.local", "no number") == []
    assert contacts(shop, "Jo@Example.com", "050 111 22 33") == [ContactPoint("email", "jo@example.com")]
    texts = contacts(with_sms(shop), "", "050 111 22 33")
    assert texts == [ContactPoint("sms", "+380501112233")]


def test_a_proof_is_of_one_shop_and_cannot_be_made_up() -> None:
    shop, product = selling()
    for number in range(FEW.visitor + 1):
        person = Customer(shop, product, f"jo{number}@example.com")
        page = person.confirm()
    person.prove(page)
    cookie = next(value for name, value in person.client.cookies.items() if name.startswith("proof-"))
    assert cookie["httponly"]
    other, theirs = selling()
    for number in range(FEW.visitor):
        Customer(other, theirs, f"jo{number}@example.com").confirm()
    for value in (cookie.value, "jo@example.com", cookie.value[:-1]):
        stranger = Client(REMOTE_ADDR=CARRIER)
        stranger.cookies[f"proof-{other.slug}"] = value
        assert Customer(other, theirs, "jo@example.com", client=stranger).confirm().status_code == 422
    assert not Counted.objects.filter(subject__contains="jo").exists()
