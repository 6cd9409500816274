"""One view of the database for as long as something is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from tartib.journal import sql


@contextmanager
def snapshot() -> Iterator[None]:
    """Have all that is read inside be as it was at one moment (REPEATABLE READ).

    Within a transaction of the caller it is that one's view, which cannot be changed any more.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            sql.read_at_one_moment()
        yield
