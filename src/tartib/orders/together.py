"""What is bought together in a shop (requirement D13), counted from its real orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from tartib.catalog.window import Listing
from tartib.orders.models import BoughtWith
from tartib.shops.models import Shop

LOOKED_BACK = timedelta(days=365)
FEWEST_ORDERS = 3
"""So many orders have to hold a pair: fewer are chance, and a shop with too little data recommends nothing."""
MOST_LISTINGS = 30
"""An order of more kinds of things is a dealer's: what stands together in it says nothing of taste."""
KEPT = 6
SHOWN = 3


@transaction.atomic
def count(shop: Shop, *, now: datetime) -> int:
    """Count anew which listings orders of the last year hold together; returns how many pairs are kept.

    The others of a listing are ordered by how many orders hold both, divided by the root of how many hold the other:
    without that, what everybody buys would stand beside everything. Orders that were called off are not counted.
    """
    # One count of a shop at a time: two would write the same places.
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    BoughtWith.objects.filter(shop=shop).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH bought AS MATERIALIZED (
                SELECT DISTINCT l.case_id, p.listing_id FROM cases_case AS c
                JOIN orders_line AS l ON l.case_id = c.id
                JOIN catalog_product AS p ON p.id = l.product_id
                WHERE c.shop_id = %(shop)s AND c.kind = 'order' AND c.phase <> 'ended' AND c.placed_at >= %(since)s
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
                "shop": shop.pk, "since": now - LOOKED_BACK, "most": MOST_LISTINGS, "fewest": FEWEST_ORDERS,
                "kept": KEPT,
            },
        )  # fmt: skip
        return int(cursor.rowcount)


def with_orders(case_ids: Sequence[int]) -> dict[int, list[Listing]]:
    """What else may please whoever placed these orders: listings on show that can be had and are not in the order.

    Nothing where the shop does not want to recommend, has no open window, or too little is known. Two queries.
    """
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
                JOIN shops_shop AS s ON s.id = b.shop_id AND s.recommends
                JOIN catalog_window AS w ON w.shop_id = s.id AND w.open
                WHERE NOT EXISTS (
                    SELECT 1 FROM orders_line AS l JOIN catalog_product AS p ON p.id = l.product_id
                    WHERE l.case_id = i.case_id AND p.listing_id = b.other_id)
                AND EXISTS (
                    SELECT 1 FROM catalog_product AS p WHERE p.listing_id = b.other_id AND p.active AND (
                        NOT p.stocked OR EXISTS (
                            SELECT 1 FROM catalog_stock AS k WHERE k.product_id = p.id AND k.on_hand > k.reserved)))
                GROUP BY i.case_id, b.other_id) AS ranked
            WHERE place <= %s ORDER BY case_id, place
            """,
            [list(case_ids), SHOWN],
        )
        rows = cursor.fetchall()
    listings = Listing.objects.select_related("shop").in_bulk({other for _case, other in rows})
    found: dict[int, list[Listing]] = {}
    for case_id, other in rows:
        found.setdefault(case_id, []).append(listings[other])
    return found


def with_listing(listing: Listing) -> list[int]:
    """The ids of the listings most bought together with this one, the first belonging to it most."""
    if not listing.shop.recommends:
        return []
    return list(BoughtWith.objects.filter(listing=listing).order_by("place").values_list("other_id", flat=True))
