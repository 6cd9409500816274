"""A shop's security log: who came in, who may what, what left the shop. It is added to and read, never altered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tartib.shops import scope
from tartib.shops.models import Shop
from tartib.shops.staffing import SecurityEntry, SecurityEvent

KEPT = timedelta(days=settings.TARTIB_SECURITY_DAYS)
"""How long an entry is kept; sooner the database lets nobody remove it (see the migration for the least there)."""

PAGE = 50

GROUPS: dict[str, tuple[SecurityEvent, ...]] = {
    "sign-in": (
        SecurityEvent.SIGNED_IN, SecurityEvent.SIGN_IN_FAILED, SecurityEvent.CODE_SENT, SecurityEvent.PASSWORD,
    ),
    "people": (
        SecurityEvent.INVITED, SecurityEvent.INVITED_AGAIN, SecurityEvent.WITHDRAWN, SecurityEvent.DECLINED,
        SecurityEvent.EXPIRED, SecurityEvent.JOINED, SecurityEvent.ROLE, SecurityEvent.LEFT,
    ),
    "keys": (SecurityEvent.KEY_MADE, SecurityEvent.KEY_ENDED, SecurityEvent.KEY_EXPIRED),
    "money": (SecurityEvent.MONEY, SecurityEvent.SERVICE),
    "export": (SecurityEvent.EXPORT,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Who does something, and from where: the address as visitors are counted, the device in words."""

    name: str = "Tartib"
    user_id: int | None = None
    address: str = ""
    device: str = ""


TARTIB = Origin()
"""The product itself: its commands and what it does by the clock."""


def record(shop: Shop, event: SecurityEvent, by: Origin, **facts: Any) -> None:
    """Write one line, in the caller's transaction."""
    _write(shop.pk, event, by, facts)


def record_of_person(by: Origin, event: SecurityEvent) -> None:
    """Write of a person's own account, to every shop they work in: that is where their account opens doors."""
    # Who is nobody takes as many questions.
    for shop_id in scope.shops_of_person(by.user_id or 0):
        with scope.scope(shop_id):
            _write(shop_id, event, by, {})


def hidden(email: str) -> str:
    """An address as those who know it recognise it, and nobody else learns it: `o•••@example.com`."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}•••@{host}"


def entries(shop: Shop, *, group: str = "", person: int | None = None) -> QuerySet[SecurityEntry]:
    """A shop's log, newest first: all of it, or of a group of events, or of what one person did."""
    found = SecurityEntry.objects.filter(shop=shop).order_by("-pk")
    if group in GROUPS:
        found = found.filter(event__in=GROUPS[group])
    return found if person is None else found.filter(user_id=person)


def forget(now: datetime) -> int:
    """Remove what is older than it is kept; returns how many lines."""
    removed, _each = SecurityEntry.objects.filter(at__lt=now - KEPT).delete()
    return removed


def _write(shop_id: int, event: SecurityEvent, by: Origin, facts: dict[str, Any]) -> None:
    SecurityEntry.objects.create(
        shop_id=shop_id, at=timezone.now(), event=event, user_id=by.user_id, name=by.name[:150], address=by.address,
        device=by.device, facts=facts,
    )  # fmt: skip
