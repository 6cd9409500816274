"""The hot path of orders in hand-written SQL: what every move reads and marks. The ORM's form stands in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from tartib.catalog.stock import Want
from tartib.orders import ORDER
from tartib.shops.bulk import columns


class FactRow(NamedTuple):
    """What guards ask of an order; `hold_hours` as the shop has said, `workflow` is what the order follows."""

    case_id: int
    total: Decimal | None
    payment_method: str
    tracking_number: str
    hold_hours: int | None
    workflow: str
    placed_at: datetime
    hold_in_worktime: bool
    week: str | None
    country: str
    timezone: str
    holidays: str | None


class LineRow(NamedTuple):
    """A line whose product has a stock, and its marks."""

    case_id: int
    id: int
    branch_id: int
    product_id: int
    quantity: int
    reserved: int
    taken: int
    back: int
    lost: int

    @property
    def lacking(self) -> int:
        """Pieces the order is still to take."""
        return self.quantity - self.back - self.taken


def known(shop_id: int, marks: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the marks, (source, external id), under which the shop has an order already.

    Each is looked up by itself, and the planner is not told in which shop: by the statistics one that has just begun to
    import has next to nothing, and all its orders would be read each time.
    """
    if not marks:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.source, m.external_id
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS m (shop_id, source, external_id)
            CROSS JOIN LATERAL (
                SELECT FROM orders_order AS o
                WHERE o.shop_id = m.shop_id AND o.source = m.source AND o.external_id = m.external_id
                    AND o.external_id <> ''
                OFFSET 0) AS o
            """,
            columns((shop_id, *mark) for mark in marks),
        )
        return set(cursor.fetchall())


class Twin(NamedTuple):
    """An order of the shop that a draft may be: what tells it from others, and whether it has the same identifier."""

    place: int
    content: str
    identified: bool


def twins(shop_id: int, marks: Sequence[tuple[str, str, str]]) -> list[Twin]:
    """The shop's orders with the source and the external id, or else the number, of the marks, by their places.

    Each is looked up by itself, as in `known`.
    """
    if not marks:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.place, coalesce(e.content, n.content), e.content IS NOT NULL
            FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[])
                AS m (place, shop_id, source, external_id, number)
            LEFT JOIN LATERAL (
                SELECT o.content FROM orders_order AS o
                WHERE o.shop_id = m.shop_id AND o.source = m.source AND o.external_id = m.external_id
                    AND o.external_id <> ''
                OFFSET 0) AS e ON true
            LEFT JOIN LATERAL (
                SELECT o.content FROM orders_order AS o
                WHERE o.shop_id = m.shop_id AND o.number = m.number AND o.source = m.source
                    AND m.number <> '' AND o.external_id <> m.external_id
                OFFSET 0) AS n ON e.content IS NULL
            WHERE e.content IS NOT NULL OR n.content IS NOT NULL
            """,
            columns((place, shop_id, *mark) for place, mark in enumerate(marks)),
        )
        return [Twin(*row) for row in cursor.fetchall()]


def facts(case_ids: Sequence[int]) -> list[FactRow]:
    """What guards ask, of all orders at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.case_id, c.amount, o.payment_method, o.tracking_number, k.dispatch_hold_hours, w.code,
                c.placed_at, COALESCE(k.hold_in_worktime, false), CASE WHEN k.hold_in_worktime THEN s.week::text END,
                s.country, s.timezone, CASE WHEN k.hold_in_worktime THEN s.holidays::text END
            FROM orders_order AS o JOIN cases_case AS c ON c.id = o.case_id
            JOIN cases_workflowversion AS w ON w.id = c.workflow_id JOIN shops_shop AS s ON s.id = o.shop_id
            LEFT JOIN orders_ordersettings AS k ON k.shop_id = o.shop_id
            WHERE o.case_id = ANY(%s)
            """,
            [list(case_ids)],
        )
        return [FactRow(*row) for row in cursor.fetchall()]


