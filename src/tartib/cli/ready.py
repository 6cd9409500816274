"""What commands need before they begin: Django set up, the embedded database running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import django


def set_up() -> None:
    """Load the settings and the apps."""
    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """Django set up and a database to talk to. The last command that uses the embedded server stops it."""
    set_up()
    from django.conf import settings

    with settings.EMBEDDED.used() if settings.USES_EMBEDDED else nullcontext():
        if settings.USES_EMBEDDED:
            settings.EMBEDDED.create("tartib")
        try:
            yield
        finally:
            from django.db import connection

            connection.close()
            connection.close_pool()
