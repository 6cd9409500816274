"""Addresses at which a message can be answered, and at which the world says that it did not arrive.

Each message has its own, made from its key: nobody can guess one, and an answer needs no code in its subject.
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings

_ANSWERS, _NEWS = "support", "bounce"
_OURS = re.compile(rf"(?:{_ANSWERS}|{_NEWS})\+([0-9a-f]{{32}})")


def reply_address(key: UUID) -> str:
    """Where the message of that key is answered by e-mail; "" where the installation takes in no e-mail."""
    return _address(_ANSWERS, key)


def bounce_address(key: UUID) -> str:
    """Where mail servers say that the message of that key could not be delivered; "" as above."""
    return _address(_NEWS, key)


def message_id(key: UUID) -> str:
    """The id that the e-mail of that message has, in every attempt (RFC 5322, 3.6.4)."""
    return f"<{key}@{sender_address().rpartition('@')[2]}>"


def sender_address() -> str:
    """The address from which this installation writes."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or "tartib@localhost"


def is_for_news(address: str) -> bool:
    """Whether an address is the one at which mail servers tell of a message that did not arrive."""
    return key_of(address) is not None and address.strip().strip("<>").lower().startswith(f"{_NEWS}+")


def key_of(address: str) -> UUID | None:
    """The key of the message that such an address is of, however its letters are written; None for any other."""
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    found = _OURS.fullmatch(local)
    return UUID(found[1]) if found and domain == settings.TARTIB_INBOUND_DOMAIN else None


def _address(name: str, key: UUID) -> str:
    domain = settings.TARTIB_INBOUND_DOMAIN
    return f"{name}+{key.hex}@{domain}" if domain else ""
