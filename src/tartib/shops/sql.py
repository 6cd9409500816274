"""The shops' hand-written SQL: what open pages are told, what counts tries, and what gives codes their numbers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

MAY_HEAR = """
    SELECT extract(epoch FROM s.expire_date - now())::float8
    FROM shops_membership AS m JOIN shops_session AS s ON s.user_id = m.user_id
    WHERE m.id = %s AND m.shop_id = %s AND m.active AND s.ref = %s AND s.expire_date > now()
"""
"""For how many seconds a session (membership, shop, its reference) may still hear; no row where it may not."""


IN_SCOPE = "SELECT set_config('tartib.shop', %s, true)"
"""Enters the scope of a shop until the transaction ends, on a connection that is not Django's."""


def numbers_from(function: str, given: Sequence[Any]) -> list[int]:
    """The numbers of shops that a function of the database gives (`shops.definers`)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({', '.join(['%s'] * len(given))})", given)
        return [shop_id for (shop_id,) in cursor.fetchall() if shop_id is not None]


def end_streams(**whose: int | str) -> None:
    """Have the live streams of a `member` (id), `user` (id) or `session` (ref) end, once the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('tartib', %s)", [json.dumps({"end": whose})])


def hold_members(shop_id: int, ids: Collection[int]) -> None:
    """Hold places in a shop until the transaction ends: whoever has one does not leave or become something else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM shops_membership WHERE shop_id = %s AND id = ANY(%s) ORDER BY id FOR SHARE",
            [shop_id, list(ids)],
        )


def hold_first(shop_id: int, wanted: Sequence[int], roles: Sequence[str]) -> int | None:
    """Hold the place of the first one of `wanted` who works in the shop in one of these roles.

    After them comes who is responsible by default, then the owners. Whoever is leaving at this moment is passed over
    instead of waited for: who asks may hold a case, and who leaves waits for cases.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.id FROM shops_membership AS m JOIN shops_shop AS s ON s.id = m.shop_id
            WHERE s.id = %s AND m.active AND m.role = ANY(%s)
                AND (m.id = ANY(%s) OR m.id = s.default_owner_id OR m.role = 'owner')
            ORDER BY array_position(%s::bigint[], m.id), m.id = s.default_owner_id DESC, m.id
            LIMIT 1 FOR SHARE OF m SKIP LOCKED
            """,
            [shop_id, list(roles), list(wanted), list(wanted)],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def count_codes(shop_id: int, branch_id: int, wanted: Mapping[int, int]) -> dict[int, int]:
    """Take so many numbers of a branch in each period (202411 …); returns the last taken of each.

    The rows are locked until the transaction ends.
    """
    periods = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO shops_counter AS c (shop_id, branch_id, period, last)
            SELECT %s, %s, n.period, n.count FROM unnest(%s::int[], %s::int[]) AS n (period, count) ORDER BY n.period
            ON CONFLICT (branch_id, period) DO UPDATE SET last = c.last + excluded.last
            RETURNING period, last
            """,
            [shop_id, branch_id, periods, [wanted[period] for period in periods]],
        )
        return dict(cursor.fetchall())


def count_tries(subjects: Sequence[str], window: timedelta, now: datetime) -> list[int]:
    """Count one try of each subject; how many each has made in its window, this one included."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO shops_limit AS l (subject, window_start, count)
            SELECT unnest(%s::text[]), %s, 1
            ON CONFLICT (subject) DO UPDATE SET
                count = CASE WHEN l.window_start <= %s THEN 1 ELSE l.count + 1 END,
                window_start = CASE WHEN l.window_start <= %s THEN excluded.window_start ELSE l.window_start END
            RETURNING count
            """,
            [list(subjects), now, now - window, now - window],
        )
        return [count for (count,) in cursor.fetchall()]


def take_back(subjects: Sequence[str]) -> None:
    """Take one try of each subject off its count."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH mine AS (SELECT subject FROM shops_limit WHERE subject = ANY(%s) ORDER BY subject FOR UPDATE)
            UPDATE shops_limit AS l SET count = greatest(l.count - 1, 0) FROM mine WHERE l.subject = mine.subject
            """,
            [list(subjects)],
        )


def forget_limits(before: datetime) -> int:
    """Remove the counts of tries whose window began before then; returns how many. One that is counted now stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM shops_limit WHERE subject IN (
                SELECT subject FROM shops_limit WHERE window_start < %s FOR UPDATE SKIP LOCKED)
            """,
            [before],
        )
        return int(cursor.rowcount)
