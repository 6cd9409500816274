"""What the worker does for messages: sends what is due when a hold ends, and three times a minute what was missed."""

from __future__ import annotations

import logging
import random

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.notify import anchors, receipts, subscribing
from tartib.notify.enqueue import CODES, MESSAGES, SEND, SEND_URGENT
from tartib.notify.sending import send_due
from tartib.shops.models import Shop

logger = logging.getLogger(__name__)


# Three times a minute: with the lease of a message, what a killed worker had taken is taken up within one.
OFTEN = "* * * * * */20"


@app.task(name=SEND, queue=MESSAGES)
def send_messages() -> None:
    """Send what is due. Deferred once for each act, in the act's own transaction, for when its hold ends."""
    _send()


@app.task(name=SEND_URGENT, queue=CODES)
def send_urgent() -> None:
    """Send what is of use for a short time, past all that waits."""
    _send(urgent=True)


@app.periodic(cron=OFTEN)
@app.task(name="notify.sweep", queue=MESSAGES, queueing_lock="notify.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Send what is due for another attempt, and what a worker that was killed left behind."""
    _send()


@app.periodic(cron=OFTEN)
@app.task(name="notify.sweep_urgent", queue=CODES, queueing_lock="notify.sweep_urgent", pass_context=False)
def sweep_urgent(timestamp: int) -> None:
    """Do the same for what is of use for a short time."""
    _send(urgent=True)


@app.periodic(cron="7,22,37,52 * * * *")
@app.task(name="notify.ask_receipts", queue="outside", queueing_lock="notify.ask_receipts", pass_context=False)
def ask_receipts(timestamp: int) -> None:
    """Ask providers of SMS what became of texts of which they have not told it."""
    receipts.ask_all(timezone.now())


@app.periodic(cron="41 3 * * *")
@app.task(name="notify.sweep_devices", queueing_lock="notify.sweep_devices", pass_context=False)
def sweep_devices(timestamp: int) -> None:
    """Forget devices that were told of cases which are long over."""
    subscribing.sweep(timezone.now())


@app.periodic(cron="37 4 * * *")
@app.task(name="notify.write_anchors", queueing_lock="notify.write_anchors", pass_context=False)
def write_anchors(timestamp: int) -> None:
    """Send owners the newest anchor of their shop's timelines."""
    now = timezone.now()
    for shop in Shop.objects.in_bulk(list(anchors.shops_to_write_to())).values():
        anchors.write_to_owners(shop, now=now)


def _send(*, urgent: bool = False) -> None:
    done = send_due(timezone.now, random.random, urgent=urgent)
    if done:
        logger.info("messages: %s", ", ".join(f"{state} {count}" for state, count in sorted(done.items())))
