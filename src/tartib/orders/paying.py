"""The ways to pay that a shop offers at checkout: its accounts at gateways, a bank transfer, cash on delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tartib.l10n.names import language as nearest
from tartib.orders.models import DeliveryKind, Order, OrderSettings, PaymentMethod
from tartib.payments import gateways
from tartib.payments.gateways.protocol import Gateway
from tartib.payments.gateways.protocol import Way as Kind
from tartib.payments.models import Account
from tartib.payments.queries import active, takes
from tartib.shops.models import Shop

_METHODS = {
    Kind.ONLINE: PaymentMethod.ONLINE,
    Kind.TRANSFER: PaymentMethod.BANK,
    Kind.ON_RECEIPT: PaymentMethod.ON_RECEIPT,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay: an account and the gateway it is at, for an order that is `picked_up` or sent."""

    account: Account
    gateway: Gateway
    picked_up: bool = False

    @property
    def name(self) -> str:
        """What customers read in their language: the shop's own name for it, or the usual one."""
        usual = self.picked_up and not self.before and not self.account.names
        return _("Pay when you pick it up") if usual else self.account.name(_reader())

    @property
    def method(self) -> PaymentMethod:
        """How an order paid this way says that it is paid."""
        return _METHODS[self.gateway.way]

    @property
    def instructions(self) -> str:
        """What the shop tells its customers of paying so, in their language or another one of its; "" for nothing."""
        return self.account.told(_reader())

    @property
    def before(self) -> bool:
        """Whether it is paid before the goods are sent, so that a payment has to be opened."""
        return self.gateway.way != Kind.ON_RECEIPT


def ways(shop: Shop, currency: str, *, picked_up: bool = False, handed_over: bool = True) -> list[Way]:
    """What the shop offers for an amount in that currency, in its order; the practice gateway only where one practises.

    `picked_up` says of what: an order that its customer comes for. Where nothing is `handed_over`, as with gift cards,
    nobody can pay on receipt; a shop that knows no other way, one that sells services, takes that one. One query.
    """
    known = gateways.gateways()
    offered = [Way(account, known[account.gateway], picked_up) for account in active(shop, currency)]
    offered = [way for way in offered if shop.practice or not way.gateway.practice]
    return offered if handed_over else [way for way in offered if way.before] or offered


def way_of(order: Order, accounts: Iterable[Account]) -> Way | None:
    """By which of a shop's accounts an order is to be paid: of several of its kind, the one it was called by."""
    known = gateways.gateways()
    ways = [Way(account, known[account.gateway]) for account in accounts if takes(account, order.case.currency)]
    alike = [way for way in ways if way.method == order.payment_method]
    called = (way for way in alike if order.payment_method_name == way.account.name(nearest(order.case.language)))
    return next(called, alike[0] if alike else None)


def ways_of(shop: Shop, order: Order) -> list[Way]:
    """What the shop offers for an order that was made already. Two queries."""
    return ways(
        shop, order.case.currency, picked_up=order.delivery == DeliveryKind.PICKUP,
        handed_over=order.case.lines.exclude(product__stocked=False).exists(),
    )  # fmt: skip


def _reader() -> str:
    return nearest(get_language() or "en")


def held_until(shop: Shop, method: str, now: datetime) -> datetime | None:
    """Until when goods are held for an order paid by that method; None for as long as the order is open.

    Somebody who pays online has the shop's minutes for it, a transfer the days after which an order counts as stale.
    """
    match method:
        case PaymentMethod.ONLINE:
            return now + timedelta(minutes=OrderSettings.of(shop).pay_minutes)
        case PaymentMethod.BANK:
            return now + timedelta(days=OrderSettings.of(shop).stale_after_days)
    return None
