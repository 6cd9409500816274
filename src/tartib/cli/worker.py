"""`tartib worker`: does what was put off, such as sending messages."""

from __future__ import annotations

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import click
import psycopg
from procrastinate.exceptions import ProcrastinateException

from tartib.cli import parent_watch
from tartib.cli.ready import database

LANES = {"codes": 2, "messages": 3, "default": 3, "payments": 1, "outside": 2, "imports": 1, "anchors": 1}
"""How many jobs of each queue are done at once. None waits for those of another: a code with which somebody signs in
waits for no letters, letters for no moves, moves for no gateway, and nothing for photos of slow hosts or long files."""
WAIT = 1.0
"""After how many seconds a lane that lost the database begins anew."""

logger = logging.getLogger(__name__)


@click.command("worker")
def command() -> None:
    """Send messages, run timers and long jobs until it is stopped. Any number of workers may run at once."""
    parent_watch.to_supervisor()
    with database():
        from tartib.project.roles import refuse_powers

        refuse_powers()
        asyncio.run(_work())


async def _work() -> None:
    """Work in all lanes until a signal says to stop. A database that is away is waited for."""
    from django.conf import settings
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # Jobs run in its threads: one for each that may run at once, and some for what surrounds them.
    loop.set_default_executor(ThreadPoolExecutor(sum(LANES.values()) + 2, thread_name_prefix="job"))
    while not stop.is_set():
        place = connector_params() | settings.TARTIB_LISTENS_AT
        connector = PsycopgConnector(kwargs=place, min_size=1, max_size=4, timeout=5, reconnect_timeout=3)
        with suppress(ProcrastinateException, psycopg.Error), app.replace_connector(connector):
            async with app.open_async():
                await _in_lanes(stop)
        await _rest(stop)


async def _in_lanes(stop: asyncio.Event) -> None:
    lanes = [asyncio.create_task(_lane(queue, most, stop)) for queue, most in LANES.items()]
    await stop.wait()
    for lane in lanes:
        lane.cancel()
    await asyncio.gather(*lanes, return_exceptions=True)


async def _lane(queue: str, most: int, stop: asyncio.Event) -> None:
    """Do the jobs of one queue. What ends it is the database: what was begun is taken up again when that is back."""
    from procrastinate.contrib.django import app

    while not stop.is_set():
        try:
            await app.run_worker_async(
                queues=[queue], name=queue, concurrency=most, fetch_job_polling_interval=0.5,
                shutdown_graceful_timeout=5, install_signal_handlers=False,
            )  # fmt: skip
        except (ProcrastinateException, psycopg.Error, OSError) as problem:
            logger.warning("the lane %s waits for the database: %s", queue, problem)
        await _rest(stop)


async def _rest(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), WAIT)
