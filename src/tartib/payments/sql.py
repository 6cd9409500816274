"""The few statements of payments written by hand: taking in an event once, and sharing out what is to be asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

LEASE = timedelta(minutes=5)
"""How long something that is asked belongs to the worker that took it; then another may."""


def take_in(account_id: int, event: str, state: str, told: Mapping[str, object], now: datetime) -> int | None:
    """Keep an event of an account; None when it is there already. Waits while another transaction takes the same in."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO payments_notice (account_id, event, state, told, at) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (account_id, event) DO NOTHING RETURNING id
            """,
            [account_id, event, state, json.dumps(told), now],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def claim_attempts(now: datetime, most: int) -> list[int]:
    """Attempts whose gateway is to be asked now, longest due first, each given to one worker alone."""
    return _claim("payments_attempt", now, most)


def claim_refunds(now: datetime, most: int) -> list[int]:
    """Refunds that are to be asked about now, longest due first, each given to one worker alone."""
    return _claim("payments_refund", now, most)


def _claim(table: str, now: datetime, most: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET ask_at = %s WHERE id IN (
                SELECT id FROM {table} WHERE ask_at <= %s ORDER BY ask_at LIMIT %s FOR UPDATE SKIP LOCKED
            ) RETURNING id
            """,
            [now + LEASE, now, most],
        )
        return sorted(row[0] for row in cursor.fetchall())
