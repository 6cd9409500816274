"""Putting sending off to the worker, in the caller's transaction: gone if that is, and done soon after it commits."""

from __future__ import annotations

from datetime import datetime

from procrastinate.contrib.django import app

from tartib.notify.sql import Job

SEND, MESSAGES = "notify.send_messages", "messages"
"""The task that sends what is due, and its queue."""
SEND_URGENT, CODES = "notify.send_urgent", "codes"
"""The same for what is of use for a short time."""


def send_at(moment: datetime, now: datetime) -> None:
    """Have what is due at `moment` sent then."""
    app.configure_task(SEND, queue=MESSAGES, schedule_at=_schedule(moment, now)).defer()


def send_urgently() -> None:
    """Have sent at once what is of use for a short time."""
    app.configure_task(SEND_URGENT, queue=CODES).defer()


def sending_at(moment: datetime, now: datetime) -> Job:
    """The job that `send_at` would defer."""
    return Job(MESSAGES, SEND, 0, _schedule(moment, now))


def _schedule(moment: datetime, now: datetime) -> datetime | None:
    # A worker is woken at once for a job without a schedule only.
    return moment if moment > now else None
