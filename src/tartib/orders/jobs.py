"""What the worker does for orders: ends the holding of goods nobody pays for, counts what is bought together."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.orders import holding, recommendations
from tartib.orders.models import OrderSettings
from tartib.shops.models import Shop
from tartib.shops.scope import every_shop, in_each, shops_with

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="orders.release_goods", queueing_lock="orders.release_goods", pass_context=False)
def release_goods(timestamp: int) -> None:
    """Give back what was held for orders whose time to pay has passed."""
    now = timezone.now()
    released = sum(in_each(shops_with("holds", now), lambda: holding.release_due(now)))
    if released:
        logger.info("holds: the goods of %s orders are free again", released)


@app.periodic(cron="17 2 * * *")
@app.task(name="orders.count_together", queueing_lock="orders.count_together", pass_context=False)
def count_together(timestamp: int) -> None:
    """Count anew, once a night, what is bought together, in each shop that shows what it sells and recommends."""
    in_each(every_shop(), _count_together)


def _count_together() -> None:
    silent = OrderSettings.objects.filter(recommends=False)
    for shop in Shop.objects.filter(window__open=True).exclude(pk__in=silent.values("shop")):
        pairs = recommendations.count(shop, now=timezone.now())
        logger.info("bought together in %s: %s pairs", shop.slug, pairs)
