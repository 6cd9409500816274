"""Reads of carts: whose is it, and what it comes to now, with everything that changed since its owner last looked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from tartib.catalog.models import Product, Stock
from tartib.catalog.supply import free_pieces
from tartib.checkout import discounts
from tartib.checkout.details import Details
from tartib.checkout.discounts import Buyer, Unfit
from tartib.checkout.models import Cart, CartLine, Discount
from tartib.customers.identity import Account
from tartib.customers.models import Customer
from tartib.customers.queries import customers, points_rule
from tartib.customers.queries import points as points_of
from tartib.orders import taxes
from tartib.orders.totals import ZERO, Item, Off, Reduction, Totals, add_up
from tartib.shipping.models import Method
from tartib.shipping.queries import Offer, delivers, offers
from tartib.shipping.quoting import Parcel
from tartib.shops.models import Branch, Shop

BY_POINTS = "points"
"""How a reduction says that it comes from points."""


class Change(StrEnum):
    """What became of a position since the customer last saw it."""

    DEARER = "dearer"
    CHEAPER = "cheaper"
    FEWER = "fewer"
    SOLD_OUT = "sold-out"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Row:
    """A position as it can be had now: `quantity` pieces of those wanted, at `price`, with what changed.

    `free` is how many there are; None where no stock is kept.
    """

    line: CartLine
    product: Product
    quantity: int
    price: Decimal
    free: int | None
    changes: tuple[Change, ...]

    @property
    def amount(self) -> Decimal:
        """What the position costs before anything is taken off."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Points:
    """What a cart has to do with points: `earned` by it, those its owner has (`balance`), how many of them can be spent
    on it (`most`), are spent (`used`), and what these take off (`worth`), of the tax as well (`tax`).

    `known` says whether the owner is signed in; nobody else spends any. `active` is false where the shop has no points.
    """

    active: bool = False
    known: bool = False
    balance: int = 0
    most: int = 0
    least: int = 0
    used: int = 0
    worth: Decimal = ZERO
    tax: Decimal = ZERO
    earned: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """A cart as it stands now.

    `branch` is where its goods are taken from. `sent` says whether a way of delivery has to be chosen: `offers` are
    those for its address, `offer` the one that was chosen, if it still can be. `discount` is the code in force; `unfit`
    says why an entered one is not. What they take off, points among it, is in `totals`.
    """

    cart: Cart
    details: Details
    rows: tuple[Row, ...]
    branch: Branch
    sent: bool
    offers: tuple[Offer, ...]
    offer: Offer | None
    discount: Discount | None
    unfit: Unfit | None
    totals: Totals
    weight: int
    points: Points

    @property
    def by_code(self) -> Decimal:
        """What the code takes off."""
        return sum((off for reduction, off in self.totals.taken if reduction.source != BY_POINTS), ZERO)

    @property
    def picked_up(self) -> bool:
        """Whether the customer comes for it."""
        return self.sent and (self.offer.picked_up if self.offer else self.details.pickup)

    @property
    def handed_over(self) -> bool:
        """Whether any of it changes hands: gift cards and services do not."""
        return any(row.product.stocked for row in self.rows)

    @property
    def changed(self) -> bool:
        """Whether anything is not as the customer last saw it."""
        return any(row.changes for row in self.rows)

    @property
    def pieces(self) -> int:
        """How many pieces there are in all."""
        return sum(row.quantity for row in self.rows)

    @property
    def currency(self) -> str:
        """The currency of all its amounts."""
        return self.cart.shop.currency


def by_token(shop: Shop, token: str) -> Cart | None:
    """The open cart that a browser's token names."""
    return _open(shop).filter(token=token).first() if token else None


def of_customer(shop: Shop, customer: Customer) -> Cart | None:
    """The open cart of somebody who has signed in."""
    return _open(shop).filter(customer=customer).first()


def order_of_token(shop: Shop, token: str) -> str:
    """The order's own token where the cart that a browser's token names has become one; "" where it has not."""
    found = Cart.objects.filter(shop=shop, token=token, case__isnull=False) if token else Cart.objects.none()
    return found.values_list("case__token", flat=True).first() or ""


def ordered_in_window(case_id: int) -> bool:
    """Whether an order was placed by its customer in the shop window."""
    return Cart.objects.filter(case=case_id).exists()


def by_key(shop: Shop, key: UUID) -> Cart | None:
    """The cart of that key, confirmed or not."""
    return Cart.objects.filter(shop=shop, key=key).select_related("shop", "method__branch", "case").first()


def pieces(shop: Shop, token: str) -> int:
    """How many pieces of the cart of that token can be had, for the head of a page: one query."""
    if not token:
        return 0
    found = CartLine.objects.filter(cart__shop=shop, cart__token=token, cart__confirmed_at__isnull=True)
    rows = found.annotate(free=free_pieces("product")).values_list("quantity", "product__stocked", "free")
    return sum(min(pieces, max(free or 0, 0)) if stocked else pieces for pieces, stocked, free in rows)


