"""What the worker does for timelines: once an hour it takes an anchor of each shop in which something happened.

Each shop's is taken by a job of its own, and put to the object storage by another: a large shop, or a storage that is
slow, keeps no other shop waiting.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from tartib.journal.anchors import storing, taking
from tartib.shops.models import Shop
from tartib.shops.scope import every_shop, scope

logger = logging.getLogger(__name__)


@app.periodic(cron="7 * * * *")
@app.task(name="journal.anchor_all", queueing_lock="journal.anchor_all", pass_context=False)
def anchor_all(timestamp: int) -> None:
    """Have an anchor taken of each shop."""
    for shop_id in every_shop():
        _defer(anchor, shop_id)


@app.task(name="journal.anchor", queue="anchors")
def anchor(shop_id: int) -> None:
    """Take an anchor of a shop, and have it put where it cannot be altered."""
    with scope(shop_id):
        shop = Shop.objects.get(pk=shop_id)
        taken = taking.take(shop, now=timezone.now())
        waiting = storing.waiting(shop)
    if taken is not None:
        logger.info("anchors: number %s of shop %s, %s rows", taken.number, shop_id, taken.rows)
    # Those that the storage did not take before are tried again too.
    if waiting:
        _defer(store, shop_id)


@app.task(name="journal.store_anchors", queue="outside")
def store(shop_id: int) -> None:
    """Put the anchors of a shop to the object storage."""
    with scope(shop_id):
        stored = storing.store(Shop.objects.get(pk=shop_id))
    logger.info("anchors: %s of shop %s put to the object storage", stored, shop_id)


def _defer(task: Task[[int], None, [int]], shop_id: int) -> None:
    named = f"{task.name}:{shop_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.configure(lock=named, queueing_lock=named).defer(shop_id=shop_id)
