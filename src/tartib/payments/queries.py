"""Reads of payments: a shop's accounts, attempts by their key, what came in and what needs a look."""

from __future__ import annotations

from tartib.payments.gateways import gateways
from tartib.payments.gateways.protocol import Way
from tartib.payments.models import Account, Attempt
from tartib.shops.models import Shop


def offered(shop: Shop, currency: str) -> list[Account]:
    """The accounts by which a customer may pay an order from afar, in the shop's order."""
    return [account for account in active(shop, currency) if gateways()[account.gateway].way != Way.ON_RECEIPT]


def active(shop: Shop, currency: str) -> list[Account]:
    """The accounts that a shop offers for a currency, those paid on receipt included, in the shop's order."""
    return [
        account
        for account in Account.objects.filter(shop=shop, active=True).order_by("position", "pk")
        if (way := gateways().get(account.gateway)) and (not way.currencies or currency in way.currencies)
    ]


def attempt(key: str) -> Attempt | None:
    """The attempt of that key, with its account, shop and order."""
    wanted = Attempt.objects.select_related("account", "shop", "case__shop", "case__customer", "slip")
    return wanted.filter(key=key).first()


def account_of(token: str) -> Account | None:
    """The account of that notice address."""
    return Account.objects.select_related("shop").filter(token=token).first()
