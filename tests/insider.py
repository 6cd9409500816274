"""Somebody with the owner's rights on the database, who does what the application may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from tartib.project.database import Role


def role(name: Role) -> sql.Composed:
    """Go on with the rights of that role until the transaction ends."""
    return sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(name))


@contextmanager
def owner() -> Iterator[CursorWrapper]:
    """All rights on the tables meanwhile, within a test's transaction. Else tests have those of the application."""
    with connection.cursor() as cursor:
        cursor.execute(role(Role.OWNER))
        yield cursor
        cursor.execute(role(Role.APPLICATION))


@contextmanager
def insider() -> Iterator[None]:
    """Somebody with the password of the database's owner, who switches the triggers off for themselves."""
    with owner() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
