"""Whose rights a test has on the database: the owner's to make its data, the application's where that is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from tartib.project.database import Role
from tests.postgres.base import DatabaseWrapper


def application() -> AbstractContextManager[None]:
    """Have the rights of the application meanwhile, outside of scopes too."""
    return _mine().with_rights_of(Role.APPLICATION)


def answered_as_application(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: requests are answered with the rights of the application."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with application():
            return get_response(request)

    return middleware


@contextmanager
def insider() -> Iterator[None]:
    """Somebody with the password of the database's owner, who switches the triggers off for themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def _mine() -> DatabaseWrapper:
    return cast("DatabaseWrapper", connection)
