"""What the worker does for shops: it looks whether the domains they claim are proved, and stay so."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.shops import domains

logger = logging.getLogger(__name__)


@app.periodic(cron="*/10 * * * *")
@app.task(name="shops.look_for_proofs", queueing_lock="shops.look_for_proofs", pass_context=False)
def look_for_proofs(timestamp: int) -> None:
    """Look for the proofs of all claims that wait for theirs."""
    found = domains.look_for_all(now=timezone.now())
    if found:
        logger.info("domains: %s proved", found)


@app.periodic(cron="11 5 * * *")
@app.task(name="shops.check_proofs", queueing_lock="shops.check_proofs", pass_context=False)
def check_proofs(timestamp: int) -> None:
    """Look whether the domains that were proved are still their shops'."""
    closed = domains.check_all(now=timezone.now())
    if closed:
        logger.warning("domains: %s closed, their proofs are gone", closed)
