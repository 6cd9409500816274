"""The report of SMS (C8): every one a shop has sent or was to send, when, to whom, why, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from tartib.l10n import digits
from tartib.notify.models import TROUBLED, UNSENT, Channel, Message, State
from tartib.shops.models import Shop

ROWS = 50
CHUNK = 2_000
VIEWS = {
    "all": Q(),
    "delivered": Q(delivered_at__isnull=False),
    "sent": Q(state=State.SENT, delivered_at=None),
    "waiting": Q(state__in=UNSENT),
    "trouble": Q(state__in=TROUBLED),
}
"""What became of them: on the phone; taken by the provider, which has not said more; not sent yet; not arrived."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which SMS are looked for: by what became of them, when they were written, and a number or a tracking code."""

    view: str = "all"
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some SMS, newest first, and the cursor of the rest; "" at the end."""

    rows: list[Message]
    following: str


@dataclass(frozen=True, slots=True)
class Sums:
    """How many SMS were sent, in how many parts, and what they cost in each currency."""

    sent: int
    parts: int
    costs: list[tuple[Decimal, str]]


def report_page(shop: Shop, wanted: Wanted, cursor: str = "", size: int = ROWS) -> Page:
    """A part of the report, in one query."""
    found = _sought(shop, wanted)
    if (after := _after(cursor)) is not None:
        at, pk = after
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    rows = list(found[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], f"{last.created_at.isoformat()}~{last.pk}" if last else "")


def everything(shop: Shop, wanted: Wanted) -> Iterator[Message]:
    """All of the report, newest first, whatever its length."""
    return _sought(shop, wanted).iterator(CHUNK)


def sums(shop: Shop, wanted: Wanted) -> Sums:
    """What the SMS looked for come to, so far as they were sent."""
    grouped = _sought(shop, wanted).filter(parts__isnull=False).order_by().values("price_currency")
    rows: list[Any] = list(
        grouped.annotate(sent=Count("pk"), taken=Sum("parts"), cost=Sum("price")).order_by("price_currency")
    )  # fmt: skip
    costs = [(row["cost"], row["price_currency"]) for row in rows if row["price_currency"]]
    return Sums(sum(row["sent"] for row in rows), sum(row["taken"] for row in rows), costs)


def _sought(shop: Shop, wanted: Wanted) -> QuerySet[Message]:
    found = Message.objects.filter(VIEWS.get(wanted.view, Q()), shop=shop, channel=Channel.SMS)
    if wanted.since:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(created_at__lt=wanted.until)
    if wanted.text:
        number = "".join(char for char in digits.latin(wanted.text) if char.isdigit()).lstrip("0")
        about = Q(case__code__iexact=wanted.text)
        found = found.filter(about | Q(recipient__contains=number) if len(number) >= 4 else about)
    return found.select_related("case").order_by("-created_at", "-pk")


def _after(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names; None for none, and for what is not one."""
    moment, _mark, pk = cursor.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if at.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return at, int(pk)
