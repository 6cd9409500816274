"""Keeps the embedded database running: whoever uses it starts it again when it has died."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from tartib.project.database import DatabaseTrouble, Server

LOOK_EVERY = 0.25
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""How many seconds after a start that failed the next is tried, at first and at last; it doubles in between."""
LITTLE = 64 * 1024 * 1024
"""With less left on its disk the database may not be able to start: it needs room for its log."""
FULL = "its disk is full; make room, and all goes on by itself"
_ROOM = 4096

logger = logging.getLogger(__name__)


@contextmanager
def keeping(server: Server, state: Path) -> Iterator[None]:
    """Watch over a server meanwhile, and start it again when it is gone.

    Any number of processes may: only one starts it at a time. `state` is a file that says in JSON how it is: `running`,
    `since` when, how often it was started again (`restarts`), and what is wrong (`trouble`).
    """
    stop = threading.Event()
    thread = threading.Thread(target=Keeper(server, state, stop).keep, name="keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Keeper:
    """Watches one server until `stop` is set."""

    def __init__(self, server: Server, state: Path, stop: threading.Event) -> None:
        self._server, self._state, self._stop = server, state, stop
        self._running = True
        self._restarts = 0
        self._trouble = ""

    def keep(self) -> None:
        """Look after the server; never gives up."""
        wait = LOOK_EVERY
        self._write()
        while not self._stop.wait(wait):
            if self._server.running():
                self._back()
                self._look_for_room()
                wait = LOOK_EVERY
                continue
            self._died()
            try:
                self._server.start()
            except (DatabaseTrouble, OSError) as problem:
                wait = FIRST_WAIT if wait == LOOK_EVERY else min(wait * 2, LONGEST_WAIT)
                self._tell(self._reason(problem), wait)
            else:
                self._back()
                wait = LOOK_EVERY

    def _died(self) -> None:
        if self._running:
            self._running = False
            logger.error("the database has died; starting it again")
            self._write()

    def _back(self) -> None:
        if not self._running:
            self._running, self._restarts, self._trouble = True, self._restarts + 1, ""
            logger.warning("the database runs again")
            self._write()

    def _look_for_room(self) -> None:
        """Say that the disk is full while the server can still answer what needs no room, and when that is over."""
        full = self._full()
        if full != bool(self._trouble):
            self._trouble = FULL if full else ""
            logger.log(
                logging.ERROR if full else logging.WARNING, "the database: %s", FULL if full else "there is room"
            )
            self._write()

    def _full(self) -> bool:
        try:
            return shutil.disk_usage(self._server.data).free < LITTLE
        except OSError:
            return False

    def _reason(self, problem: Exception) -> str:
        """Why it does not start: the likeliest cause in plain words, or what it said itself."""
        return FULL if self._full() else str(problem).strip()

    def _tell(self, reason: str, wait: float) -> None:
        """Say why it does not start: once at length, then in a line, since it may go on for hours."""
        if reason == self._trouble:
            logger.error("the database still does not start; trying again in %.0f s", wait)
        else:
            logger.error("the database does not start: %s; trying again in %.0f s", reason, wait)
        self._trouble = reason
        self._write()

    def _write(self) -> None:
        said = {
            "running": self._running,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "restarts": self._restarts,
            "trouble": self._trouble[:1000],
        }
        # As large as ever, in the same place: that can be written on a disk which is full.
        with suppress(OSError):
            file = os.open(self._state, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(file, json.dumps(said).encode().ljust(_ROOM), 0)
            finally:
                os.close(file)
