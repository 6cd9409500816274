"""One real PostgreSQL for all tests, started once and shared by every worker and run; each worker has its own database.

The database is copied from a migrated template, which is made anew only when a migration changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from tartib.project.database import Server
from tests.settings import CHECKOUT, FOLDER

SERVER = Server(
    FOLDER, {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, worker_id: str) -> Iterator[None]:
    """Give this worker a database of its own on the shared server."""
    with SERVER.used():
        name = f"run_{os.getpid()}_{worker_id}"
        template = _template(django_db_blocker)
        with _alone(), _admin() as admin:
            _sweep(admin)
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        connection.settings_dict["NAME"] = name
        yield
        with django_db_blocker.unblock():
            connection.close()
            connection.close_pool()
        with _admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_timeline() -> Iterator[None]:
    """Let the clean-up after tests that commit empty the timeline too, which its triggers forbid everybody else."""

    def flush(operations: DatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic(), operations.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in sql_list:
                cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield


@contextmanager
def _alone() -> Iterator[None]:
    with (FOLDER / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _admin() -> Iterator[psycopg.Connection]:
    with psycopg.connect(SERVER.url("postgres"), autocommit=True) as admin:
        yield admin


def _template(blocker: DjangoDbBlocker) -> str:
    """The name of a migrated database to copy; migrated here if its like does not exist yet."""
    files = sorted((CHECKOUT / "src").glob("tartib/*/migrations/*.py"))
    name = "template_" + hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    with _alone(), _admin() as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            draft = f"draft_{os.getpid()}"
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
            connection.settings_dict["NAME"] = draft
            with blocker.unblock():
                call_command("migrate", verbosity=0)
                connection.close()
                connection.close_pool()
            admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def _sweep(admin: psycopg.Connection) -> None:
    """Drop what runs that were killed have left behind."""
    for (name,) in admin.execute("SELECT datname FROM pg_database").fetchall():
        left = re.fullmatch(r"(?:run|draft)_(\d+)(?:_\w+)?", name)
        if left and not _alive(int(left[1])):
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
