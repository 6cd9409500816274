"""Many rows at once: the fastest ordinary way into PostgreSQL, for imports and for the practice shops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from psycopg import sql

_FEW = 5


def new_ids(table: str, count: int) -> list[int]:
    """Take `count` fresh ids of `table` from its sequence, ascending."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return sorted(number for (number,) in cursor.fetchall())


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write `rows` into `table`, in the caller's transaction: by COPY, or by INSERT where they are few.

    The rows are gathered first: making one may itself ask the database, which must not happen while COPY is under way.
    """
    gathered = list(rows)
    # COPY needs three round trips and is never prepared; one row, as most acts write, is quicker in a statement.
    if len(gathered) <= _FEW:
        if gathered:
            _insert(table, columns, gathered)
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
    # COPY goes past Django's own handling of errors; callers are to see the usual ones.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in gathered:
            copy.write_row(row)


def _insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_insertion(table, tuple(columns), len(rows)), [value for row in rows for value in row])


@cache
def _insertion(table: str, columns: tuple[str, ...], rows: int) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    places = f"({', '.join(['%s'] * len(columns))})"
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([places] * rows)}'


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)
