"""What gateways may read of what is kept here: so much of an account, an attempt and a refund, and they write nothing.

`payments.models` has all of it. An account there is called as its gateway is, so that models know gateways, and not the
other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from tartib.shops.models import Shop


class Account(Protocol):
    """A shop's account at a gateway."""

    @property
    def shop(self) -> Shop:
        """Whose it is."""

    @property
    def gateway(self) -> str:
        """The code of its gateway."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What the shop entered, by the gateway's names for it."""

    @property
    def token(self) -> str:
        """Part of its notice address, unguessable: what is ours and another shop's is told apart by it."""

    @property
    def live(self) -> bool:
        """Whether it takes real money."""


class Attempt(Protocol):
    """One try to pay."""

    @property
    def key(self) -> str:
        """What the gateway was told to call it."""

    @property
    def reference(self) -> str:
        """What the gateway calls it; "" where that is not known."""

    @property
    def amount(self) -> Decimal:
        """How much is to be paid, in `currency`."""

    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def started_at(self) -> datetime:
        """When the customer was sent to the gateway."""

    @property
    def until(self) -> datetime | None:
        """Until when it can be paid; None: as long as the gateway likes."""


class Payment(Protocol):
    """Money that came in."""

    @property
    def reference(self) -> str:
        """What the gateway calls it."""

    @property
    def attempt(self) -> Attempt | None:
        """The try that it came of, where it came by a gateway."""


class Refund(Protocol):
    """One request to send money back."""

    @property
    def key(self) -> str:
        """What the gateway was told to call it."""

    @property
    def payment(self) -> Payment:
        """What goes back."""

    @property
    def amount(self) -> Decimal:
        """How much of it, in `currency`."""

    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def reference(self) -> str:
        """What the gateway calls it; "" where that is not known."""
