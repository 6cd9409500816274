"""`tartib manage …`: Django's own commands."""

from __future__ import annotations

import click
from django.core.management import execute_from_command_line

from tartib.cli.ready import database


@click.command("manage", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words: tuple[str, ...]) -> None:
    """Run a command of Django as the owner of the database, such as `tartib manage shell`."""
    with database():
        from tartib.project.roles import as_owner

        with as_owner():
            execute_from_command_line(["tartib manage", *words])
