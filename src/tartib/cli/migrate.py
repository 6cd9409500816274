"""`tartib migrate`: bring the database to this version of Tartib."""

from __future__ import annotations

import click
from django.core.management import call_command

from tartib.cli.ready import database, renew


@click.command("migrate")
def command() -> None:
    """Bring the database up to date, and shops that use a workflow as it ships the newest of it.

    Safe to run again, and while older processes are still running.
    """
    with database():
        call_command("migrate", interactive=False, verbosity=1)
        renew(click.echo)
