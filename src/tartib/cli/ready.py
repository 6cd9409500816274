"""What commands need before they begin: Django set up, the embedded database running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import django


def set_up() -> None:
    """Load the settings and the apps."""
    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """Django set up and a database to talk to. An embedded server that was not running is stopped again at the end."""
    set_up()
    from django.conf import settings

    if not settings.USES_EMBEDDED:
        yield
        return
    server = settings.EMBEDDED
    was_running = server.running()
    server.start()
    server.create("tartib")
    try:
        yield
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        if not was_running:
            server.stop()