def lines(case_ids: Sequence[int]) -> list[LineRow]:
    """The lines with a stock, by case and position."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.case_id, l.id, c.branch_id, l.product_id, l.quantity, l.reserved, l.taken, l.back, l.lost
            FROM orders_line AS l JOIN cases_case AS c ON c.id = l.case_id
            JOIN catalog_product AS p ON p.id = l.product_id AND p.stocked
            WHERE l.case_id = ANY(%s) ORDER BY l.case_id, l.position
            """,
            [list(case_ids)],
        )
        return [LineRow(*row) for row in cursor.fetchall()]


def holds_over(now: datetime, most: int) -> list[tuple[int, int]]:
    """Shop and case of orders whose goods were held until now, by shop and case, the longest over first taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT shop_id, case_id FROM (
                SELECT shop_id, case_id FROM orders_order WHERE held_until <= %s ORDER BY held_until LIMIT %s
            ) AS due ORDER BY shop_id, case_id
            """,
            [now, most],
        )
        return [(shop_id, case_id) for shop_id, case_id in cursor.fetchall()]


def give_up(pieces: Sequence[tuple[int, int, int]]) -> None:
    """Mark pieces that customers gave back: by line, how many went to the shelf and how many never will."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_line AS l SET back = l.back + n.back, lost = l.lost + n.lost
            FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS n (id, back, lost) WHERE l.id = n.id
            """,
            [list(column) for column in zip(*pieces, strict=True)],
        )


def mark(done: Sequence[Want]) -> None:
    """Mark on the lines what has been taken, reserved and given back."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_line AS l SET taken = l.taken - n.on_hand, reserved = l.reserved + n.reserved
            FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS n (id, on_hand, reserved) WHERE l.id = n.id
            """,
            columns((want.line_id, want.on_hand, want.reserved) for want in done),
        )


@dataclass(slots=True)
class PointsRow:
    """An order with points: what it earns, whether that is approved, what it spent, whether that is off its price."""

    case_id: int
    customer_id: int | None
    points: int
    approved: bool
    spent: int
    off: bool


def with_points(case_ids: Sequence[int]) -> list[PointsRow]:
    """Those of the orders that earn or spend points, or have done so, by case."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.case_id, c.customer_id, o.points, o.points_approved, o.points_spent, o.points_off
            FROM orders_order AS o JOIN cases_case AS c ON c.id = o.case_id
            WHERE o.case_id = ANY(%s) AND (o.points > 0 OR o.points_spent > 0 OR EXISTS (
                SELECT FROM customers_pointsmovement AS m WHERE m.case_id = o.case_id))
            ORDER BY o.case_id
            """,
            [list(case_ids)],
        )
        return [PointsRow(*row) for row in cursor.fetchall()]


def reprice(case_ids: Sequence[int], *, off: bool) -> list[tuple[int, Decimal]]:
    """Take the worth of the points spent off the discount and tax of these orders, or put it on.

    Returns by how much the total of each is lower now; it is the caller's to write that (`cases.sql.lower_amounts`).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH was AS (
                SELECT o.case_id, %s * (
                    CASE WHEN %s > 0 THEN o.points_value ELSE least(o.discount, o.points_value) END) AS discount,
                    %s * o.points_tax AS tax
                FROM orders_order AS o WHERE o.case_id = ANY(%s) AND o.points_off <> %s
            )
            UPDATE orders_order AS o
            SET points_off = %s, discount = o.discount + w.discount, tax = greatest(0, o.tax - w.tax)
            FROM was AS w WHERE o.case_id = w.case_id
            RETURNING o.case_id, w.discount + CASE WHEN o.tax_included THEN 0 ELSE w.tax END
            """,
            [*[1 if off else -1] * 3, list(case_ids), off, off],
        )
        return sorted(cursor.fetchall())


def likely_doubles(shop_id: int, since: datetime, within: timedelta, most: int) -> list[tuple[int, int]]:
    """Open orders placed since then that are like one placed shortly before: (the earlier, the later), newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT earlier, id FROM (
                SELECT id, placed_at,
                    lag(id) OVER same AS earlier, lag(placed_at) OVER same AS earlier_at
                FROM cases_case
                WHERE shop_id = %s AND kind = %s AND placed_at >= %s AND closed_at IS NULL
                WINDOW same AS (PARTITION BY customer_id, amount, title ORDER BY placed_at, id)
            ) AS c
            WHERE placed_at - earlier_at <= make_interval(secs => %s) ORDER BY placed_at DESC LIMIT %s
            """,
            [shop_id, ORDER, since, within.total_seconds(), most],
        )
        return list(cursor.fetchall())


