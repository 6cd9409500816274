"""Reads of work that must not be forgotten: how much there is, the list of it, what belongs to a case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tartib.cases.models import Case
from tartib.dispatch.models import WorkEntry, WorkRecord
from tartib.shops.models import Membership, Shop

ROWS = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are looked for: of whom, of which kinds (none: of all), open or settled."""

    owner: Membership | None = None
    kinds: Collection[str] = ()
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and the cursor of the rest; "" at the end."""

    rows: list[WorkRecord]
    following: str


def count(shop: Shop, wanted: Wanted = Wanted()) -> int:
    """How many records there are."""
    return _sought(shop, wanted).count()


def record_page(shop: Shop, wanted: Wanted = Wanted(), cursor: str = "", size: int = ROWS) -> Page:
    """A part of the list: what is open by its due time, what is settled newest first; one query."""
    column = "resolved_at" if wanted.settled else "due_at"
    side, sign = ("lt", "-") if wanted.settled else ("gt", "")
    found = _sought(shop, wanted)
    after = _after(cursor)
    if after is not None:
        at, pk = after
        found = found.filter(Q(**{f"{column}__{side}": at}) | Q(**{column: at, f"pk__{side}": pk}))
    rows = list(_whole(found).order_by(f"{sign}{column}", f"{sign}pk")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], f"{getattr(last, column).isoformat()}~{last.pk}" if last is not None else "")


def record(shop: Shop, pk: int) -> WorkRecord | None:
    """That record of the shop."""
    return _whole(WorkRecord.objects.filter(shop=shop, pk=pk)).first()


def of_case(case: Case) -> list[WorkRecord]:
    """The open records about a case, the one due first."""
    return list(_whole(WorkRecord.objects.filter(case=case, resolved_at=None)).order_by("due_at", "pk"))


def history(record: WorkRecord) -> list[WorkEntry]:
    """What happened to a record, oldest first."""
    return list(WorkEntry.objects.filter(record=record).order_by("pk"))


def _whole(records: QuerySet[WorkRecord]) -> QuerySet[WorkRecord]:
    """With what their rows show of the case and of who is responsible."""
    return records.select_related("case__customer", "owner__user")


def _sought(shop: Shop, wanted: Wanted) -> QuerySet[WorkRecord]:
    found = WorkRecord.objects.filter(shop=shop, resolved_at__isnull=not wanted.settled)
    if wanted.owner is not None:
        found = found.filter(owner=wanted.owner)
    return found.filter(kind__in=list(wanted.kinds)) if wanted.kinds else found


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
