"""What a customer says of themselves at checkout: how to reach them, where it goes, who is billed, a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tartib.customers.address import Address
from tartib.l10n import phones


@dataclass(frozen=True, slots=True)
class Details:
    """Contact and addresses. `email` is in lower case and `phone` in its one form; one of them is enough to go on.

    `phone_said` is what was written as the phone, where `phone` does not say all of it.

    Who picks the goods up needs no address. `bill_to` None means that the same address is billed. `ready` says that the
    form they come from was right.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    ship_to: Address = field(default_factory=Address)
    bill_to: Address | None = None
    note: str = ""
    pickup: bool = False
    ready: bool = False
    phone_said: str = ""

    @property
    def goes_to(self) -> Address:
        """Where the order goes, and is taxed: of what is picked up, the country alone."""
        if not self.pickup:
            return self.ship_to
        return replace(self.ship_to, line1="", line2="", city="", region="", postcode="")

    @property
    def phone_shown(self) -> str:
        """The phone as people read it, with its country's code."""
        return phones.shown(self.phone)

    @property
    def unheard(self) -> bool:
        """Whether no message would arrive: the only way to them is a phone that takes no SMS."""
        return bool(self.phone) and not self.email and not phones.textable(self.phone)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Details:
        """The details as a cart keeps them."""
        return cls(
            str(data.get("name", "")), str(data.get("email", "")), str(data.get("phone", "")),
            Address.read(data.get("ship_to") or {}), Address.read(data["bill_to"]) if data.get("bill_to") else None,
            str(data.get("note", "")), bool(data.get("pickup")), bool(data.get("ready")),
            str(data.get("phone_said", "")),
        )  # fmt: skip

    def as_data(self) -> dict[str, Any]:
        """The details as JSON; `read` is its inverse."""
        return {
            "name": self.name, "email": self.email, "phone": self.phone, "ship_to": self.ship_to.as_data(),
            "bill_to": self.bill_to.as_data() if self.bill_to else None, "note": self.note,
            "pickup": self.pickup, "ready": self.ready, "phone_said": self.phone_said,
        }  # fmt: skip
