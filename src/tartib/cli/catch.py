"""`tartib catch`: the mail server of practice shops, which delivers to nobody."""

from __future__ import annotations

import signal
import threading

import click

from tartib.cli import parent_watch
from tartib.cli.ready import database


@click.command("catch")
def command() -> None:
    """Catch the e-mail of practice shops until it is stopped. It is read at /practice/."""
    parent_watch.to_supervisor()
    with database():
        from django.conf import settings

        from tartib.sandbox.mail import catching

        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with catching(*settings.TARTIB_PRACTICE_SMTP):
            stop.wait()