def review(cart: Cart, *, now: datetime, account: Account | None = None) -> Review:
    """The cart at today's prices and with today's stock; the number of queries is fixed. Nothing is written.

    `account` is whose it is where they have signed in: only then points can be spent.
    """
    shop, details = cart.shop, Details.read(cart.details)
    lines = list(CartLine.objects.filter(cart=cart).select_related("product__listing").order_by("added_at", "pk"))
    branches = list(shop.branches.order_by("pk"))
    free = _free(lines)
    branch = _branch(cart, lines, branches, free)
    rows = tuple(_row(line, free.get((branch.pk, line.product_id), 0)) for line in lines)
    goods = sum((row.amount for row in rows), ZERO)
    weight = sum((row.product.weight_grams or 0) * row.quantity for row in rows)
    place = details.ship_to
    country = place.country or shop.country
    sent = any(row.product.stocked for row in rows) and delivers(shop)
    found = offers(shop, Parcel(weight, goods, country, place.region)) if sent else []
    offered = tuple(one for one in found if not details.ready or one.picked_up == details.pickup)
    offer = next((one for one in offered if one.method.pk == cart.method_id), None)
    discount, unfit = _discount(cart, details, goods, now)
    rates = taxes.rates(shop, details.goes_to)
    items = [Item(row.price, row.quantity, rates.on(row.product)) for row in rows]
    reductions = [discounts.reduction(discount)] if discount else []

    # Nothing is sent where nothing is left.
    sending = offer.price if offer and any(row.quantity for row in rows) else ZERO

    def total(*more: Reduction) -> Totals:
        return add_up(
            items, sending, [*reductions, *more], shop.currency, tax_included=shop.tax_included,
            shipping_tax_percent=rates.on_delivery,
        )  # fmt: skip

    totals, points = _with_points(cart, account, total)
    return Review(cart, details, rows, branch, sent, offered, offer, discount, unfit, totals, weight, points)


def _with_points(cart: Cart, account: Account | None, total: Callable[..., Totals]) -> tuple[Totals, Points]:
    """What a cart comes to with the points its owner spends, and what there is to say of them."""
    shop, full = cart.shop, total()
    rule = points_rule(shop)
    if not rule.active:
        return full, Points()
    goods = full.subtotal - full.discount
    balance = points_of(customers(account)).balance if account else 0
    most = rule.spendable(balance, goods)
    used = min(cart.points, most)
    if used < rule.least:
        used = 0
    totals = total(Reduction(Off.AMOUNT, rule.worth(used, shop.currency), BY_POINTS)) if used else full
    left = totals.subtotal - totals.discount
    return totals, Points(
        True, account is not None, balance, most, rule.least, used, goods - left, full.tax - totals.tax,
        rule.earned(left),
    )  # fmt: skip


def _open(shop: Shop) -> QuerySet[Cart]:
    return Cart.objects.filter(shop=shop, confirmed_at__isnull=True).select_related("shop", "method__branch", "account")


def _free(lines: Sequence[CartLine]) -> dict[tuple[int, int], int]:
    """The pieces promised to nobody, by branch and product."""
    wanted = [line.product_id for line in lines if line.product.stocked]
    stocks = Stock.objects.filter(product__in=wanted) if wanted else Stock.objects.none()
    return {(stock.branch_id, stock.product_id): stock.on_hand - stock.reserved for stock in stocks}


def _branch(
    cart: Cart, lines: Sequence[CartLine], branches: Sequence[Branch], free: dict[tuple[int, int], int]
) -> Branch:
    """The branch a pick-up is at; else the first that has everything, or most of it."""
    if cart.method is not None and cart.method.branch is not None:
        return cart.method.branch

    def served(branch: Branch) -> int:
        return sum(
            min(line.quantity, free.get((branch.pk, line.product_id), 0)) for line in lines if line.product.stocked
        )

    return max(branches, key=served)


def _row(line: CartLine, free: int) -> Row:
    product = line.product
    changes = []
    if not product.active:
        return Row(line, product, 0, product.price, 0, (Change.GONE,))
    quantity = min(line.quantity, max(0, free)) if product.stocked else line.quantity
    if quantity < line.quantity:
        changes.append(Change.FEWER if quantity else Change.SOLD_OUT)
    if product.price != line.price:
        changes.append(Change.DEARER if product.price > line.price else Change.CHEAPER)
    return Row(line, product, quantity, product.price, free if product.stocked else None, tuple(changes))


def _discount(cart: Cart, details: Details, goods: Decimal, now: datetime) -> tuple[Discount | None, Unfit | None]:
    if not cart.discount_code:
        return None, None
    discount = discounts.find(cart.shop, cart.discount_code)
    if discount is None:
        return None, Unfit.UNKNOWN
    unfit = discounts.unfit(discount, goods, Buyer(cart.customer_id, details.email, details.phone), now=now)
    return (None, unfit) if unfit else (discount, None)


def method_of(shop: Shop, number: int) -> Method | None:
    """A way of delivery that the shop offers."""
    return Method.objects.filter(shop=shop, pk=number, active=True).first()
