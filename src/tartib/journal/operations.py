"""The only writer of the timeline."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from tartib.journal import sql
from tartib.journal.kinds import CREATED, IMPORTED, part
from tartib.journal.models import ActorKind
from tartib.shops.bulk import insert_rows

Json = Mapping[str, object]
# Made once: thousands of entries are encoded in one import.
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
OPENING = frozenset({CREATED, IMPORTED})
UNSEALED = bytes(32)
"""Stands in the chain for an entry that says nothing about a person."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: the name is kept as it was at that moment."""

    kind: str
    name: str
    id: int | None = None
    role: str = ""


SYSTEM = Actor(ActorKind.SYSTEM, "Tartib")


@dataclass(frozen=True)
class NewEntry:
    """An entry to be written. `data` holds only what JSON holds exactly: text, whole numbers, true/false, null.

    What of it stays when a person is erased says the description of its `kind` (`journal.kinds`).
    """

    case_id: int
    kind: str
    data: Json = field(default_factory=dict)
    shown: bool = False
    at: datetime | None = None
    actor: Actor | None = None


def canonical(data: Json) -> bytes:
    """The one byte form of `data` that is hashed: sorted keys, no spaces, UTF-8."""
    return _canonical(data).encode()


def link(previous: bytes, header: Sequence[object], facts: bytes, seal: bytes) -> bytes:
    """The hash of an entry: SHA-256 over the previous hash, the digests of header and facts, and the seal.

    `facts` are in their `canonical` form. What may be about a person is in the chain by its seal alone, so that it can
    be erased without breaking the chain.
    """
    head = _compact(header).encode()
    digests = hashlib.sha256(head).digest() + hashlib.sha256(facts).digest()
    return hashlib.sha256(previous + digests + seal).digest()


def seal(salt: bytes, name: str, words: Json) -> bytes:
    """What stands in the chain for what an entry says about a person, and for the `name` of a customer who acted.

    Without the salt, which goes with the words, nobody can find out by trying what they were.
    """
    return hashlib.sha256(salt + _compact([name, _canonical(words)]).encode()).digest()


def header(
    shop_id: int, case_id: int, seq: int, at: datetime, kind: str, actor: Actor, shown: bool, act_id: UUID | None
) -> list[object]:
    """What is hashed of an entry besides facts and seal; the moment in UTC to the microsecond.

    The name of staff and of programs is here, that of a customer is sealed.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    act = str(act_id) if act_id else None
    name = "" if actor.kind == ActorKind.CUSTOMER else actor.name
    return [shop_id, case_id, seq, moment, kind, actor.kind, actor.id, name, shown, act]


def write(shop_id: int, drafts: Sequence[NewEntry], actor: Actor, now: datetime, act_id: UUID | None = None) -> None:
    """Append `drafts` to the timelines of their cases, in their order, inside the caller's transaction.

    The number of SQL statements does not depend on the number of drafts. The chains are locked in the order of their
    cases, after the cases themselves. A first entry (created or imported) opens the chain of its case. Raises
    `KeyError` for a kind that no room describes.
    """
    if not drafts:
        return
    opening = sorted({draft.case_id for draft in drafts if draft.kind in OPENING})
    chains: dict[int, tuple[int, bytes]] = dict.fromkeys(opening, (0, b""))
    known = sorted({draft.case_id for draft in drafts} - chains.keys())
    if known:
        chains.update(sql.lock_chains(shop_id, known))
    rows = _sealed(shop_id, drafts, chains, actor, now, act_id)
    if known:
        sql.append(shop_id, act_id, rows)
    else:
        insert_rows("journal_entry", sql.ENTRY, rows)
    if opening:
        sql.open_chains(shop_id, [(case_id, *chains[case_id]) for case_id in opening])


def _sealed(
    shop_id: int,
    drafts: Sequence[NewEntry],
    chains: dict[int, tuple[int, bytes]],
    actor: Actor,
    now: datetime,
    act_id: UUID | None,
) -> Iterator[tuple[object, ...]]:
    """The rows of the drafts, each linked to its chain; `chains` (length and last hash by case) grow with them."""
    for draft in drafts:
        length, head = chains[draft.case_id]
        who, at = draft.actor or actor, draft.at or now
        facts, words = part(draft.kind, draft.data)
        name = who.name if who.kind == ActorKind.CUSTOMER else ""
        salt = secrets.token_bytes(16) if words or name else None
        kept = canonical(facts)
        about = header(shop_id, draft.case_id, length + 1, at, draft.kind, who, draft.shown, act_id)
        sealed = link(head, about, kept, seal(salt, name, words) if salt else UNSEALED)
        chains[draft.case_id] = (length + 1, sealed)
        yield (
            shop_id, act_id, draft.case_id, length + 1, at, draft.kind, who.kind, who.id, who.name, draft.shown,
            kept.decode(), _canonical(words) if words else None, salt, sealed,
        )  # fmt: skip
