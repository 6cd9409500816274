"""`tartib mailbox`: take in the e-mail with which customers answer messages."""

from __future__ import annotations

import signal
import threading

import click
from django.core.exceptions import ImproperlyConfigured

from tartib.cli import parent_watch
from tartib.cli.ready import database


@click.command("mailbox")
def command() -> None:
    """Listen for e-mail at TARTIB_INBOUND until it is stopped: answers go into support requests."""
    parent_watch.to_supervisor()
    with database():
        from django.conf import settings

        from tartib.mailbox.server import listening
        from tartib.project.roles import refuse_powers

        if settings.TARTIB_INBOUND is None:
            raise ImproperlyConfigured("TARTIB_INBOUND is not set; give host:port to listen at, such as 0.0.0.0:25.")
        refuse_powers()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with listening(*settings.TARTIB_INBOUND):
            stop.wait()
