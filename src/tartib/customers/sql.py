"""The hand-written, set-based SQL of customers and their points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tartib.customers.points_balance import SPENDING
from tartib.shops.bulk import columns


def known(shop_id: int, marks: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The oldest customer of the shop with exactly that (e-mail, phone), for the marks that have one; no mark is empty.

    Each is looked up by itself, and the planner is not told in which shop: by the statistics one that has just begun to
    import has next to nobody, and all its customers would be read each time.
    """
    given = columns((shop_id, *mark) for mark in marks)
    if not given:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.email, m.phone, min(c.id)
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS m (shop_id, email, phone)
            CROSS JOIN LATERAL (
                SELECT id FROM customers_customer
                WHERE shop_id = m.shop_id AND email = m.email AND email <> '' AND phone = m.phone
                UNION ALL
                SELECT id FROM customers_customer
                WHERE shop_id = m.shop_id AND m.email = '' AND email = '' AND phone = m.phone AND phone <> ''
                OFFSET 0) AS c
            GROUP BY 1, 2
            """,
            given,
        )
        return {(email, phone): pk for email, phone, pk in cursor.fetchall()}


def fill_said(said: Mapping[int, str]) -> None:
    """Keep with customers what they wrote last as their phone, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE customers_customer AS c SET phone_said = n.said
            FROM unnest(%s::bigint[], %s::text[]) AS n (id, said) WHERE c.id = n.id AND c.phone_said <> n.said
            """,
            columns(said.items()),
        )


def fill(changes: Sequence[tuple[int, int, int]], now: datetime) -> None:
    """Add to the balances of customers: (customer, points, waiting), a customer any number of times."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE customers_pointsbalance AS p
            SET balance = p.balance + n.points, waiting = p.waiting + n.waiting, moved_at = %s
            FROM (
                SELECT customer_id, sum(points) AS points, sum(waiting) AS waiting
                FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS t (customer_id, points, waiting)
                GROUP BY customer_id
            ) AS n WHERE p.customer_id = n.customer_id
            """,
            [now, *columns(changes)],
        )


class Moved(NamedTuple):
    """What points a case has moved so far for one customer: by spending, or else by earning; and how many movements."""

    case_id: int
    customer_id: int
    spending: bool
    points: int
    waiting: int
    movements: int


def moved_for(case_ids: Sequence[int]) -> list[Moved]:
    """What points these cases have moved, by case and customer."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT case_id, customer_id, kind = ANY(%s), sum(points), sum(waiting), count(*)
            FROM customers_pointsmovement WHERE case_id = ANY(%s) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """,
            [list(SPENDING), list(case_ids)],
        )
        return [Moved(*row) for row in cursor.fetchall()]
