"""Whoever answers visitors does not wait for a database that stands still, and waits for one that is slow."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection as own

from tartib.project import standing_still


@pytest.fixture
def asked(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection[object]]:
    """A connection of this thread, which has no patience at all, to the database of the tests."""
    monkeypatch.setattr(standing_still, "PATIENCE", 0.0)
    monkeypatch.setattr(standing_still, "_found", standing_still._Found())
    monkeypatch.setattr(standing_still.impatient, "is_so", True)
    own.ensure_connection()
    known = own.connection.info
    with standing_still.Connection.connect(**known.get_parameters(), password=known.password, autocommit=True) as made:
        yield made


def test_a_slow_question_to_a_database_that_is_well_is_waited_for(asked: psycopg.Connection[object]) -> None:
    assert asked.execute("SELECT pg_sleep(0.3), 7").fetchone() == ("", 7)


@pytest.mark.parametrize("problem", [psycopg.OperationalError("too many clients"), None])
def test_a_database_that_refuses_somebody_does_not_stand_still(
    asked: psycopg.Connection[object], monkeypatch: pytest.MonkeyPatch, problem: Exception | None
) -> None:
    def connect(**_where: object) -> psycopg.Connection[object]:
        if problem:
            raise problem
        return psycopg.Connection.connect(asked.info.dsn)

    monkeypatch.setattr(psycopg, "connect", connect)
    assert asked.execute("SELECT pg_sleep(0.3), 7").fetchone() == ("", 7)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A database that opens to nobody; how often somebody knocked."""
    knocks: list[int] = []

    def connect(**_where: object) -> None:
        knocks.append(1)
        raise psycopg.errors.ConnectionTimeout

    monkeypatch.setattr(psycopg, "connect", connect)
    return knocks


def test_a_question_to_one_that_stands_still_is_given_up(asked: psycopg.Connection[object], silent: list[int]) -> None:
    with pytest.raises(psycopg.OperationalError, match="stands still"):
        asked.execute("SELECT pg_sleep(2)")
    assert asked.closed
    assert silent == [1]


def test_work_in_the_background_is_patient(
    asked: psycopg.Connection[object], silent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_still.impatient, "is_so", False)
    assert asked.execute("SELECT pg_sleep(0.3), 7").fetchone() == ("", 7)
    assert not silent