def count_bought_together(shop_id: int, since: datetime, *, most: int, fewest: int, kept: int) -> int:
    """Write which listings at least `fewest` orders since then hold together, `kept` beside each; returns how many.

    Orders of more than `most` listings are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH bought AS MATERIALIZED (
                SELECT DISTINCT l.case_id, p.listing_id FROM cases_case AS c
                JOIN orders_line AS l ON l.case_id = c.id
                JOIN catalog_product AS p ON p.id = l.product_id
                WHERE c.shop_id = %(shop)s AND c.kind = %(kind)s AND c.phase <> 'ended' AND c.placed_at >= %(since)s
                    AND p.listing_id IS NOT NULL),
            small AS (SELECT case_id FROM bought GROUP BY case_id HAVING count(*) BETWEEN 2 AND %(most)s),
            often AS (SELECT listing_id, count(*) AS orders FROM bought GROUP BY listing_id),
            pairs AS (
                SELECT a.listing_id, b.listing_id AS other_id, count(*) AS orders
                FROM small JOIN bought AS a USING (case_id) JOIN bought AS b USING (case_id)
                WHERE a.listing_id <> b.listing_id GROUP BY 1, 2 HAVING count(*) >= %(fewest)s),
            placed AS (
                SELECT pairs.*, row_number() OVER (
                    PARTITION BY pairs.listing_id ORDER BY pairs.orders / sqrt(often.orders) DESC, pairs.other_id
                ) AS place
                FROM pairs JOIN often ON often.listing_id = pairs.other_id)
            INSERT INTO orders_boughtwith (shop_id, listing_id, other_id, orders, place)
            SELECT %(shop)s, listing_id, other_id, orders, place FROM placed WHERE place <= %(kept)s
            """,
            {
                "shop": shop_id, "kind": ORDER, "since": since, "most": most, "fewest": fewest, "kept": kept,
            },
        )  # fmt: skip
        return int(cursor.rowcount)


def bought_with(case_ids: Sequence[int], shown: int) -> list[tuple[int, int]]:
    """The listings that belong most to what these orders hold and can be had: (case, listing), best first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT case_id, other_id FROM (
                SELECT i.case_id, b.other_id, row_number() OVER (
                    PARTITION BY i.case_id ORDER BY sum(1.0 / b.place) DESC, b.other_id) AS place
                FROM (
                    SELECT DISTINCT l.case_id, p.listing_id FROM orders_line AS l
                    JOIN catalog_product AS p ON p.id = l.product_id WHERE l.case_id = ANY(%s)) AS i
                JOIN orders_boughtwith AS b ON b.listing_id = i.listing_id
                JOIN catalog_listing AS o ON o.id = b.other_id AND o.published_at IS NOT NULL
                JOIN catalog_window AS w ON w.shop_id = b.shop_id AND w.open
                LEFT JOIN orders_ordersettings AS s ON s.shop_id = b.shop_id
                WHERE s.recommends IS NOT FALSE AND NOT EXISTS (
                    SELECT 1 FROM orders_line AS l JOIN catalog_product AS p ON p.id = l.product_id
                    WHERE l.case_id = i.case_id AND p.listing_id = b.other_id)
                AND EXISTS (
                    SELECT 1 FROM catalog_product AS p WHERE p.listing_id = b.other_id AND p.active AND (
                        NOT p.stocked OR EXISTS (
                            SELECT 1 FROM catalog_stock AS k WHERE k.product_id = p.id AND k.on_hand > k.reserved)))
                GROUP BY i.case_id, b.other_id) AS ranked
            WHERE place <= %s ORDER BY case_id, place
            """,
            [list(case_ids), shown],
        )
        return list(cursor.fetchall())
