"""Addresses at which a message can be answered, and at which the world says that it did not arrive.

Each message has its own, made from its key: nobody can guess one, and an answer needs no code in its subject.
"""

from __future__ import annotations

import re
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


def key_of(address: str) -> UUID | None:
    """The key of the message that such an address is of, however its letters are written; None for any other."""
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    found = _OURS.fullmatch(local)
    return UUID(found[1]) if found and domain == settings.TARTIB_INBOUND_DOMAIN else None


def _address(name: str, key: UUID) -> str:
    domain = settings.TARTIB_INBOUND_DOMAIN
    return f"{name}+{key.hex}@{domain}" if domain else ""
