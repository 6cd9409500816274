"""Erasing what timelines say about a person, and nothing else of them: see docs/decisions/erasing.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tartib.journal import sql
from tartib.journal.kinds import DELETED, ERASED
from tartib.journal.models import ActorKind, Entry
from tartib.journal.operations import Actor, NewEntry, seal, write

_AT_ONCE = 2_000


def erase(shop_id: int, case_ids: Iterable[int], actor: Actor, *, now: datetime) -> int:
    """Erase all words of these cases' timelines, and the names of customers on them; returns of how many entries.

    That it was done, by whom and when, is an entry of each timeline. Within the caller's transaction.
    """
    ids = sorted(set(case_ids))
    # First, so that the chains are locked and nothing is added meanwhile.
    write(shop_id, [NewEntry(case_id, ERASED, shown=True) for case_id in ids], actor, now)
    spoken = Entry.objects.filter(shop=shop_id, case_id__in=ids, salt__isnull=False).order_by("case_id", "seq")
    erased, rows = 0, []
    for entry in spoken.iterator(chunk_size=_AT_ONCE):
        name = entry.actor_name if entry.actor_kind == ActorKind.CUSTOMER else ""
        rows.append((entry.pk, seal(bytes(entry.salt or b""), name, entry.words or {})))
        if len(rows) == _AT_ONCE:
            erased += sql.seal(rows)
            rows = []
    return erased + (sql.seal(rows) if rows else 0)


def deleted(shop_id: int, customers: Iterable[int]) -> dict[int, str]:
    """The cases of these customers that were deleted, of which the timeline is left: tracking codes by number."""
    gone = Entry.objects.filter(shop=shop_id, kind=DELETED, facts__customer__in=list(customers))
    return {entry.case_id: str(entry.facts.get("code", "")) for entry in gone}
