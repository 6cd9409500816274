"""Making the next thing while the one before is in use: a file is read while the database stores."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(things: Iterator[T]) -> Generator[T, None, None]:
    """The same things in the same order, each made in a thread while the one before is in use; one at most waits.

    What goes wrong in making one is raised where it would have been given. Making them must not ask the database: a
    connection, and what its transaction sees, belong to the thread that opened it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as hand:
        coming = hand.submit(next, things, None)
        while (thing := coming.result()) is not None:
            coming = hand.submit(next, things, None)
            yield thing
