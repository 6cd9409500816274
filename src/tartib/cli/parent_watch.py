"""A process that ends when the one that started it is gone, however that went: nothing is left running behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

PARENT = "_TARTIB_PARENT"
HELD = "_TARTIB_HELD"
THREADS = "_TARTIB_THREADS"
"""How many requests a process answers at once: told to those that `tartib web` starts."""
_LOOK_EVERY = 0.5
_PATIENCE = 10.0


def to_supervisor() -> bool:
    """End with `tartib up`, where that started this process; returns whether it did."""
    if supervised():
        _watch(int(os.environ[PARENT]))
    return supervised()


def supervised() -> bool:
    """Whether `tartib up` started this process, and sees to what it needs."""
    return os.environ.get(PARENT, "").isdigit()


def wait_if_held() -> None:
    """Wait until the supervisor lets this process go on, where it holds it; end where the supervisor gives up."""
    if os.environ.pop(HELD, "") and not sys.stdin.buffer.read():
        sys.exit(0)


def to_parent() -> None:
    """End with the process that started this one."""
    _watch(os.getppid())


def _watch(parent: int) -> None:
    threading.Thread(target=_end_without, args=(parent,), name="parent-watch", daemon=True).start()


def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)
