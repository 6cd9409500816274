"""Discount codes: setting one up, whether it holds, and counting its uses so that none is given twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db.models import F, Func, Q, Value

from tartib.cases.models import Phase
from tartib.checkout.models import Discount, DiscountKind, Redemption
from tartib.l10n import digits
from tartib.orders.models import Line, Order
from tartib.orders.totals import ZERO, Item, Off, Reduction, add_up
from tartib.shops.models import Shop

_OFF = {
    DiscountKind.PERCENT: Off.PERCENT,
    DiscountKind.AMOUNT: Off.AMOUNT,
    DiscountKind.SHIPPING: Off.SHIPPING,
}


_TAG = r"[+][^@]*@"
"""What a mail server leaves out when it looks for the mailbox."""


class Unfit(StrEnum):
    """Why a code takes nothing off."""

    UNKNOWN = "unknown"
    EARLY = "early"
    OVER = "over"
    TOO_LITTLE = "too-little"
    USED_UP = "used-up"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who uses a code: the customer they are known as, where they are, and what they gave to be reached by."""

    customer_id: int | None = None
    email: str = ""
    phone: str = ""


def spelled(code: str) -> str:
    """A code as it is kept, however it was typed: in capitals, without blanks, digits as 0-9."""
    return "".join(digits.latin(code).split()).upper()[:40]


def set_up(shop: Shop, *, discount: Discount | None = None, now: datetime, **fields: object) -> Discount:
    """Make a code or change one; raises `ValidationError` when something about it cannot be."""
    discount = discount or Discount(shop=shop, created_at=now)
    for name, value in fields.items():
        setattr(discount, name, value)
    discount.code = spelled(discount.code)
    discount.full_clean()
    discount.save()
    return discount


def find(shop: Shop, code: str, *, lock: bool = False) -> Discount | None:
    """The valid code of a shop, however it was typed; `lock` makes others who count its uses wait."""
    found = Discount.objects.filter(shop=shop, code=spelled(code), active=True)
    return (found.select_for_update() if lock else found).first()


def unfit(discount: Discount, goods: Decimal, buyer: Buyer, *, now: datetime) -> Unfit | None:
    """Why the code takes nothing off goods of that amount now, for that buyer; None when it does.

    Whoever has the same phone, or the same mailbox under another tag (me+shop@…), is the same buyer.
    """
    if discount.starts_at and now < discount.starts_at:
        return Unfit.EARLY
    if discount.ends_at and now >= discount.ends_at:
        return Unfit.OVER
    if goods < discount.minimum:
        return Unfit.TOO_LITTLE
    uses = Redemption.objects.filter(discount=discount).exclude(case__phase=Phase.ENDED)
    if discount.most_uses is not None and uses.count() >= discount.most_uses:
        return Unfit.USED_UP
    same = _same(buyer)
    if discount.most_per_customer is not None and same is not None:
        mailbox = Func(F("customer__email"), Value(_TAG), Value("@"), function="regexp_replace")
        if uses.annotate(mailbox=mailbox).filter(same).count() >= discount.most_per_customer:
            return Unfit.USED
    return None


def _same(buyer: Buyer) -> Q | None:
    """The uses by one buyer; None of somebody nothing is known of."""
    marks = []
    if buyer.customer_id is not None:
        marks.append(Q(customer_id=buyer.customer_id))
    if buyer.email:
        marks.append(Q(mailbox=re.sub(_TAG, "@", buyer.email.strip().lower())))
    if buyer.phone:
        marks.append(Q(customer__phone=buyer.phone))
    return reduce(or_, marks) if marks else None


def reduction(discount: Discount) -> Reduction:
    """What the code takes off, for `totals.add_up`."""
    return Reduction(_OFF[DiscountKind(discount.kind)], discount.value, discount.code)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the code of an order does for its goods as they are now: what it `takes` off by its own rule.

    `least` is the amount of goods that it needs and that they do not come to any more; None where they do.
    """

    takes: Decimal
    least: Decimal | None = None


def standing(order: Order, lines: Sequence[Line]) -> Standing | None:
    """How the code by which an order was placed stands, `lines` being all of it; None where it does what it did then.

    What is taken off an order that is edited stays as it is written: this says what else it could be. Until when the
    code holds, and how often, was looked at when the order was placed. One query where there is a code, else none.
    """
    used = (
        Redemption.objects.filter(case=order.case).select_related("discount").first() if order.discount_code else None
    )
    if used is None:
        return None
    goods = sum((line.total for line in lines), ZERO)
    if goods < used.discount.minimum:
        return Standing(ZERO, used.discount.minimum)
    items = [Item(line.total, 1) for line in lines]
    sums = add_up(
        items, order.shipping, [reduction(used.discount)], order.case.currency, tax_included=order.tax_included
    )
    return Standing(sums.discount) if sums.discount != used.amount else None


def redeem(discount: Discount, case_id: int, customer_id: int | None, amount: Decimal, *, now: datetime) -> None:
    """Write down that the locked code was used for an order."""
    Redemption.objects.create(
        shop_id=discount.shop_id, discount=discount, case_id=case_id, customer_id=customer_id, amount=amount, at=now
    )
