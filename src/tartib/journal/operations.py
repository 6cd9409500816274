"""The only writer of the timeline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from tartib.journal.models import ActorKind, Kind

Json = Mapping[str, object]
OPENING = frozenset({Kind.CREATED, Kind.IMPORTED})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: the name is kept as it was at that moment."""

    kind: str
    name: str
    id: int | None = None
    role: str = ""


SYSTEM = Actor(ActorKind.SYSTEM, "Tartib")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written. `data` holds only what JSON holds exactly: text, whole numbers, true/false, null."""

    case_id: int
    kind: str
    data: Json = field(default_factory=dict)
    shown: bool = False
    at: datetime | None = None
    actor: Actor | None = None


def canonical(data: Json) -> bytes:
    """The one byte form of `data` that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def link(previous: bytes, header: Sequence[object], data: Json) -> bytes:
    """The hash of an entry: SHA-256 over the previous hash, the header's digest and the data's digest.

    Header and data are digested apart so that the words of a person who asks to be forgotten can one day be replaced
    by their digest without breaking the chain.
    """
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(previous + hashlib.sha256(head).digest() + hashlib.sha256(canonical(data)).digest()).digest()


def header(
    shop_id: int, case_id: int, seq: int, at: datetime, kind: str, actor: Actor, shown: bool, act_id: UUID | None
) -> list[object]:
    """What is hashed of an entry besides its data; the moment in UTC to the microsecond."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    act = str(act_id) if act_id else None
    return [shop_id, case_id, seq, moment, kind, actor.kind, actor.id, actor.name, shown, act]


def write(shop_id: int, drafts: Sequence[Draft], actor: Actor, now: datetime, act_id: UUID | None = None) -> None:
    """Append `drafts` to the timelines of their cases, in their order, inside the caller's transaction.

    The number of SQL statements does not depend on the number of drafts. The chains are locked in the order of their
    cases, after the cases themselves. A first entry (created or imported) opens the chain of its case.
    """
    if not drafts:
        return
    with connection.cursor() as cursor:
        opening = sorted({draft.case_id for draft in drafts if draft.kind in OPENING})
        chains: dict[int, tuple[int, bytes]] = {}
        if opening:
            _open_chains(cursor, shop_id, opening)
            chains = dict.fromkeys(opening, (0, b""))
        known = sorted({draft.case_id for draft in drafts} - chains.keys())
        if known:
            cursor.execute(
                "SELECT case_id, length, head FROM journal_chain WHERE shop_id = %s AND case_id = ANY(%s)"
                " ORDER BY case_id FOR UPDATE",
                [shop_id, known],
            )
            chains.update((case_id, (length, bytes(head))) for case_id, length, head in cursor.fetchall())
        columns: list[list[object]] = [[] for _column in range(10)]
        for draft in drafts:
            length, head = chains[draft.case_id]
            who, at = draft.actor or actor, draft.at or now
            sealed = link(
                head, header(shop_id, draft.case_id, length + 1, at, draft.kind, who, draft.shown, act_id), draft.data
            )
            chains[draft.case_id] = (length + 1, sealed)
            row = (
                draft.case_id, length + 1, at, draft.kind, who.kind, who.id, who.name, draft.shown,
                json.dumps(draft.data, ensure_ascii=False), sealed,
            )  # fmt: skip
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        cursor.execute(
            """
            INSERT INTO journal_entry
                (shop_id, act_id, case_id, seq, at, kind, actor_kind, actor_id, actor_name, shown, data, hash)
            SELECT %s, %s::uuid, * FROM unnest(
                %s::bigint[], %s::int[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[], %s::text[],
                %s::boolean[], %s::jsonb[], %s::bytea[])
            """,
            [shop_id, act_id, *columns],
        )
        cursor.execute(
            """
            UPDATE journal_chain AS c SET length = n.length, head = n.head
            FROM unnest(%s::bigint[], %s::int[], %s::bytea[]) AS n (case_id, length, head)
            WHERE c.case_id = n.case_id
            """,
            [list(chains), [length for length, _head in chains.values()], [head for _length, head in chains.values()]],
        )


def _open_chains(cursor: object, shop_id: int, case_ids: Sequence[int]) -> None:
    cursor.execute(  # type: ignore[attr-defined]
        """
        WITH register AS (
            INSERT INTO journal_register AS r (shop_id, last) VALUES (%s, %s)
            ON CONFLICT (shop_id) DO UPDATE SET last = r.last + excluded.last
            RETURNING last
        )
        INSERT INTO journal_chain (case_id, shop_id, number, length, head)
        SELECT c.id, %s, register.last - %s + c.place, 0, ''
        FROM register, unnest(%s::bigint[]) WITH ORDINALITY AS c (id, place)
        """,
        [shop_id, len(case_ids), shop_id, len(case_ids), list(case_ids)],
    )
