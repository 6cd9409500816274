"""Customers at the final check of their carts, all behind the one address of a phone company."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from tartib.catalog.models import Product
from tartib.shops.models import Shop
from tests.checkout.selling import make_cart, make_selling_shop, seen
from tests.factories import make_listing, make_product

CARRIER = "203.0.113.9"
CODE = "908172"
"""The one-time code that tests have made."""


def selling(**settings: Any) -> tuple[Shop, Product]:
    """A shop with an open window, and what it sells."""
    shop = make_selling_shop(languages=["en", "fa"], **settings)
    make_listing(shop, "Wool throw")
    return shop, make_product(shop, pieces=500)


class Customer:
    """Somebody at the final check of their own cart, in a browser of their own."""

    def __init__(
        self,
        shop: Shop,
        product: Product,
        email: str,
        phone: str = "",
        *,
        language: str = "",
        client: Client | None = None,
    ) -> None:
        cart = make_cart(shop, product, paid_by="cash", email=email, phone=phone)
        self.client = client or Client(REMOTE_ADDR=CARRIER)
        self.client.cookies[f"cart-{shop.slug}"] = cart.token
        self.there = f"/s/{shop.slug}/{language}checkout/check/"
        self.form = {"key": str(cart.key), "seen": seen(cart)}

    def confirm(self, **more: str) -> Any:
        """Press the button, with what the page asked for."""
        return self.client.post(self.there, self.form | more)

    def prove(self, page: Any, code: str = CODE) -> Any:
        """Press it again with the code."""
        return self.confirm(proof=token(page), proof_code=code)


def token(page: Any) -> str:
    """What the form carries to try the code with."""
    found = re.search(r'name="proof" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]
