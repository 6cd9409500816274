"""Two hundred customers of a phone company that lets them all out by one address, and one who abuses it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.customers import signing_in
from tartib.storefront.checkout import ORDERS
from tests.public.tills import CARRIER, CODE, Customer, selling

pytestmark = pytest.mark.django_db

PEOPLE, TRIES = 200, 60


def test_all_of_two_hundred_order_and_who_abuses_the_address_is_slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """H3, with the limits as they are: nobody is turned away, and one contact makes so many orders an hour."""
    monkeypatch.setattr(signing_in, "new_code", lambda: CODE)
    shop, product = selling()

    def ordered(person: Customer) -> int:
        page = person.confirm()
        return int((person.prove(page) if page.status_code == 422 else page).status_code)

    honest = Counter(ordered(Customer(shop, product, f"person{number}@example.com")) for number in range(PEOPLE))
    assert honest == {302: PEOPLE}
    browser = Client(REMOTE_ADDR=CARRIER)
    abuse = Counter(ordered(Customer(shop, product, "one@example.com", client=browser)) for _try in range(TRIES))
    assert abuse == {302: ORDERS.contact, 429: TRIES - ORDERS.contact}
    assert Case.objects.count() == PEOPLE + ORDERS.contact
    assert ordered(Customer(shop, product, "late@example.com")) == 302, "the neighbours still order"
