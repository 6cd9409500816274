"""What the worker does for feedback: asks, once an hour, whoever is to be asked."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.feedback import operations
from tartib.shops.scope import at_hand, every_shop, in_each

logger = logging.getLogger(__name__)


@app.periodic(cron="23 * * * *")
@app.task(name="feedback.ask", queueing_lock="feedback.ask", pass_context=False)
def ask(timestamp: int) -> None:
    """Ask the customers of orders that are over for long enough, in portions."""
    in_each(every_shop(), _ask)


def _ask() -> None:
    while asked := operations.ask_due(timezone.now()):
        logger.info("feedback: asked about %s orders of shop %s", asked, at_hand())
