"""`tartib worker`: does what was put off, such as sending messages."""

from __future__ import annotations

import click

from tartib.cli import tether
from tartib.cli.ready import database


@click.command("worker")
def command() -> None:
    """Send messages, run timers and long jobs until it is stopped. Any number of workers may run at once."""
    tether.to_supervisor()
    with database():
        from procrastinate.contrib.django import app

        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            # Several at once, so that a message does not wait behind a long import or bulk move.
            app.run_worker(
                concurrency=3, fetch_job_polling_interval=0.5, shutdown_graceful_timeout=5, install_signal_handlers=True
            )
