"""What a customer says of themselves."""

from __future__ import annotations

from tartib.customers.models import Customer
from tartib.shops import naming


def describe(customer: Customer, *, name: str, language: str) -> None:
    """Keep a customer's name and the language in which they are written to."""
    customer.name, customer.language = name, language
    customer.sort = naming.key(customer.shop, name)
    customer.save(update_fields=["name", "language", "sort"])
