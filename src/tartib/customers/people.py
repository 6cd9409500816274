"""What a customer says of themselves."""

from __future__ import annotations

from django.db import transaction

from tartib.customers import plugs
from tartib.customers.models import Customer
from tartib.shops import naming


@transaction.atomic
def describe(customer: Customer, *, name: str, language: str, calendar: str) -> None:
    """Keep a customer's name, and the language and calendar in which they are written to; "" is as the shop does."""
    customer.name, customer.language, customer.calendar = name, language, calendar
    customer.sort = naming.key(customer.shop, name)
    customer.save(update_fields=["name", "language", "calendar", "sort"])
    plugs.renamed(customer.shop, [customer.pk])
