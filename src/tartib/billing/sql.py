"""The statement of invoices and credit notes written by hand."""

from __future__ import annotations

from django.db import connection


def next_number(shop_id: int, kind: str, year: int) -> int:
    """Take the next number of a series.

    The row stays locked until the transaction ends: one that is rolled back gives its number back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO billing_series AS s (shop_id, kind, year, last) VALUES (%s, %s, %s, 1)
            ON CONFLICT (shop_id, kind, year) DO UPDATE SET last = s.last + 1 RETURNING last
            """,
            [shop_id, kind, year],
        )
        number: int = cursor.fetchone()[0]
    return number
