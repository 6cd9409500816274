"""A database that stands still: it takes connections and questions, and answers none of them.

Neither the server's own time-outs nor those of TCP end such a wait: the server does nothing, and its machine answers
for it. So a thread that answers visitors looks for itself: where an answer takes long it knocks at the database anew,
and where nobody opens either, it gives the question up. A slow question to a database that is well is waited for.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import Ready, Wait

PATIENCE = 2.0
"""For how many seconds an answer is waited for before somebody looks whether the database is there, and again."""
KNOCK = 2
"""Within how many seconds it has to take a connection: libpq's shortest."""
REMEMBERED = 1.0
"""For how many seconds what one thread found holds for all of its process."""

Answer = TypeVar("Answer")


class Impatient(threading.local):
    """Whether this thread gives up waiting for a database that stands still; work in the background does not."""

    is_so = False


impatient = Impatient()


def answer_visitors() -> None:
    """From here on this thread answers visitors, who are not to be kept waiting."""
    impatient.is_so = True


@dataclass(slots=True)
class _Found:
    """What the last thread that knocked has found, by the monotonic clock. They knock one after the other."""

    at: float = 0.0
    stands_still: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)


_found = _Found()


class Connection(psycopg.Connection[Any]):
    """A connection that an impatient thread does not wait on for ever."""

    def wait(self, gen: PQGen[Answer], *given: Any, **options: Any) -> Answer:
        """Wait for an answer; raises `psycopg.OperationalError` once the database stands still."""
        return super().wait(self._watched(gen) if impatient.is_so else gen, *given, **options)

    def _watched(self, gen: PQGen[Answer]) -> Generator[Wait, Ready | int, Answer]:
        """What the driver waits for, with a look at the database whenever it has waited for long."""
        look = monotonic() + PATIENCE
        try:
            state = next(gen)
            while True:
                ready = yield state
                if not ready and monotonic() > look:
                    if stands_still(self):
                        # Nobody knows how far it came: a transaction that was open is none.
                        self.pgconn.finish()
                        raise psycopg.OperationalError("the database stands still")
                    look = monotonic() + PATIENCE
                state = gen.send(ready)
        except StopIteration as done:
            answer: Answer = done.value
            return answer


def stands_still(connection: psycopg.Connection[Any]) -> bool:
    """Whether the database of a connection opens to nobody. One that refuses somebody does not stand still."""
    with _found.turn:
        if monotonic() - _found.at > REMEMBERED:
            _found.stands_still = not _opens(connection)
            _found.at = monotonic()
        return _found.stands_still


def _opens(connection: psycopg.Connection[Any]) -> bool:
    where: dict[str, Any] = dict(connection.info.get_parameters())
    try:
        psycopg.connect(**where | {"connect_timeout": KNOCK, "password": connection.info.password or None}).close()
    except psycopg.errors.ConnectionTimeout:
        return False
    except psycopg.OperationalError:
        return True
    return True
