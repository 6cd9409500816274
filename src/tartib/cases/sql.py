"""The engine's hand-written, set-based SQL: a fixed number of statements whatever the number of cases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tartib.cases.hooks import LockedCase
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.shops.bulk import columns


class StatusRow(NamedTuple):
    """What a move writes of one case."""

    case_id: int
    status: str
    phase: str
    since: datetime
    due_at: datetime | None
    timer_at: datetime | None
    closed_at: datetime | None


def keep_plans() -> None:
    """Let the statements of this transaction be planned once a connection, and not each time anew.

    PostgreSQL takes a list of ids for longer than it is, deems a plan for it dear, and makes a new one for every move:
    that takes it longer than to carry the plan out. Each statement of an act is right with one plan for any number.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")


def lock(shop_id: int, case_ids: Sequence[int]) -> list[LockedCase]:
    """Lock the shop's cases among `case_ids`, in the order of their ids so that two acts cannot wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, branch_id, workflow_id, code, status, since, placed_at, due_at, timer_at, closed_at,
                   customer_id, language, version
            FROM cases_case WHERE shop_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            """,
            [shop_id, list(case_ids)],
        )
        return [LockedCase(*row) for row in cursor.fetchall()]


def update_statuses(rows: Sequence[StatusRow], now: datetime) -> None:
    """Write where the locked cases now stand, each with its next version."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE cases_case AS c SET
                status = n.status, phase = n.phase, since = n.since, due_at = n.due_at, timer_at = n.timer_at,
                closed_at = n.closed_at, updated_at = %s, version = c.version + 1
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],
                        %s::timestamptz[], %s::timestamptz[])
                AS n (id, status, phase, since, due_at, timer_at, closed_at)
            WHERE c.id = n.id
            """,
            [now, *columns(rows)],
        )


def update_due(due: Mapping[int, datetime]) -> None:
    """Write by when locked cases are due. Their version stays: nobody's editing is about that."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE cases_case AS c SET due_at = n.due_at
            FROM unnest(%s::bigint[], %s::timestamptz[]) AS n (id, due_at) WHERE c.id = n.id
            """,
            [list(due), list(due.values())],
        )


def update_owners(owners: Mapping[int, int | None], now: datetime) -> None:
    """Write who is responsible for locked cases, each with its next version."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE cases_case AS c SET owner_id = n.owner_id, updated_at = %s, version = c.version + 1
            FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, owner_id) WHERE c.id = n.id
            """,
            [now, list(owners), list(owners.values())],
        )


def notify_open_pages(notice: str) -> None:
    """Give `notice` to open pages once the transaction commits.

    A statement of its own: one that writes rows of a shop can be carried out where these are, this one cannot.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('tartib', %s)", [notice])


def last_changes(case_ids: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    """Who last did something to each case that changed its version, and when."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (case_id) case_id, actor_name, at FROM journal_entry
            WHERE case_id = ANY(%s) AND kind NOT IN ('message', 'note', 'event') ORDER BY case_id, seq DESC
            """,
            [list(case_ids)],
        )
        return {case_id: (name, at) for case_id, name, at in cursor.fetchall()}


def claim_key(
    act_id: UUID, shop_id: int, key: str, fingerprint: bytes, actor: Actor, trigger: str, now: datetime
) -> bool:
    """Take an idempotency key for an act. Waits while another transaction is taking it; false when it is taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cases_act (id, shop_id, key, fingerprint, actor_name, user_id, trigger, at, answer)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '{}') ON CONFLICT (shop_id, key) DO NOTHING
            """,
            [act_id, shop_id, key, fingerprint, actor.name, _person(actor), trigger, now],
        )
        return bool(cursor.rowcount == 1)


def answer_act(act_id: UUID, answer: Mapping[str, object]) -> None:
    """Keep the answer of an act whose key was claimed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_act SET answer = %s WHERE id = %s", [json.dumps(answer), act_id])


def add_act(
    act_id: UUID, shop_id: int, actor: Actor, trigger: str, now: datetime, answer: Mapping[str, object]
) -> None:
    """Keep an act that has no key."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cases_act (id, shop_id, actor_name, user_id, trigger, at, answer)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            """,
            [act_id, shop_id, actor.name, _person(actor), trigger, now, json.dumps(answer)],
        )


def _person(actor: Actor) -> int | None:
    """The member of staff whose act it is: what is done by machines and customers is nobody's to look up."""
    return actor.id if actor.kind == ActorKind.STAFF else None


def update_doubts(shop_id: int, doubts: Mapping[int, int]) -> None:
    """Write how many open doubts there are about cases, locked in the order of their ids as moves lock them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH mine AS (
                SELECT id FROM cases_case WHERE shop_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
            UPDATE cases_case AS c SET doubts = n.doubts
            FROM mine JOIN unnest(%s::bigint[], %s::int[]) AS n (id, doubts) ON n.id = mine.id WHERE c.id = mine.id
            """,
            [shop_id, list(doubts), list(doubts), list(doubts.values())],
        )


def together(counts: Sequence[str], params: Sequence[Any]) -> list[int]:
    """The numbers that several statements in brackets give, in one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(counts), params)
        return list(cursor.fetchone())


def due(now: datetime, most: int) -> list[tuple[int, list[int]]]:
    """Up to `most` cases whose timer is due, longest due first, by shop: (shop, ids)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT shop_id, array_agg(id ORDER BY id) FROM (
                SELECT shop_id, id FROM cases_case WHERE timer_at <= %s ORDER BY timer_at LIMIT %s
            ) AS due GROUP BY shop_id ORDER BY shop_id
            """,
            [now, most],
        )
        return list(cursor.fetchall())


def lower_amounts(less: Sequence[tuple[int, Decimal]], now: datetime) -> list[tuple[int, Decimal, Decimal]]:
    """Lower what locked cases cost, never below nothing: (case, amount before, after)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE cases_case AS c
            SET amount = greatest(0, w.amount - n.less), version = c.version + 1, updated_at = %s
            FROM unnest(%s::bigint[], %s::numeric[]) AS n (id, less) JOIN cases_case AS w ON w.id = n.id
            WHERE c.id = n.id RETURNING c.id, w.amount, c.amount
            """,
            [now, *columns(less)],
        )
        return sorted(cursor.fetchall())
