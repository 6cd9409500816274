"""The few statements of the catalogue written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from tartib.shops.bulk import columns
from tartib.shops.models import Shop

_MOST_VALUES = 200


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
