"""The shops' hand-written SQL: what open pages are told, and what forgets counted tries."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection


def end_streams(**whose: int | str) -> None:
    """Have the live streams of a `member` (id), `user` (id) or `session` (ref) end, once the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('tartib', %s)", [json.dumps({"end": whose})])


def forget_limits(before: datetime) -> int:
    """Remove the counts of tries whose window began before then; returns how many. One that is counted now stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM shops_limit WHERE subject IN (
                SELECT subject FROM shops_limit WHERE window_start < %s FOR UPDATE SKIP LOCKED)
            """,
            [before],
        )
        return int(cursor.rowcount)
