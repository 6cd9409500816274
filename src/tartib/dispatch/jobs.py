"""What the worker does for dispatch: counts deadlines anew when a shop has changed its hours."""

from __future__ import annotations

import logging
from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tartib.dispatch import deadlines
from tartib.shops.models import Shop
from tartib.shops.scope import scope

logger = logging.getLogger(__name__)


@app.task(name="dispatch.recount", retry=5)
def recount(shop_id: int) -> None:
    """Work out anew by when things in a shop are due."""
    with scope(shop_id):
        done = deadlines.recount(shop_id, now=timezone.now())
    logger.info("deadlines of shop %s: %s cases, %s records of work", shop_id, done.cases, done.records)


def recount_later(shop: Shop) -> None:
    """Have it done once the transaction that changes the hours commits; what waits to be done already will do."""
    named = f"dispatch.recount:{shop.pk}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        recount.configure(lock=named, queueing_lock=named).defer(shop_id=shop.pk)
