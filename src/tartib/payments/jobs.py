"""What the worker does for payments: asks gateways what is not known, sends refunds, compares books once a day."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.payments import attempts, reconciling, refunds, sql
from tartib.shops.scope import every_shop, in_each, scope, shops_with

MOST = 200
logger = logging.getLogger(__name__)


@app.task(name="payments.ask", queue="payments")
def ask() -> None:
    """Ask gateways about all that is due, each payment and refund by one worker alone."""
    in_each(shops_with("questions", timezone.now()), _ask)


def _ask() -> None:
    for attempt_id in sql.claim_attempts(timezone.now(), MOST):
        attempts.ask_again(attempt_id, now=timezone.now())
    for refund_id in sql.claim_refunds(timezone.now(), MOST):
        refunds.ask_again(refund_id, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="payments.sweep", queue="payments", queueing_lock="payments.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Ask what has become due, once a minute."""
    ask()


@app.task(name="payments.send_refund", queue="payments", retry=5)
def send_refund(shop_id: int, refund_id: int) -> None:
    """Send a refund to its gateway. Deferred in the transaction that asked for it; what was sent is not sent again."""
    with scope(shop_id):
        refunds.send(refund_id, now=timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="payments.reconcile", queue="payments", queueing_lock="payments.reconcile", pass_context=False)
def reconcile(timestamp: int) -> None:
    """Compare the books of every account with its gateway's."""
    now = timezone.now()
    for found in in_each(every_shop(), lambda: reconciling.compare_all(now=now)):
        if found.accounts:
            logger.info("reconciliation: %s accounts compared, %s differences", found.accounts, found.differences)
