"""An order that staff enter by hand, added up by the rules by which the window adds up its own.

What is known of the products, the place and the code is reckoned; what somebody writes by hand stands as written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.catalog.models import Product
from tartib.catalog.operations import skus
from tartib.checkout import discounts
from tartib.checkout.discounts import Buyer, Unfit
from tartib.checkout.models import Discount
from tartib.journal.operations import Actor
from tartib.orders import taxes
from tartib.orders.drafts import OrderDraft
from tartib.orders.placing import Placed, place
from tartib.orders.totals import ZERO, Item, Off, Reduction, Totals, add_up
from tartib.shipping.queries import Offer, methods, offers
from tartib.shipping.quoting import Parcel
from tartib.shops.models import Membership, Shop


class NotSent(Exception):
    """The way of delivery that was chosen is not offered for these goods at that place, and no price was written."""


class CodeUnfit(Exception):
    """The code takes nothing off; `unfit` says why."""

    def __init__(self, unfit: Unfit) -> None:
        super().__init__(unfit)
        self.unfit = unfit


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for beside the lines. `shipping` and `tax` of None leave them to the shop's rules."""

    method_id: int | None = None
    code: str = ""
    off: Decimal = ZERO
    shipping: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What an order comes to. `offers` are the ways of delivery there are for it; `offer` the one that was chosen.

    `unsent` says that the chosen one is not among them, `unfit` why the code takes nothing off.
    """

    totals: Totals
    offers: tuple[Offer, ...]
    offer: Offer | None
    unsent: bool
    discount: Discount | None
    unfit: Unfit | None

    @property
    def by_code(self) -> Decimal:
        """What the code takes off."""
        code = self.discount.code if self.discount else ""
        return sum((off for reduction, off in self.totals.taken if code and reduction.source == code), ZERO)


def quote(shop: Shop, draft: OrderDraft, wish: Wish, *, now: datetime) -> Reckoned:
    """What the lines of `draft` come to at the place it goes to; the number of queries is fixed."""
    known = skus(shop, [line.sku for line in draft.lines if line.sku])
    products = [known.get(line.sku) for line in draft.lines]
    rates = taxes.rates(shop, draft.ship_to, draft.customer.country)
    goods = draft.subtotal
    weight = sum(_weight(product) * line.quantity for product, line in zip(products, draft.lines, strict=True))
    offered = tuple(offers(shop, Parcel(weight, goods, rates.country, rates.region)))
    offer = next((one for one in offered if one.method.pk == wish.method_id), None)
    discount, unfit = _discount(shop, wish.code, goods, draft, now)
    reductions = [discounts.reduction(discount)] if discount else []
    if wish.off:
        reductions.append(Reduction(Off.AMOUNT, wish.off))
    totals = add_up(
        [Item(line.price, line.quantity, rates.on(one)) for one, line in zip(products, draft.lines, strict=True)],
        wish.shipping if wish.shipping is not None else offer.price if offer else ZERO,
        reductions,
        draft.currency,
        tax_included=shop.tax_included,
        shipping_tax_percent=rates.on_delivery,
    )
    if wish.tax is not None:
        totals = totals.with_tax(wish.tax)
    unsent = wish.method_id is not None and offer is None
    return Reckoned(totals, offered, offer, unsent, discount, unfit)


@transaction.atomic
def enter(
    shop: Shop,
    draft: OrderDraft,
    wish: Wish,
    actor: Actor,
    *,
    now: datetime,
    owner: Membership,
    notify_options: NotifyOptions | None,
) -> Placed:
    """Place an order that was entered by hand; its code counts as used.

    Raises `NotSent`, `CodeUnfit`, and `orders.placing.NoWorkflow`.
    """
    if wish.code:
        # Whoever else uses the code at this moment waits here, so that its uses are counted one after the other.
        discounts.find(shop, wish.code, lock=True)
    reckoned = quote(shop, draft, wish, now=now)
    if reckoned.unfit is not None:
        raise CodeUnfit(reckoned.unfit)
    method = methods(shop).filter(pk=wish.method_id, active=True).first() if wish.method_id else None
    if reckoned.unsent and (method is None or wish.shipping is None):
        raise NotSent
    sums = reckoned.totals
    lines = tuple(
        replace(line, tax_percent=position.tax_percent)
        for line, position in zip(draft.lines, sums.positions, strict=True)
    )
    whole = replace(
        draft, lines=lines, shipping=sums.shipping, discount=sums.discount, tax=sums.tax,
        tax_included=sums.tax_included, shipping_tax_percent=sums.shipping_tax_percent, total=sums.total,
        discount_code=reckoned.discount.code if reckoned.discount else "",
        shipping_method=method.name(draft.language)[:80] if method else draft.shipping_method,
        delivery=method.delivery if method else draft.delivery,
        carrier=method.carrier if method else draft.carrier,
    )  # fmt: skip
    (placed,) = place(shop, [whole], actor, now=now, owner=owner, notify_options=notify_options)
    if reckoned.discount is not None:
        customer = Case.objects.values_list("customer_id", flat=True).get(pk=placed.case_id)
        discounts.redeem(reckoned.discount, placed.case_id, customer, reckoned.by_code, now=now)
    return placed


def _weight(product: Product | None) -> int:
    return (product.weight_grams or 0) if product is not None else 0


def _discount(
    shop: Shop, code: str, goods: Decimal, draft: OrderDraft, now: datetime
) -> tuple[Discount | None, Unfit | None]:
    if not code.strip():
        return None, None
    discount = discounts.find(shop, code)
    if discount is None:
        return None, Unfit.UNKNOWN
    unfit = discounts.unfit(discount, goods, _buyer(draft), now=now)
    return (None, unfit) if unfit else (discount, None)


def _buyer(draft: OrderDraft) -> Buyer:
    return Buyer(draft.customer_id, draft.customer.email, draft.customer.phone)
