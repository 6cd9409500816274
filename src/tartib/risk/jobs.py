"""What the worker does for trust: looks again at orders that were paid, and forgets proofs whose time is over."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.risk import operations
from tartib.shops.models import Shop
from tartib.shops.scope import every_shop, in_each, scope

logger = logging.getLogger(__name__)


@app.task(name="trust.look_again", retry=5)
def look_again(shop_id: int, case_ids: Sequence[int]) -> None:
    """Look at orders of which more is known now. Deferred in the transaction of their move."""
    with scope(shop_id):
        shop = Shop.objects.filter(pk=shop_id).first()
        if shop is not None:
            operations.look(shop, case_ids, now=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(name="trust.forget_old", queueing_lock="trust.forget_old", pass_context=False)
def forget_old(timestamp: int) -> None:
    """Delete proofs of identity that nobody has looked at in time."""
    now = timezone.now()
    forgotten = sum(in_each(every_shop(), lambda: operations.forget_old(now)))
    if forgotten:
        logger.info("proofs of identity: %s ended by their time", forgotten)
