"""One real PostgreSQL for all tests, started once and shared by every worker and run; each worker has its own database.

The database is copied from a migrated template, which is made anew only when a migration changed.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import flush as flushing
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import timezone, translation
from hypothesis import HealthCheck, is_hypothesis_test
from hypothesis import settings as generating
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from tartib.project import roles
from tartib.project.database import Role, Server
from tartib.project.postgres import base
from tartib.shops import definers
from tests import factories
from tests.settings import CHECKOUT, FOLDER

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

pytest_plugins = ["tests.services"]

# A machine that does much else is slow: time is measured by the bench, never by a test.
generating.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
generating.load_profile("suite")

CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVER = Server(
    FOLDER, {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
)


# What makes a test slow: a browser, a server, another process, pages, and data that is really committed.
SLOW_FIXTURES = frozenset(
    {
        *("browser", "client", "context", "inbound", "live_server", "mailbox", "page", "phone", "push_service"),
        "transactional_db",
    }
)
SLOW_IMPORTS = frozenset({"Client", "ThreadingHTTPServer", "multiprocessing", "served", "subprocess"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, so that all workers end together, and mark as `unit` what needs nothing slow.

    That is neither by the fixtures it asks for nor by what its module imports.
    """
    items.sort(key=_is_short)
    for item in items:
        asked = frozenset(getattr(item, "fixturenames", ()))
        imported = frozenset(vars(getattr(item, "module", None) or object).keys())
        database = item.get_closest_marker("django_db")
        committed = database is not None and database.kwargs.get("transaction", False)
        if not committed and not asked & SLOW_FIXTURES and not imported & SLOW_IMPORTS:
            item.add_marker("unit")


def _is_short(item: pytest.Item) -> bool:
    """Whether a test is none of the long kinds: told in a browser, or tried with many made-up examples."""
    return "page" not in getattr(item, "fixturenames", ()) and not is_hypothesis_test(getattr(item, "obj", None))


def pytest_collection_finish() -> None:
    """Keep the thousands of tests and modules that stay to the end out of every search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, worker_id: str) -> Iterator[None]:
    """Give this worker a database of its own on the shared server, with shops that are ready."""
    with SERVER.used():
        name = f"run_{os.getpid()}_{worker_id}"
        template = _template(django_db_blocker)
        with _alone(), _admin() as admin:
            _sweep(admin)
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(Role.OWNER)
                )
            )
        _sign_in_as_owner(name)
        # A test that needs no database may have made a pool already, of the name that settings tell.
        with django_db_blocker.unblock():
            roles.disconnect()
            factories.seed()
        yield
        with django_db_blocker.unblock():
            roles.disconnect()
        with _admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(autouse=True)
def _language_of_nobody() -> Iterator[None]:
    """Let no test read in the language or zone of whoever visited last in the one before."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_timeline() -> Iterator[None]:
    """Let the clean-up after tests that commit empty the timeline too, which its triggers forbid everybody else.

    Rows are deleted, and what migrating has put there stays: to truncate eighty tables that are nearly empty and to
    tell every application of it takes a hundred times as long. The seeded shops are there again afterwards.
    """
    kept = {"django_content_type", "auth_permission"}

    def deletions(operations: DatabaseOperations, _style: object, tables: list[str], **_how: bool) -> list[str]:
        return [f"DELETE FROM {operations.quote_name(table)}" for table in tables if table not in kept]

    def flush(operations: DatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic(), operations.connection.cursor() as cursor:
            cursor.execute(";".join(["SET LOCAL session_replication_role = replica", *sql_list]))
        factories.seed()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", deletions)
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        patch.setattr(flushing, "emit_post_migrate_signal", lambda *_args, **_how: None)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the machine's own Chromium where there is one, else Playwright's, quietly and without reaching out."""
    # From now on Playwright keeps an event loop in this thread, for which Django would refuse every query of a test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    found = (shutil.which(name) for name in CHROMIUMS)
    return browser_type_launch_args | {"executable_path": next(filter(None, found), None), "args": QUIET_CHROMIUM}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A tab of the browser. Whatever it complains of fails the test: script errors, refused styles, missing files."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(_complaint(message)))
    yield page
    assert not list(filter(None, complaints))


def _complaint(message: ConsoleMessage) -> str:
    """What the console says is wrong.

    Not what is meant to be so: the stream of live events runs in a process of its own, a form that comes back with its
    errors answers 422, or 409 where somebody else was quicker, and whoever goes on to another page needs no part of the
    former any more.
    """
    address = message.location["url"]
    left = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    refused = "status of 422" in message.text or "status of 409" in message.text
    meant = address.startswith(settings.TARTIB_LIVE_URL) or refused or left
    wrong = message.type == "error" and not meant
    return f"{message.text} ({address})" if wrong else ""


def _sign_in_as_owner(name: str) -> None:
    password = urlsplit(SERVER.url(name, Role.OWNER)).password
    connection.settings_dict.update(NAME=name, USER=Role.OWNER, PASSWORD=password)


@contextmanager
def _alone() -> Iterator[None]:
    with (FOLDER / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _admin() -> Iterator[psycopg.Connection]:
    with psycopg.connect(SERVER.url("postgres", Role.SUPERUSER), autocommit=True) as admin:
        yield admin


def _template(blocker: DjangoDbBlocker) -> str:
    """The name of a migrated database to copy; migrated here if its like does not exist yet."""
    files = [
        *sorted((CHECKOUT / "src").glob("tartib/*/migrations/*.py")),
        *map(Path, (roles.__file__, base.__file__, definers.__file__)),
    ]
    name = "template_" + hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    with _alone(), _admin() as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            draft = f"draft_{os.getpid()}"
            SERVER.create(draft)
            # The clean-up after tests goes past the timeline's triggers.
            admin.execute(
                sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(sql.Identifier(Role.OWNER))
            )
            admin.execute(f"GRANT {Role.APPLICATION} TO {Role.OWNER}")
            _sign_in_as_owner(draft)
            with blocker.unblock():
                roles.disconnect()
                call_command("migrate", verbosity=0)
                roles.grant(Role.APPLICATION)
                roles.disconnect()
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
