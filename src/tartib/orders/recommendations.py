"""What is bought together in a shop (requirement D13), counted from its real orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists

from tartib.catalog.window import Listing
from tartib.orders import sql
from tartib.orders.models import BoughtWith, OrderSettings
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
    return sql.count_bought_together(shop.pk, now - LOOKED_BACK, most=MOST_LISTINGS, fewest=FEWEST_ORDERS, kept=KEPT)


def with_orders(case_ids: Sequence[int]) -> dict[int, list[Listing]]:
    """What else may please whoever placed these orders: listings on show that can be had and are not in the order.

    Nothing where the shop does not want to recommend, has no open window, or too little is known. Two queries.
    """
    rows = sql.bought_with(case_ids, SHOWN)
    listings = Listing.objects.select_related("shop").in_bulk({other for _case, other in rows})
    found: dict[int, list[Listing]] = {}
    for case_id, other in rows:
        found.setdefault(case_id, []).append(listings[other])
    return found


def with_listing(listing: Listing) -> list[int]:
    """The ids of the listings most bought together with this one, the first belonging to it most. One query.

    None where the shop does not want to recommend.
    """
    silent = OrderSettings.objects.filter(shop=listing.shop_id, recommends=False)
    beside = BoughtWith.objects.filter(~Exists(silent), listing=listing)
    return list(beside.order_by("place").values_list("other_id", flat=True))
