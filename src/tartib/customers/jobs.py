"""What the worker does for customers, once a night: forgets what is over, lets points lapse where a shop wants that."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.customers import points, sweeping
from tartib.shops.scope import every_shop, in_each

logger = logging.getLogger(__name__)


@app.periodic(cron="23 3 * * *")
@app.task(name="customers.sweep", queueing_lock="customers.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Forget what is over."""
    now = timezone.now()
    in_each(every_shop(), lambda: sweeping.sweep(now))


@app.periodic(cron="33 3 * * *")
@app.task(name="customers.lapse_points", queueing_lock="customers.lapse_points", pass_context=False)
def lapse_points(timestamp: int) -> None:
    """Let points lapse that nobody touched for as long as their shop lets them stand."""
    now = timezone.now()
    lapsed = sum(in_each(every_shop(), lambda: points.lapse(now)))
    if lapsed:
        logger.info("points: those of %s customers have lapsed", lapsed)
