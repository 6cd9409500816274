"""Where the rooms above meet an account: who sends a code, where cases come to an account, what a person's data are."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tartib.shops.models import Shop


class Courier(Protocol):
    """Sends a one-time code in the shop's name, in the caller's transaction; `channel` is email or sms."""

    def __call__(
        self, shop: Shop, channel: str, recipient: str, language: str, code: str, *, good_until: datetime, now: datetime
    ) -> None: ...


class Readiness(Protocol):
    """Whether a shop can send by a channel."""

    def __call__(self, shop: Shop, channel: str) -> bool: ...


couriers: list[Courier] = []
readiness: list[Readiness] = []


def can_send(shop: Shop, channel: str) -> bool:
    """Whether a code would go out from `shop` by `channel`."""
    return any(ready(shop, channel) for ready in readiness)
