"""Making the next thing while the one before is in use: a file is read while the database stores."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Generator, Iterator
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")


def ahead(things: Iterator[T]) -> Generator[T, None, None]:
    """The same things in the same order, each made by a process of its own while the one before is in use.

    One at most waits to be taken. What goes wrong in making one is raised where it would have been given. Making them
    must not ask the database: a connection belongs to the process that opened it. They are pickled on their way, which
    takes twice as long for dataclasses with slots.
    """
    # Forked, it has everything that is loaded and what `things` hold, without a start of its own.
    fork = multiprocessing.get_context("fork")
    taking, giving = fork.Pipe(duplex=False)
    maker = fork.Process(target=_make, args=(things, taking, giving), name="ahead", daemon=True)
    maker.start()
    giving.close()
    try:
        while True:
            found, trouble = taking.recv()
            if trouble is not None:
                raise trouble
            if not found:
                return
            yield found[0]
    finally:
        taking.close()
        maker.join()


def _make(things: Iterator[T], taking: Connection, giving: Connection) -> None:
    # Ctrl-C is for the taker to answer. One that has gone, however it went, is noticed by the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    taking.close()
    # What is made here is given away and holds no cycles; looking for them would take a fifth of the time.
    gc.disable()
    try:
        for thing in things:
            giving.send(((thing,), None))
        giving.send(((), None))
    except BrokenPipeError:
        pass
    except Exception as trouble:
        giving.send(((), trouble))
