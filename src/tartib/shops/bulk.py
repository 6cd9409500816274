"""Many rows at once: the fastest ordinary way into PostgreSQL, for imports and for the practice shops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from psycopg import sql


def new_ids(table: str, count: int) -> list[int]:
    """Take `count` fresh ids of `table` from its sequence, ascending."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return sorted(number for (number,) in cursor.fetchall())


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write `rows` into `table` with COPY, in the caller's transaction; constraints and triggers apply as ever.

    The rows are gathered first: making one may itself ask the database, which must not happen while COPY is under way.
    """
    gathered = list(rows)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )
    # COPY goes past Django's own handling of errors; callers are to see the usual ones.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in gathered:
            copy.write_row(row)
