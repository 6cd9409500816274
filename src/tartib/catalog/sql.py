"""The few statements of the catalogue written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tartib.shops.bulk import columns
from tartib.shops.models import Shop

_MOST_VALUES = 200
_AT_ONCE = 5_000
# What is erased of a person, and what somebody wrote, proves nothing.
_FACTS = "m.id, m.kind, m.on_hand, m.reserved, m.case_id, m.line_id, m.act_id, m.at"


def option_values(shop: Shop, within: Sequence[int]) -> dict[str, list[str]]:
    """The options of what is on show in these categories, with the values that variants on sale have of each.

    Options by how many listings have them, values in the order in which the listings name them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT axis.value ->> 0, choice.value, count(DISTINCT l.id), min(axis.place), min(choice.place)
            FROM catalog_listing AS l
            CROSS JOIN LATERAL jsonb_array_elements(l.options) WITH ORDINALITY AS axis (value, place)
            CROSS JOIN LATERAL jsonb_array_elements_text(axis.value -> 1) WITH ORDINALITY AS choice (value, place)
            WHERE l.shop_id = %s AND l.category_id = ANY (%s) AND l.published_at IS NOT NULL
            GROUP BY 1, 2 ORDER BY 4, 5, 2 LIMIT %s
            """,
            [shop.pk, list(within), _MOST_VALUES],
        )
        found: dict[str, list[str]] = {}
        counts: dict[str, int] = {}
        for name, value, listings, _axis, _place in cursor.fetchall():
            found.setdefault(name, []).append(value)
            counts[name] = counts.get(name, 0) + listings
    names = sorted(found, key=lambda name: -counts[name])
    return {name: found[name] for name in names if len(found[name]) > 1}


def lock(places: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int, int]]:
    """Lock the stock at these places (branch, product): (id, branch, product, on hand, reserved) by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id, s.branch_id, s.product_id, s.on_hand, s.reserved FROM catalog_stock AS s
            JOIN unnest(%s::bigint[], %s::bigint[]) AS n (branch_id, product_id)
              ON s.branch_id = n.branch_id AND s.product_id = n.product_id
            ORDER BY s.id FOR NO KEY UPDATE OF s
            """,
            columns(places),
        )
        return list(cursor.fetchall())


def move(
    shop_id: int,
    stock: Iterable[tuple[int, int, int]],
    movements: Iterable[tuple[int, int, int, int | None, int | None]],
    kind: str,
    actor_name: str,
    now: datetime,
    act_id: UUID,
) -> None:
    """Write what is on hand and reserved of each `stock` (id, on hand, reserved), and the movements that led there.

    A movement is (stock, on hand, reserved, case, line), the two middle ones as changes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH stock AS (
                UPDATE catalog_stock AS s SET on_hand = n.on_hand, reserved = n.reserved
                FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS n (id, on_hand, reserved) WHERE s.id = n.id)
            INSERT INTO catalog_movement
                (shop_id, kind, actor_name, at, act_id, note, stock_id, on_hand, reserved, case_id, line_id)
            SELECT %s, %s, %s, %s, %s, '', * FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[], %s::bigint[])
            """,
            [*columns(stock), shop_id, kind, actor_name, now, act_id, *columns(movements)],
        )


def movements_since(shop_id: int) -> Iterator[tuple[Any, ...]]:
    """The movements of a shop that no anchor holds yet, by stock and id.

    Each with the stock's last one before that an anchor holds and what it has on hand and reserved now:
    (stock, anchored, on hand, reserved, then the facts of the movement as `movements_within` gives them).
    """
    return _stream(
        f"""
        SELECT s.id, s.anchored, s.on_hand, s.reserved, {_FACTS}
        FROM catalog_stock AS s JOIN catalog_movement AS m ON m.stock_id = s.id AND m.id > s.anchored
        WHERE s.shop_id = %s ORDER BY s.id, m.id
        """,
        [shop_id],
    )


def movements_within(shop_id: int, spans: Sequence[tuple[int, int, int]]) -> Iterator[tuple[Any, ...]]:
    """The movements of spans (stock, after that one, up to that one), by the place of the span and id."""
    return _stream(
        f"""
        SELECT p.place, {_FACTS}
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY AS p (stock_id, after, until, place)
        JOIN catalog_movement AS m ON m.stock_id = p.stock_id AND m.id > p.after AND m.id <= p.until AND m.shop_id = %s
        ORDER BY p.place, m.id
        """,
        [*columns(spans), shop_id],
    )


def mark_anchored(shop_id: int, reached: Sequence[tuple[int, int]]) -> None:
    """Keep up to which movement an anchor holds those of stocks (stock, movement), locked in the order of their ids."""
    if not reached:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH held AS (
                SELECT s.id, n.reached
                FROM catalog_stock AS s JOIN unnest(%s::bigint[], %s::bigint[]) AS n (id, reached) USING (id)
                WHERE s.shop_id = %s AND s.anchored < n.reached ORDER BY s.id FOR NO KEY UPDATE OF s)
            UPDATE catalog_stock AS s SET anchored = held.reached FROM held WHERE s.id = held.id
            """,
            [*columns(reached), shop_id],
        )


def unlike_movements(shop_id: int) -> Iterator[tuple[int, int, int, int, int]]:
    """The stocks of a shop that do not stand where their movements lead: (stock, on hand, reserved, both as told)."""
    return _stream(
        """
        SELECT s.id, s.on_hand, s.reserved, coalesce(sum(m.on_hand), 0), coalesce(sum(m.reserved), 0)
        FROM catalog_stock AS s LEFT JOIN catalog_movement AS m ON m.stock_id = s.id
        WHERE s.shop_id = %s GROUP BY s.id
        HAVING (s.on_hand, s.reserved) <> (coalesce(sum(m.on_hand), 0), coalesce(sum(m.reserved), 0)) ORDER BY s.id
        """,
        [shop_id],
    )


def _stream(statement: str, values: Sequence[int | str]) -> Iterator[Any]:
    """The rows of a statement, read by portions: they need not fit into memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
