"""What the worker does for feedback: asks, once an hour, whoever is to be asked."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.feedback import operations

logger = logging.getLogger(__name__)


@app.periodic(cron="23 * * * *")
@app.task(name="feedback.ask", queueing_lock="feedback.ask", pass_context=False)
def ask(timestamp: int) -> None:
    """Ask the customers of orders that are over for long enough, in portions."""
    while asked := operations.ask_due(timezone.now()):
        logger.info("feedback: asked about %s orders", asked)
