"""The cart of the shop window."""

from __future__ import annotations

import pytest
from django.test import Client

from tartib.catalog.models import Product
from tartib.checkout.models import CartLine
from tests.checkout.selling import make_selling_shop
from tests.factories import make_listing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "kept"), [({}, 1), ({"pieces": "٣"}, 3), *(({"pieces": odd}, 0) for odd in ("0", "-1", "2.5", "abc", ""))]
)
def test_only_whole_numbers_of_pieces_come_into_the_cart(client: Client, typed: dict[str, str], kept: int) -> None:
    shop = make_selling_shop(country="GB")
    make_listing(shop)
    product = Product.objects.filter(shop=shop)[0]
    page = client.post(f"/s/{shop.slug}/cart/add/", {"product": product.pk} | typed, follow=True)
    assert sum(CartLine.objects.values_list("quantity", flat=True)) == kept
    assert ("Write a whole number of pieces." in page.content.decode()) is (kept == 0)
