"""What dispatch registers: the kinds of rooms below, and that it hears of their findings."""

from __future__ import annotations

from tartib.cases import plugs
from tartib.customers import plugs as customers
from tartib.dispatch import kinds, money, operations, persons
from tartib.payments import plugs as payments


def register() -> None:
    """Called once, when Django is ready."""
    kinds.register(*money.KINDS)
    payments.troubles.append(money.hear)
    plugs.assigners.append(operations.follow)
    customers.exporters.append(persons.tell)
    customers.erasers.append(persons.forget)
