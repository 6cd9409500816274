"""Who signs in at the database: its owner, who migrates, and the application, for whom its rules hold.

A role that passes by policies, or owns the tables and could take their triggers off, would make of the database's
promises promises of the code above it. So what serves does not start with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from psycopg import sql

from tartib.project.settings import owner_of_database

_RIGHTS: tuple[LiteralString, ...] = (
    "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES",
    "USAGE, SELECT ON ALL SEQUENCES",
)
_KEPT_FROM: dict[str, LiteralString] = {
    "django_migrations": "INSERT, UPDATE, DELETE, TRUNCATE",
    "journal_entry": "DELETE, TRUNCATE",
    "journal_chain": "DELETE, TRUNCATE",
    "journal_register": "DELETE, TRUNCATE",
}
"""What the application may not do to a table: take away what was written, or say what was migrated."""

_POWERS = """
    SELECT who.rolsuper, who.rolbypassrls, EXISTS (
        SELECT FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND pg_has_role(session_user, c.relowner, 'MEMBER'))
    FROM pg_roles AS who WHERE who.rolname = session_user
"""
_WITHOUT = """
    SELECT EXISTS (
        SELECT FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND NOT has_table_privilege(%s, c.oid, 'SELECT'))
"""


def powers() -> str:
    """What makes the role of `DATABASE_URL` unfit to serve, as the end of a sentence about it; nothing where it is fit.

    Raises `psycopg.OperationalError` for a database that is away.
    """
    # Not by the pool: processes are copied from those that ask, and its threads would not come along.
    with psycopg.connect(**connection.get_connection_params()) as asked:
        superuser, bypasses, owns = asked.execute(_POWERS).fetchone() or (False, False, False)
    if superuser:
        return "is a superuser"
    if bypasses:
        return "passes by the policies (BYPASSRLS)"
    return "owns tables of it" if owns else ""


def refuse_powers() -> None:
    """Raise `ImproperlyConfigured` where the role of `DATABASE_URL` is unfit to serve, unless the database is away."""
    try:
        found = powers()
    except psycopg.OperationalError:
        return
    if found:
        user = connection.settings_dict["USER"]
        raise ImproperlyConfigured(
            f"The role '{user}' of DATABASE_URL {found}, so its rules would not hold for Tartib. Make one that may only"
            f" sign in (CREATE ROLE tartib LOGIN PASSWORD '…'), name it in DATABASE_URL and the owner in"
            f" DATABASE_OWNER_URL, and run `tartib migrate`."
        )


def require_bypass() -> None:
    """Raise `ImproperlyConfigured` where the owner of the tables, who is signed in, does not pass by the policies.

    Functions that find out which shop something is about run with the owner's rights (`shops.definers`).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        name, bypasses = cursor.fetchone()
    if not bypasses:
        raise ImproperlyConfigured(
            f"The role '{name}', which owns Tartib's tables, does not pass by their policies, so Tartib could not find"
            f" out which shop anything is about. Let a superuser say ALTER ROLE {name} BYPASSRLS, and migrate again."
        )


@contextmanager
def as_owner() -> Iterator[None]:
    """Be the owner of the tables meanwhile, in all of this process: to migrate, and for commands given by hand.

    Where nobody told who the owner is, it is whoever `DATABASE_URL` names.
    """
    owner = owner_of_database()
    if owner is None:
        yield
        return
    serving = {name: connection.settings_dict[name] for name in owner}
    _sign_in_as(owner | {"NAME": serving["NAME"]})
    try:
        yield
    finally:
        _sign_in_as(serving)


def _sign_in_as(who: dict[str, str]) -> None:
    disconnect()
    connection.settings_dict.update(who)


def disconnect() -> None:
    """Close every connection to the database that this process has."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def lacks_rights(application: str) -> bool:
    """Whether there are tables that the application cannot read yet; asked as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT, [application])
        return bool(cursor.fetchone()[0])


def grant(application: str) -> None:
    """Let the application read and write what is in all tables, but not take away what must stay; done as the owner."""
    role = sql.Identifier(application)
    with connection.cursor() as cursor:
        for rights in _RIGHTS:
            cursor.execute(sql.SQL(f"GRANT {rights} IN SCHEMA public TO {{}}").format(role))
        for table, rights in _KEPT_FROM.items():
            cursor.execute(sql.SQL(f"REVOKE {rights} ON {{}} FROM {{}}").format(sql.Identifier(table), role))
