"""What serves cannot do what the database forbids: its role owns nothing, and no other role is let serve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from tartib.project import roles
from tartib.project.database import Role
from tests.conftest import SERVER

pytestmark = pytest.mark.django_db


def this_database(role: Role = Role.APPLICATION) -> str:
    return SERVER.url(connection.settings_dict["NAME"], role)


def test_the_application_reads_and_writes_every_table() -> None:
    assert not roles.lacks_rights(Role.APPLICATION)


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM journal_entry",
        "DELETE FROM journal_chain",
        "DELETE FROM journal_register",
        "TRUNCATE journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_entry_append_only ON journal_entry",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
        "CREATE TABLE of_mine (id int)",
        f"SET ROLE {Role.OWNER}",
    ],
)
def test_the_application_cannot_do_what_the_database_forbids(act: str) -> None:
    """X3: whoever gets hold of what serves still cannot take away what the timeline says."""
    with psycopg.connect(this_database()) as application:
        application.execute("SET LOCAL tartib.shop = '1'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(act)


@pytest.mark.parametrize(
    ("command", "role", "sentence"),
    [
        ("web", Role.SUPERUSER, "is a superuser"),
        ("live", Role.OWNER, "passes by the policies"),
        ("worker", Role.SUPERUSER, "is a superuser"),
        ("mailbox", Role.OWNER, "passes by the policies"),
    ],
)
def test_nothing_serves_as_a_role_for_which_rules_do_not_hold(
    tmp_path: Path, command: str, role: Role, sentence: str
) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tartib.cli", command],
        env=os.environ
        | {
            "DATABASE_URL": this_database(role),
            "DJANGO_SETTINGS_MODULE": "tartib.project.settings",
            "TARTIB_DATA": str(tmp_path),
            "TARTIB_INBOUND": "127.0.0.1:2",
        },
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert told.returncode == 2
    assert f"The role '{role}' of DATABASE_URL {sentence}" in told.stderr
    assert "DATABASE_OWNER_URL" in told.stderr


def test_one_that_may_act_as_the_owner_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"deputy_{os.getpid()}"
    with psycopg.connect(SERVER.url("postgres", Role.SUPERUSER), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret' IN ROLE {Role.OWNER}")
        try:
            with monkeypatch.context() as patch:
                patch.setitem(connection.settings_dict, "USER", name)
                patch.setitem(connection.settings_dict, "PASSWORD", "secret")
                with pytest.raises(ImproperlyConfigured, match="owns tables of it"):
                    roles.refuse_powers()
        finally:
            admin.execute(f"DROP ROLE {name}")


def test_an_owner_for_whom_the_policies_hold_does_not_migrate(tmp_path: Path) -> None:
    """X8: what finds out whose something is runs with the owner's rights: with less it would find nothing."""
    told = subprocess.run(
        [sys.executable, "-m", "tartib.cli", "migrate"],
        env=os.environ
        | {
            "DATABASE_URL": this_database(),
            "DATABASE_OWNER_URL": this_database(),
            "DJANGO_SETTINGS_MODULE": "tartib.project.settings",
            "TARTIB_DATA": str(tmp_path),
        },
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert told.returncode == 2
    assert f"ALTER ROLE {Role.APPLICATION} BYPASSRLS" in told.stderr
