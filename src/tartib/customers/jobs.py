"""What the worker does for customers, once a night: forgets what is over, lets points lapse where a shop wants that."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.customers import points, sweeping

logger = logging.getLogger(__name__)


@app.periodic(cron="23 3 * * *")
@app.task(name="customers.sweep", queueing_lock="customers.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Forget what is over."""
    sweeping.sweep(timezone.now())


@app.periodic(cron="33 3 * * *")
@app.task(name="customers.lapse_points", queueing_lock="customers.lapse_points", pass_context=False)
def lapse_points(timestamp: int) -> None:
    """Let points lapse that nobody touched for as long as their shop lets them stand."""
    lapsed = points.lapse(timezone.now())
    if lapsed:
        logger.info("points: those of %s customers have lapsed", lapsed)
