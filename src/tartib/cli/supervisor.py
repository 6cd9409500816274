"""Keeps the parts of Tartib running: starts them, starts again what died, stops them all in the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tartib.cli import parent_watch

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""How many seconds a part waits that died again soon after it was started, at first and at last; it doubles between."""
STEADY = 60.0
"""A part that ran for so many seconds is started again at once."""
PATIENCE = 8.0
LONGEST_START = 30.0
_LOOK_EVERY = 0.2


@dataclass(slots=True)
class Part:
    """One process: the command of `tartib` it runs, and when it is to be started again.

    With `after`, an address, its first start waits until pages are answered there.
    """

    name: str
    words: Sequence[str]
    after: tuple[str, int] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 0.0
    due: float | None = None

    def start(self, *, held: bool = False) -> None:
        """Start the process in a session of its own: Ctrl-C reaches the supervisor alone, which stops it in turn.

        `held`: it reads what it is made of, and waits for `go` before it does anything (`parent_watch.wait_if_held`).
        """
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tartib.cli", *self.words],
            stdin=subprocess.PIPE if held else subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {parent_watch.PARENT: str(os.getpid())} | ({parent_watch.HELD: "1"} if held else {}),
        )

    def go(self) -> None:
        """Let a process that is held go on; one that has died meanwhile is started again by who watches it."""
        assert self.process is not None
        assert self.process.stdin is not None
        with suppress(BrokenPipeError), self.process.stdin as held:
            held.write(b"go")

    def ended(self) -> int | None:
        """The exit code, once the process has ended."""
        return self.process.poll() if self.process else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process; to all of its session when it is to be killed."""
        assert self.process is not None
        with suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            elif self.process.poll() is None:
                self.process.send_signal(number)


def supervise(parts: Sequence[Part], say: Callable[[str], None], stop: threading.Event) -> None:
    """Run the parts until `stop` is set. One that keeps dying is started ever less often, and never given up.

    Those that were started before are held, and go on now.
    """
    try:
        for part in parts:
            if part.after is not None:
                answers(part.after, stop)
            if part.process is None:
                part.start()
            else:
                part.go()
        while not stop.wait(_LOOK_EVERY):
            for part in parts:
                _look_after(part, say, time.monotonic())
    finally:
        _stop(parts, say)


def answers(address: tuple[str, int], stop: threading.Event) -> bool:
    """Wait until a page is answered at the address; false when that takes too long or `stop` is set.

    That something listens there is not enough: the processes that answer may only be starting.
    """
    # Other names than its own a page refuses, and complains of.
    host = urlsplit(os.environ.get("TARTIB_URL", "http://localhost")).netloc
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline and not stop.wait(0.1):
        with suppress(OSError), socket.create_connection(address, timeout=LONGEST_START) as probe:
            probe.sendall(f"GET /sign-in/ HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            if probe.recv(1):
                return True
    return False


def _look_after(part: Part, say: Callable[[str], None], now: float) -> None:
    """Start a part again that has died: at once where it ran steadily, else after a wait."""
    code = part.ended()
    if code is None:
        return
    if part.due is None:
        # What a killed process leaves of its session would hold its port.
        part.signal(signal.SIGKILL)
        steady = now - part.started >= STEADY
        part.wait = 0.0 if steady or not part.started else min(max(part.wait * 2, FIRST_WAIT), LONGEST_WAIT)
        part.due = now + part.wait
        when = f" in {part.wait:.0f} s" if part.wait else ""
        say(f"{part.name} ended unexpectedly ({_reason(code)}); starting it again{when}.")
    if now >= part.due:
        part.due, part.started = None, now
        part.start()


def _stop(parts: Sequence[Part], say: Callable[[str], None]) -> None:
    started = [part for part in parts if part.process is not None]
    for part in started:
        part.signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for part in started:
        assert part.process is not None
        try:
            part.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{part.name} did not stop in time and was killed.")
        part.signal(signal.SIGKILL)
        part.process.wait()


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
