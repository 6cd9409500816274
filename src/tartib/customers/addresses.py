"""What a person types to say who they are: an e-mail address or a phone, in the one form in which it is compared."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from tartib.customers import contact
from tartib.l10n import phones
from tartib.shops.models import Shop

EMAIL, SMS, PUSH = "email", "sms", "push"


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """Where a code goes: the channel (email or sms) and the address in its one form."""

    channel: str
    address: str

    @property
    def field(self) -> str:
        """The name of the field of customers and accounts that holds such an address."""
        return "email" if self.channel == EMAIL else "phone"


def read_contact_point(text: str, shop: Shop) -> ContactPoint | None:
    """An e-mail address or a phone of the shop's country; None for what is neither."""
    typed = text.strip()
    if "@" in typed:
        try:
            return ContactPoint(EMAIL, contact.email(typed))
        except ValidationError:
            return None
    phone = phones.read_phone(typed, shop.country)
    return ContactPoint(SMS, phone.number) if phone.dialled else None


def hidden(address: str) -> str:
    """An address as its owner recognises it and nobody else learns it: `o•••@example.com`, `•••22 33`."""
    if "@" in address:
        name, _at, host = address.partition("@")
        return f"{name[:1]}•••@{host}"
    return f"•••{address[-4:]}"
