"""Many rows at once: the fastest ordinary ways into PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection
from psycopg import sql

_FEW = 5
T = TypeVar("T")


def new_ids(table: str, count: int) -> list[int]:
    """Take `count` fresh ids of `table` from its sequence, ascending."""
    with connection.cursor() as cursor:
        # Materialized, so that the sequence is looked up once and not for every id.
        cursor.execute(
            "WITH s AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name)"
            " SELECT nextval(s.name) FROM s, generate_series(1, %s)",
            [table, count],
        )
        return sorted(number for (number,) in cursor.fetchall())


def portions(rows: Iterable[T], most: int) -> Iterator[list[T]]:
    """`rows` in lists of at most so many."""
    coming = iter(rows)
    while portion := list(islice(coming, most)):
        yield portion


def columns(rows: Iterable[Sequence[object]]) -> list[str]:
    """The columns of `rows`, each as the text of an array, for `unnest(%s::bigint[], %s::text[] …)`.

    psycopg writes arrays too, but first finds out what each is made of, which takes it four times as long for one row
    and twice for a thousand. Here the statement names the types.
    """
    return [f"{{{','.join(map(_element, column))}}}" for column in zip(*rows, strict=True)]


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write `rows` into `table`, in the caller's transaction: by COPY, or by INSERT where they are few.

    Each row is made while the server stores the ones before it; making it must not itself ask the database, which does
    not answer while COPY is under way.
    """
    coming = iter(rows)
    first = list(islice(coming, _FEW + 1))
    # COPY needs three round trips and is never prepared; one row, as most acts write, is quicker in a statement.
    if len(first) <= _FEW:
        if first:
            _insert(table, columns, first)
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
    # COPY goes past Django's own handling of errors; callers are to see the usual ones.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in chain(first, coming):
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
