"""What the worker does for orders: ends the holding of goods for orders that nobody pays."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.orders import holding

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="orders.release_goods", queueing_lock="orders.release_goods", pass_context=False)
def release_goods(timestamp: int) -> None:  # noqa: ARG001 (Procrastinate gives it to every periodic task)
    """Give back what was held for orders whose time to pay has passed."""
    released = holding.release_due(timezone.now())
    if released:
        logger.info("holds: the goods of %s orders are free again", released)
