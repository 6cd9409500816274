"""The statements of the timeline written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from tartib.shops.bulk import columns

ENTRY = (
    "shop_id", "act_id", "case_id", "seq", "at", "kind", "actor_kind", "actor_id", "actor_name", "shown", "facts",
    "words", "salt", "hash",
)  # fmt: skip
"""The columns of an entry, in the order of its rows."""


def lock_chains(shop_id: int, case_ids: Sequence[int]) -> list[tuple[int, tuple[int, bytes]]]:
    """Lock the chains of these cases in the order of their ids: each with its length and last hash."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, length, head FROM journal_chain WHERE shop_id = %s AND case_id = ANY(%s)"
            " ORDER BY case_id FOR UPDATE",
            [shop_id, list(case_ids)],
        )
        return [(case_id, (length, bytes(head))) for case_id, length, head in cursor.fetchall()]


def append(shop_id: int, act_id: UUID | None, rows: Iterable[tuple[object, ...]]) -> None:
    """Write entries, and with them the length and last hash of the chains that were there before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH fresh AS (
                INSERT INTO journal_entry ({", ".join(ENTRY)})
                SELECT %s, %s::uuid, * FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::text[], %s::text[],
                    %s::bigint[], %s::text[], %s::bool[], %s::jsonb[], %s::jsonb[], %s::bytea[], %s::bytea[])
                RETURNING case_id, seq, hash)
            UPDATE journal_chain AS c SET length = e.seq, head = e.hash
            FROM (SELECT DISTINCT ON (case_id) case_id, seq, hash FROM fresh ORDER BY case_id, seq DESC) AS e
            WHERE c.case_id = e.case_id
            """,
            [shop_id, act_id, *columns(row[2:] for row in rows)],
        )


def open_chains(shop_id: int, ends: Sequence[tuple[int, int, bytes]]) -> None:
    """Enter new chains in the shop's register, each with its length and last hash as they will be."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH register AS (
                INSERT INTO journal_register AS r (shop_id, last) VALUES (%s, %s)
                ON CONFLICT (shop_id) DO UPDATE SET last = r.last + excluded.last
                RETURNING last
            )
            INSERT INTO journal_chain (case_id, shop_id, number, length, head)
            SELECT c.id, %s, register.last - %s + c.place, c.length, c.head
            FROM register,
                unnest(%s::bigint[], %s::int[], %s::bytea[]) WITH ORDINALITY AS c (id, length, head, place)
            """,
            [shop_id, len(ends), shop_id, len(ends), *columns(ends)],
        )


def seal(rows: Sequence[tuple[int, bytes]]) -> int:
    """Put seals (entry, seal) in the place of what they seal; returns of how many entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE journal_entry AS e SET words = NULL, salt = NULL, seal = n.seal,
                actor_name = CASE WHEN e.actor_kind = 'customer' THEN '' ELSE e.actor_name END
            FROM unnest(%s::bigint[], %s::bytea[]) AS n (id, seal) WHERE e.id = n.id
            """,
            columns(rows),
        )
        return int(cursor.rowcount)


def read_at_one_moment() -> None:
    """Have all that the transaction reads be as it was when it read first; it has read nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def only_anchoring(shop_id: int) -> bool:
    """Whether no other transaction takes an anchor of that shop; none will until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"tartib.anchor:{shop_id}"])
        return bool(cursor.fetchone()[0])


def mark_anchored(shop_id: int, lengths: Sequence[tuple[int, int]]) -> None:
    """Keep that chains (case, length) are anchored up to there. They are locked in the order of their cases."""
    if not lengths:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH held AS (
                SELECT c.case_id, n.length
                FROM journal_chain AS c JOIN unnest(%s::bigint[], %s::int[]) AS n (case_id, length) USING (case_id)
                WHERE c.shop_id = %s AND c.anchored < n.length AND n.length <= c.length
                ORDER BY c.case_id FOR NO KEY UPDATE OF c)
            UPDATE journal_chain AS c SET anchored = held.length FROM held WHERE c.case_id = held.case_id
            """,
            [*columns(lengths), shop_id],
        )


def ends(shop_id: int, points: Sequence[tuple[int, int]]) -> list[tuple[bytes | None, int | None]]:
    """For each point (case, seq), in their order: the hash of that entry, and how many entries the chain has now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.hash, c.length
            FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS p (case_id, seq, place)
            LEFT JOIN journal_chain AS c ON c.case_id = p.case_id AND c.shop_id = %s
            LEFT JOIN journal_entry AS e ON e.case_id = p.case_id AND e.seq = p.seq AND e.shop_id = %s
            ORDER BY p.place
            """,
            [*columns(points), shop_id, shop_id],
        )
        return [(None if found is None else bytes(found), length) for found, length in cursor.fetchall()]
