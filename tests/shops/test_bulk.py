"""Rows on their way into PostgreSQL arrive as they were."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tartib.shops.bulk import columns

_TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_TIMES = st.none() | st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))
_BIG = st.none() | st.integers(-(2**63), 2**63 - 1)


class TestColumns(TestCase):
    """What `columns` writes, PostgreSQL reads as the same values, and as what psycopg writes for them."""

    @settings(max_examples=60, deadline=None)
    @given(rows=st.lists(st.tuples(_BIG, _TEXTS, _TIMES, st.booleans(), st.binary()), min_size=1, max_size=4))
    def test_what_comes_out_is_what_went_in(self, rows: list[tuple[object, ...]]) -> None:
        statement = "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::bool[], %s::bytea[])"
        with connection.cursor() as cursor:
            cursor.execute(statement, columns(rows))
            ours = cursor.fetchall()
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
            theirs = cursor.fetchall()
        assert ours == theirs
        assert [(*row[:-1], bytes(row[-1])) for row in ours] == rows


@pytest.mark.parametrize("text", ["", "NULL", "{}", "a,b", 'a"b', "a\\b", " a ", "\n", "ترتیب"])
@pytest.mark.django_db
def test_no_text_is_taken_for_anything_else(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM unnest(%s::text[])", columns([(text,), (None,)]))
        assert cursor.fetchall() == [(text,), (None,)]
