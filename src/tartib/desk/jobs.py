"""What the worker does for the desk: sends the link to somebody who forgot their password."""

from __future__ import annotations

import logging

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tartib.desk import recovery
from tartib.notify.models import State

logger = logging.getLogger(__name__)


class NotYet(Exception):
    """The mail server did not take the letter; it may the next time."""


PATIENCE = RetryStrategy(max_attempts=6, exponential_wait=4, retry_exceptions={OperationalError, NotYet})


@app.task(name="desk.send_password_link", queue="codes", retry=PATIENCE)
def send_password_link(email: str) -> None:
    """Send the link, if anybody works under that address."""
    answer = recovery.send_link(email)
    if answer is not None and answer.state == State.QUEUED:
        raise NotYet(answer.said)
    logger.info("password link: %s", answer.state if answer else "nobody")
