"""What the worker does for messages: sends what is due when a hold ends, and once a minute whatever was missed."""

from __future__ import annotations

import logging
import random
from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.notify import receipts, subscribing
from tartib.notify.sending import send_due
from tartib.notify.sql import Job

logger = logging.getLogger(__name__)


# Three times a minute: with the lease of a message, what a killed worker had taken is taken up within one.
OFTEN = "* * * * * */20"


@app.task(name="notify.send_messages", queue="messages")
def send_messages() -> None:
    """Send what is due. Deferred once for each act, in the act's own transaction, for when its hold ends."""
    _send()


@app.task(name="notify.send_urgent", queue="codes")
def send_urgent() -> None:
    """Send what is of use for a short time, past all that waits."""
    _send(urgent=True)


@app.periodic(cron=OFTEN)
@app.task(name="notify.sweep", queue="messages", queueing_lock="notify.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Send what is due for another attempt, and what a worker that was killed left behind."""
    _send()


@app.periodic(cron=OFTEN)
@app.task(name="notify.sweep_urgent", queue="codes", queueing_lock="notify.sweep_urgent", pass_context=False)
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


def send_at(moment: datetime, now: datetime) -> None:
    """Have what is due at `moment` sent then; the job is part of the caller's transaction, and gone if that is."""
    send_messages.configure(schedule_at=_schedule(moment, now)).defer()


def send_urgently() -> None:
    """Have sent at once what is of use for a short time; the job is part of the caller's transaction."""
    send_urgent.defer()


def sending_at(moment: datetime, now: datetime) -> Job:
    """The job that `send_at` would defer."""
    task = send_messages
    return Job(task.queue, task.name, task.priority, _schedule(moment, now))


def _schedule(moment: datetime, now: datetime) -> datetime | None:
    # A worker is woken at once for a job without a schedule only.
    return moment if moment > now else None


def _send(*, urgent: bool = False) -> None:
    done = send_due(timezone.now, random.random, urgent=urgent)
    if done:
        logger.info("messages: %s", ", ".join(f"{state} {count}" for state, count in sorted(done.items())))
