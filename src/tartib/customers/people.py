"""What a customer says of themselves."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from tartib.customers import hooks
from tartib.customers.models import Customer
from tartib.shops import naming
from tartib.shops.models import Shop


@transaction.atomic
def describe(customer: Customer, *, name: str, language: str, calendar: str) -> None:
    """Keep a customer's name, and the language and calendar in which they are written to; "" is as the shop does."""
    customer.name, customer.language, customer.calendar = name, language, calendar
    customer.sort = naming.key(customer.shop, name)
    customer.save(update_fields=["name", "language", "calendar", "sort"])
    renamed(customer.shop, [customer.pk])


def renamed(shop: Shop, customers: Collection[int]) -> None:
    """Let every room hear that these customers are called or reached otherwise."""
    for hear in hooks.connected.after_rename if customers else ():
        hear(shop, customers)
