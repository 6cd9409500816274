"""The shops' hand-written SQL: what open pages are told, and what counts tries."""

from __future__ import annotations

import json

from django.db import connection


def end_streams(**whose: int | str) -> None:
    """Have the live streams of a `member` (id), `user` (id) or `session` (ref) end, once the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('tartib', %s)", [json.dumps({"end": whose})])
