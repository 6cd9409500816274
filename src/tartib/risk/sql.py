"""What is known of orders, read for many at once with a fixed number of statements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from tartib.customers.address import Address
from tartib.orders import ORDER
from tartib.payments.sql import cards
from tartib.risk.signals import Known

LATELY = 500
FEWEST = 20


def known(shop_id: int, case_ids: Sequence[int], hours: int) -> list[Known]:
    """What is known of these orders; how many came from the same IP address and customer in the `hours` up to each.

    The same card is looked for among all that was paid with or tried: it pays for one customer, and then another.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH fresh AS (SELECT id, placed_at FROM cases_case WHERE shop_id = %(shop)s AND id = ANY(%(ids)s)),
            around AS (
                SELECT c.id, c.placed_at, c.customer_id, o.ip
                FROM cases_case AS c JOIN orders_order AS o ON o.case_id = c.id
                WHERE c.shop_id = %(shop)s AND c.kind = %(kind)s
                    AND c.placed_at > (SELECT min(placed_at) FROM fresh) - make_interval(hours => %(hours)s)
                    AND c.placed_at <= (SELECT max(placed_at) FROM fresh)),
            counted AS (
                SELECT id,
                    CASE WHEN ip IS NULL THEN 0 ELSE count(*) OVER (PARTITION BY ip ORDER BY placed_at
                        RANGE BETWEEN make_interval(hours => %(hours)s) PRECEDING AND CURRENT ROW) END AS same_ip,
                    CASE WHEN customer_id IS NULL THEN 0 ELSE count(*) OVER (PARTITION BY customer_id ORDER BY placed_at
                        RANGE BETWEEN make_interval(hours => %(hours)s) PRECEDING AND CURRENT ROW) END AS same_customer
                FROM around)
            SELECT c.id, p.name, p.email, p.phone, p.country, o.ip_country, o.shipping_address::text,
                o.billing_address::text, o.customer_note,
                CASE WHEN c.currency = s.currency THEN c.amount END, coalesce(n.same_ip, 0),
                coalesce(n.same_customer, 0)
            FROM cases_case AS c JOIN orders_order AS o ON o.case_id = c.id JOIN shops_shop AS s ON s.id = c.shop_id
                LEFT JOIN customers_customer AS p ON p.id = c.customer_id LEFT JOIN counted AS n ON n.id = c.id
            WHERE c.shop_id = %(shop)s AND c.id = ANY(%(ids)s) ORDER BY c.id
            """,
            {"shop": shop_id, "kind": ORDER, "ids": list(case_ids), "hours": hours},
        )
        rows = cursor.fetchall()
    paid = cards(case_ids, hours)
    return [_known(*row, *paid.get(row[0], ((), 0))) for row in rows]


def usual_amount(shop_id: int, currency: str, but: Sequence[int]) -> Decimal | None:
    """The middle one of the shop's last 500 amounts in `currency`; None where there are too few to tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) FROM (
                SELECT amount FROM cases_case
                WHERE shop_id = %s AND kind = %s AND currency = %s AND amount > 0 AND NOT id = ANY(%s)
                ORDER BY placed_at DESC, id DESC LIMIT %s) AS lately
            """,
            [shop_id, ORDER, currency, list(but), LATELY],
        )
        count, middle = cursor.fetchone()
        return middle if count >= FEWEST else None


def _known(
    case_id: int,
    name: str | None,
    email: str | None,
    phone: str | None,
    country: str | None,
    ip_country: str,
    ship_to: str,
    bill_to: str,
    note: str,
    amount: Decimal | None,
    same_ip: int,
    same_customer: int,
    countries: Sequence[str],
    same_card: int,
) -> Known:
    delivery, billing = Address.read(json.loads(ship_to)), Address.read(json.loads(bill_to))
    return Known(
        case_id, name or "", email or "", phone or "", country or "", ip_country, delivery, billing, note, countries,
        amount, same_ip, same_customer, same_card,
    )  # fmt: skip
