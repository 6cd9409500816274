"""Many rows at once: the fastest ordinary ways into PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import TypeVar

from django.apps import apps
from django.db import connection

_PORTION = 500
_PLAIN = frozenset({int, bool, Decimal})
_LENGTH = re.compile(r"\([\d, ]+\)")
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
    return [_column(column) for column in zip(*rows, strict=True)]


def _column(values: Sequence[object]) -> str:
    # Most columns are numbers, or one value again and again: texts alone need a closer look.
    return f"{{{','.join([str(value) if type(value) in _PLAIN else _element(value) for value in values])}}}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def insert_rows(table: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write `rows`, which give the columns `names`, into `table`, in the caller's transaction.

    By INSERT from arrays and not by COPY, which PostgreSQL refuses for a table with policies. Each portion of rows is
    made while the server is asked nothing, so that making them may ask the database too.
    """
    statement = _insertion(table, tuple(names))
    with connection.cursor() as cursor:
        for portion in portions(rows, _PORTION):
            cursor.execute(statement, columns(portion))


@cache
def _insertion(table: str, names: tuple[str, ...]) -> str:
    kinds = _kinds(table)
    into = ", ".join(f'"{name}"' for name in names)
    given = ", ".join(f"%s::{kinds[name]}[]" for name in names)
    return f'INSERT INTO "{table}" ({into}) SELECT * FROM unnest({given})'


def _kinds(table: str) -> dict[str, str]:
    """The types of a table's columns, without lengths: a cast to `varchar(9)` cuts off what the column would refuse."""
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    fields = model._meta.local_concrete_fields
    return {str(field.column): _LENGTH.sub("", field.db_type(connection) or "") for field in fields}
