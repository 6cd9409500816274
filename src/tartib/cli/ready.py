"""What commands need before they begin: Django set up, the embedded database running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django

from tartib.cli import keeper, parent_watch


def set_up() -> None:
    """Load the settings and the apps."""
    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """Django set up and a database to talk to. An embedded server is stopped when nobody uses it any more."""
    set_up()
    from tartib.project.roles import disconnect

    with server():
        try:
            yield
        finally:
            disconnect()


@contextmanager
def server() -> Iterator[None]:
    """A database to talk to, without the apps: for a process that leaves the work to others, which starts sooner so."""
    from django.conf import settings

    if not settings.USES_EMBEDDED:
        yield
    elif parent_watch.supervised():
        # `tartib up` has started it and keeps it: what runs under it goes on, whatever the database does.
        with settings.EMBEDDED.used(start=False):
            yield
    else:
        with settings.EMBEDDED.used(), keeper.keeping(settings.EMBEDDED, settings.DATA / "postgres.state"):
            settings.EMBEDDED.create(str(settings.DATABASES["default"]["NAME"]))
            yield


def migrate(say: Callable[[str], None]) -> None:
    """Bring the database up to date as its owner, and let the application use what is new; `say` if there is anything.

    Where all is as it should be already, no more than that is looked at.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from tartib.project import roles

    application = str(settings.DATABASES["default"]["USER"])
    with roles.as_owner():
        roles.require_bypass()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say("bringing the database up to date…")
            call_command("migrate", interactive=False, verbosity=0)
        if roles.lacks_rights(application):
            roles.grant(application)


def renew(say: Callable[[str], None]) -> None:
    """Bring shops that use a workflow as it ships the newest of it, and `say` how many that were."""
    from django.utils import timezone

    from tartib.cases.renewing import renew_presets
    from tartib.project.roles import as_owner

    with as_owner():
        renewed = renew_presets(now=timezone.now())
    if renewed:
        say(f"{renewed} workflow(s) that shops use as Tartib brings them were brought up to date.")
