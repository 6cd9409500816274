"""`tartib live`: tells open pages at once what changes."""

from __future__ import annotations

import click

from tartib.cli import parent_watch
from tartib.cli.ready import server


@click.command("live")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8001, show_default=True)
def command(host: str, port: int) -> None:
    """Hold the streams of live events until it is stopped. One process holds thousands."""
    parent_watch.to_supervisor()
    with server():
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        from tartib.project.roles import refuse_powers

        refuse_powers()
        Server(
            "tartib.cli.served_live:app",
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            backlog=4_096,
            backpressure=10_000,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            workers_kill_timeout=3,
        ).serve()
