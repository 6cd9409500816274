"""What a customer does with a cart before confirming it: put in, take out, say who they are, choose."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from tartib.catalog.models import Product
from tartib.checkout import queries
from tartib.checkout.details import Details
from tartib.checkout.discounts import find, spelled
from tartib.checkout.models import Cart, CartLine
from tartib.customers.models import Customer
from tartib.payments.models import Account
from tartib.shipping.models import Method
from tartib.shops.models import Shop

MOST_LINES = 100
MOST_PIECES = 999
MOST_POINTS = 1_000_000_000
KEPT = timedelta(days=60)


class TooManyLines(Exception):
    """A cart holds as many different products as it can."""


def new_cart(shop: Shop, language: str, *, now: datetime, customer: Customer | None = None) -> Cart:
    """An empty cart: a guest's, or the one of a customer who has signed in."""
    return Cart.objects.create(shop=shop, language=language, customer=customer, created_at=now, updated_at=now)


@transaction.atomic
def put_in(cart: Cart, product: Product, pieces: int, *, now: datetime) -> CartLine:
    """Put pieces of a product of the cart's shop into it, beside those that are in it. Raises `TooManyLines`."""
    _touch(cart, now)
    if CartLine.objects.filter(cart=cart).exclude(product=product).count() >= MOST_LINES:
        raise TooManyLines
    line, fresh = CartLine.objects.get_or_create(
        cart=cart, product=product,
        defaults={
            "shop_id": cart.shop_id, "quantity": _within(pieces), "price": product.price, "added_at": now,
        },
    )  # fmt: skip
    if not fresh:
        line.quantity, line.price = _within(line.quantity + pieces), product.price
        line.save(update_fields=["quantity", "price"])
    return line


@transaction.atomic
def set_pieces(cart: Cart, product_id: int, pieces: int, *, now: datetime) -> None:
    """Have so many pieces of a product in the cart; nought takes it out. One that is not in it stays out."""
    _touch(cart, now)
    lines = CartLine.objects.filter(cart=cart, product_id=product_id)
    if pieces <= 0:
        lines.delete()
    else:
        lines.update(quantity=_within(pieces))


@transaction.atomic
def accept(cart: Cart, *, now: datetime) -> None:
    """Take the cart as it can be had now: prices of today, no more than there is. What is gone is taken out."""
    _touch(cart, now)
    for row in queries.review(cart, now=now).rows:
        if row.quantity == 0:
            row.line.delete()
        elif row.changes:
            row.line.quantity, row.line.price = row.quantity, row.price
            row.line.save(update_fields=["quantity", "price"])


@transaction.atomic
def merge_into(guest: Cart, customer: Customer, *, now: datetime) -> Cart:
    """When a guest signs in: what they had gathered is in the customer's cart, together with what was in that before.

    Pieces of the same product are added up. What the guest said last about address and delivery counts.
    """
    _touch(guest, now)
    kept = Cart.objects.select_for_update().filter(shop=guest.shop, customer=customer, confirmed_at=None).first()
    if kept is None:
        guest.customer = customer
        guest.save(update_fields=["customer"])
        return guest
    theirs = {line.product_id: line for line in CartLine.objects.filter(cart=kept)}
    for line in CartLine.objects.filter(cart=guest).order_by("added_at", "pk"):
        if line.product_id in theirs:
            CartLine.objects.filter(pk=theirs[line.product_id].pk).update(
                quantity=Least(F("quantity") + line.quantity, MOST_PIECES), price=line.price
            )
        elif len(theirs) < MOST_LINES:
            line.cart = kept
            line.save(update_fields=["cart"])
            theirs[line.product_id] = line
    kept.details = guest.details or kept.details
    kept.method = guest.method or kept.method
    kept.account = guest.account or kept.account
    kept.discount_code = guest.discount_code or kept.discount_code
    kept.points = guest.points or kept.points
    token = guest.token
    guest.delete()
    kept.token, kept.updated_at = token, now
    kept.save()
    return kept


def describe(cart: Cart, details: Details, *, now: datetime) -> None:
    """Keep what the customer says of themselves."""
    _set(cart, now, details=details.as_data())


def choose_delivery(cart: Cart, method: Method, *, now: datetime) -> None:
    """Keep the way of delivery that was chosen."""
    _set(cart, now, method=method)


def choose_payment(cart: Cart, account: Account, *, now: datetime) -> None:
    """Keep the way to pay that was chosen."""
    _set(cart, now, account=account)


def enter_code(cart: Cart, code: str, *, now: datetime) -> bool:
    """Keep a discount code as it was typed; an empty one takes it away. True when the shop has such a code.

    Whether it holds for this cart is said by the review.
    """
    _set(cart, now, discount_code=spelled(code))
    return bool(code) and find(cart.shop, cart.discount_code) is not None


def use_points(cart: Cart, points: int, *, now: datetime) -> None:
    """Keep how many points its owner would spend; nought takes them away. How many can be is said by the review."""
    _set(cart, now, points=max(0, min(points, MOST_POINTS)))


def forget_old(now: datetime) -> int:
    """Delete carts that nobody has touched for `KEPT` and that never became an order; returns how many."""
    deleted, _each = Cart.objects.filter(confirmed_at=None, updated_at__lt=now - KEPT).delete()
    return deleted


def _touch(cart: Cart, now: datetime) -> None:
    """Lock the cart; one that has been confirmed meanwhile does not change any more."""
    Cart.objects.select_for_update().get(pk=cart.pk, confirmed_at=None)
    _set(cart, now)


def _set(cart: Cart, now: datetime, **fields: object) -> None:
    for name, value in {**fields, "updated_at": now}.items():
        setattr(cart, name, value)
    Cart.objects.filter(pk=cart.pk, confirmed_at=None).update(**fields, updated_at=now)


def _within(pieces: int) -> int:
    return max(1, min(pieces, MOST_PIECES))
