"""The step of the checkout at which people say who they are and where it goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tartib.catalog.models import Product
from tartib.checkout.models import Cart
from tartib.shops.models import Shop
from tests.checkout.selling import make_selling_shop
from tests.factories import make_listing

pytestmark = pytest.mark.django_db
HOME = {
    "name": "Jo Reed", "email": "jo@example.com", "phone": "07911 123456", "way": "send", "country": "GB",
    "line1": "1 River Street", "city": "London", "postcode": "sw1a1aa",
}  # fmt: skip


@pytest.fixture
def shop() -> Shop:
    shop = make_selling_shop(country="GB")
    make_listing(shop)
    return shop


@pytest.fixture
def there(client: Client, shop: Shop) -> str:
    client.post(f"/s/{shop.slug}/cart/add/", {"product": Product.objects.filter(shop=shop)[0].pk, "pieces": 1})
    return f"/s/{shop.slug}/checkout/details/"


def kept() -> dict[str, Any]:
    details: dict[str, Any] = Cart.objects.get().details
    return details


def test_a_postcode_is_kept_as_its_country_writes_it(client: Client, there: str) -> None:
    assert client.post(there, HOME).status_code == 302
    assert kept()["ship_to"]["postcode"] == "SW1A 1AA"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"postcode": "ABC"}, "postcode"),
        ({"postcode": "12345"}, "postcode"),
        ({"country": "PT", "city": "Lisboa", "postcode": ""}, "postcode"),
        ({"country": "AE"}, "region"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "999"}, "phone"),
        ({"phone": "050 123 45 67"}, "phone"),
        ({"email": "a@b"}, "email"),
        ({"bills": "on", "bill_name": "Jo", "bill_country": "PL", "bill_postcode": "1"}, "bill_postcode"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_what_was_written_stays(
    client: Client, there: str, changes: dict[str, str], field: str
) -> None:
    answer = client.post(there, HOME | changes)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "1 River Street" in answer.content.decode()


def test_another_country_brings_its_own_fields_without_a_script(client: Client, there: str) -> None:
    answer = client.post(there, HOME | {"country": "AE", "again": "1"})
    form = answer.context["form"]
    shown = [one.name for one in form.place if not one.is_hidden]
    assert shown == ["line1", "line2", "region", "city", "postcode"], "its own, and then what was written in others"
    assert "Emirate" in answer.content.decode()
    back = client.post(there, {one.name: one.value() or "" for one in form} | {"country": "GB", "again": "1"})
    assert back.context["form"]["city"].value() == "London", "what was written for another country is not lost"


def test_a_country_asks_for_no_part_that_its_addresses_do_not_have(client: Client, there: str) -> None:
    bare = HOME | {"country": "AE", "city": "", "postcode": "", "again": "1"}
    form = client.post(there, bare).context["form"]
    assert [one.name for one in form.place if not one.is_hidden] == ["line1", "line2", "region"]


def test_what_was_written_is_kept_where_the_country_has_no_place_for_it(client: Client, there: str) -> None:
    """Without a script the fields are still those of the country before."""
    client.post(there, HOME | {"country": "AE", "region": "Dubai", "phone": "+971501234567"})
    assert kept()["ship_to"] == {
        "name": "Jo Reed", "line1": "1 River Street", "city": "London", "region": "Dubai", "postcode": "sw1a1aa",
        "country": "AE", "phone": "+971501234567", "email": "jo@example.com",
    }  # fmt: skip


def test_two_numbers_are_kept_and_the_final_check_says_which_is_used(client: Client, there: str, shop: Shop) -> None:
    written = "07911 123456 / 020 7946 0018"
    client.post(there, HOME | {"phone": written})
    assert (kept()["phone"], kept()["phone_said"], kept()["ship_to"]["phone"]) == ("+447911123456", written, written)
    assert written in client.get(there).content.decode()


def test_a_bill_goes_to_a_country_of_its_own(client: Client, there: str) -> None:
    bill = {"bills": "on", "bill_name": "Firm", "bill_country": "PL", "bill_city": "Lublin", "bill_postcode": "20950"}
    assert client.post(there, HOME | bill).status_code == 302
    assert kept()["bill_to"] == {"name": "Firm", "city": "Lublin", "postcode": "20-950", "country": "PL"}
