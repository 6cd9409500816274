"""The command itself: exit code 0 when all is well, 1 when problems were found, 2 when the call makes no sense."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError, ProgrammingError
from psycopg.errors import UndefinedColumn, UndefinedFunction, UndefinedTable

from tartib.project.database import DatabaseTrouble

COMMANDS = {
    "catch": "tartib.cli.catch",
    "createshop": "tartib.cli.createshop",
    "draw": "tartib.cli.draw",
    "import": "tartib.cli.importing",
    "live": "tartib.cli.live",
    "mailbox": "tartib.cli.mailbox",
    "manage": "tartib.cli.manage",
    "messages": "tartib.cli.messages",
    "migrate": "tartib.cli.migrate",
    "up": "tartib.cli.up",
    "verify": "tartib.cli.verify",
    "web": "tartib.cli.web",
    "worker": "tartib.cli.worker",
}


class Commands(click.Group):
    """Finds each command in its own module, loaded when it is called: `tartib --help` need not load Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The words in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that word."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module = __import__(place, fromlist=["command"])
        command = module.command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands)
def tartib() -> None:
    """Keeps every order, repair and support request in its place, and its customer informed."""


def main() -> None:
    """The entry point of the installed command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tartib.project.settings")
    try:
        tartib()
    except (ImproperlyConfigured, DatabaseTrouble) as trouble:
        _give_up(str(trouble))
    except OperationalError as trouble:
        _give_up(f"the database cannot be reached: {str(trouble).strip()}\nCheck DATABASE_URL and its server.")
    except ProgrammingError as trouble:
        if not isinstance(trouble.__cause__, UndefinedTable | UndefinedColumn | UndefinedFunction):
            raise
        _give_up("the database is older than this version of Tartib; run `tartib migrate`.")


def _give_up(reason: str) -> NoReturn:
    click.echo(f"tartib: {reason}", err=True)
    sys.exit(2)
