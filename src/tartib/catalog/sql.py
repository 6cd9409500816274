"""The few statements of the catalogue written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

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
