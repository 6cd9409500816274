"""What the worker does for messages: sends what is due when a hold ends, and three times a minute what was missed."""

from __future__ import annotations

import logging
import random
from collections import Counter

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.notify import anchors, receipts, subscribing
from tartib.notify.enqueue import CODES, MESSAGES, SEND, SEND_URGENT
from tartib.notify.sending import send_batch
from tartib.shops.models import Shop
from tartib.shops.scope import every_shop, in_each, shops_with

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
    now = timezone.now()
    in_each(shops_with("sms"), lambda: receipts.ask_all(now))


@app.periodic(cron="41 3 * * *")
@app.task(name="notify.sweep_devices", queueing_lock="notify.sweep_devices", pass_context=False)
def sweep_devices(timestamp: int) -> None:
    """Forget devices that were told of cases which are long over."""
    now = timezone.now()
    in_each(every_shop(), lambda: subscribing.sweep(now))


@app.periodic(cron="37 4 * * *")
@app.task(name="notify.write_anchors", queueing_lock="notify.write_anchors", pass_context=False)
def write_anchors(timestamp: int) -> None:
    """Send owners the newest anchor of their shop's timelines."""
    in_each(every_shop(), _write_anchor)


def _write_anchor() -> None:
    for shop_id in anchors.shops_to_write_to():
        anchors.write_to_owners(Shop.objects.get(pk=shop_id), now=timezone.now())


def _send(*, urgent: bool = False) -> None:
    """Send one batch of each shop that has messages due, then the next of each: none waits for all of another's."""
    work, done, before = "urgent_messages" if urgent else "messages", Counter[str](), -1
    while done.total() > before and (shops := shops_with(work, timezone.now())):
        before = done.total()
        for sent in in_each(shops, lambda: send_batch(timezone.now, random.random, urgent=urgent)):
            done.update(sent or {})
    if done:
        logger.info("messages: %s", ", ".join(f"{state} {count}" for state, count in sorted(done.items())))
