"""`tartib migrate`: bring the database to this version of Tartib."""

from __future__ import annotations

import click

from tartib.cli.ready import database, migrate, renew


@click.command("migrate")
def command() -> None:
    """Bring the database up to date, and shops that use a workflow as it ships the newest of it.

    Safe to run again, and while older processes are still running. It signs in as the owner (DATABASE_OWNER_URL), and
    lets the role of DATABASE_URL use what is new.
    """
    with database():
        migrate(click.echo)
        renew(click.echo)
