"""The few statements of payments written by hand: events once, what is to be asked shared out, money that counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from tartib.payments.models import Account, State

LEASE = timedelta(minutes=5)
"""How long something that is asked belongs to the worker that took it; then another may."""


def take_in(account: Account, event: str, state: str, told: Mapping[str, object], now: datetime) -> int | None:
    """Keep an event of an account; None when it is there already. Waits while another transaction takes the same in."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO payments_notice (shop_id, account_id, event, state, told, at) VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (account_id, event) DO NOTHING RETURNING id
            """,
            [account.shop_id, account.pk, event, state, json.dumps(told), now],
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


def confirmed(case_ids: Sequence[int]) -> list[tuple[int, str, Decimal, Decimal]]:
    """The confirmed money of cases by direction: (case, direction, amount, credit).

    Every move asks this: the ORM takes longer to say it than the database to answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, direction, sum(amount), sum(credit) FROM payments_payment"
            " WHERE case_id = ANY(%s) AND state = %s GROUP BY case_id, direction",
            [list(case_ids), State.CONFIRMED],
        )
        return list(cursor.fetchall())


def cards(case_ids: Sequence[int], hours: int) -> dict[int, tuple[list[str], int]]:
    """Of cases paid or tried to be paid by card: the cards' countries, and how many cases had one of them lately.

    Those count, itself included, that were placed in the `hours` up to the case.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id,
                ARRAY(SELECT DISTINCT a.card_country FROM payments_attempt AS a
                    WHERE a.case_id = c.id AND a.card_country <> '' ORDER BY 1),
                (SELECT count(DISTINCT other.case_id)
                    FROM payments_attempt AS a JOIN payments_attempt AS other
                        ON other.shop_id = a.shop_id AND other.card = a.card AND other.card <> ''
                    JOIN cases_case AS o ON o.id = other.case_id
                    WHERE a.case_id = c.id AND a.card <> '' AND o.placed_at <= c.placed_at
                        AND o.placed_at > c.placed_at - make_interval(hours => %s))
            FROM cases_case AS c WHERE c.id = ANY(%s)
            """,
            [hours, list(case_ids)],
        )
        return {case_id: (list(countries), same) for case_id, countries, same in cursor.fetchall()}
