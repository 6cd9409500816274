"""`tartib web`: the pages and the API."""

from __future__ import annotations

import os
from importlib import import_module

import click

from tartib.cli import parent_watch
from tartib.cli.ready import server, set_up


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes that answer.")
@click.option("--threads", type=click.IntRange(1), default=8, show_default=True, help="Requests each answers at once.")
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Answer pages and the API until it is stopped."""
    from django.conf import settings

    supervised = parent_watch.to_supervisor()
    set_up()
    import_module(settings.ROOT_URLCONF)
    parent_watch.wait_if_held()
    with server():
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        from tartib.project.roles import refuse_powers

        refuse_powers()
        if not supervised:
            from tartib.project.static import collect

            collect()
        # What the processes that answer are copied from: they have it all, and share its memory. It counts the static
        # files, so it comes after they were collected.
        import_module("tartib.project.rsgi")
        import_module("tartib.project.wsgi")
        # Without a limit of threads, a burst of requests would open more connections than PostgreSQL has. Connections
        # alone are cheap: there are enough of them for visitors beside thousands that send nothing.
        os.environ[parent_watch.THREADS] = str(threads)
        Server(
            "tartib.cli.served:served",
            address=host,
            port=port,
            interface=Interfaces.RSGI,
            workers=workers,
            websockets=False,
            backlog=4_096,
            backpressure=10_000,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            workers_kill_timeout=5,
        ).serve()
