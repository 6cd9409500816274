"""Carts ready to be confirmed, for tests of what follows."""

from __future__ import annotations

from typing import Any

from tartib.catalog.models import Product
from tartib.checkout import queries
from tartib.checkout.confirming import Confirmed, confirm, fingerprint
from tartib.checkout.details import Details
from tartib.checkout.models import Cart
from tartib.checkout.operations import choose_delivery, choose_payment, describe, new_cart, put_in
from tartib.checkout.queries import Review
from tartib.customers.address import Address
from tartib.customers.identity import Account as Owner
from tartib.payments.models import Account
from tartib.shipping.models import Method
from tartib.shipping.operations import set_up
from tartib.shipping.quoting import Tier
from tartib.shops.models import Shop
from tests.factories import NOW, make_shop

WHERE = Address(name="Jo Marsh", line1="1 River Street", city="Kyiv", country="UA")


def make_selling_shop(workflow: str = "essential", **settings: Any) -> Shop:
    """A practice shop in hryvnias that sends by courier for 50 and is paid by all three ways."""
    given = {"currency": "UAH", "country": "UA", "email": "shop@example.com", "practice": True} | settings
    shop = make_shop(workflow, **given)
    set_up(shop, [Tier(50)], kind="courier", names={"en": "Courier"})  # type: ignore[arg-type]
    for place, gateway in enumerate(("practice", "bank", "cash")):
        account = Account(shop=shop, gateway=gateway, position=place, created_at=NOW)
        account.settings = {"secret": "practice secret"}
        account.save()
    return shop


def account(shop: Shop, gateway: str) -> Account:
    """The shop's account at that gateway."""
    return Account.objects.get(shop=shop, gateway=gateway)


def make_cart(
    shop: Shop,
    product: Product,
    pieces: int = 1,
    *,
    paid_by: str = "practice",
    email: str = "jo@example.com",
    phone: str = "+380501112233",
) -> Cart:
    """A cart about which everything is said."""
    cart = new_cart(shop, "en", now=NOW)
    put_in(cart, product, pieces, now=NOW)
    describe(cart, Details("Jo Marsh", email, phone, WHERE, note="Ring twice", ready=True), now=NOW)
    choose_delivery(cart, Method.objects.filter(shop=shop)[0], now=NOW)
    choose_payment(cart, account(shop, paid_by), now=NOW)
    return cart


def reviewed(cart: Cart, owner: Owner | None = None) -> Review:
    """The cart as its final check shows it."""
    fresh = Cart.objects.select_related("shop", "method__branch").get(pk=cart.pk)
    return queries.review(fresh, now=NOW, account=owner)


def seen(cart: Cart, owner: Owner | None = None) -> str:
    """What the form of the final check carries."""
    return fingerprint(reviewed(cart, owner))


def confirm_now(cart: Cart, shown: str = "", *, owner: Owner | None = None) -> Confirmed:
    """Confirm what the final check shows; `owner` is who has signed in."""
    return confirm(cart.shop, cart.key, shown or seen(cart, owner), ip="203.0.113.9", now=NOW, owner=owner)
