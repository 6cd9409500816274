"""The product's backend, whose connections are the owner's: who makes a test's data passes by the policies.

Within a scope, and while a request is answered, the rights are the application's, as they always are in production.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql
from psycopg.pq import TransactionStatus

from tartib.project.database import Role
from tartib.project.postgres import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of the owner, with the application's rights within scopes."""

    outside = Role.OWNER
    """Whose rights hold outside of any scope."""

    def connect(self) -> None:
        """Sign in, and take the rights that hold now: the pool keeps those of whoever had the connection before."""
        super().connect()
        self.connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(self.outside)))

    @contextmanager
    def with_rights_of(self, role: Role) -> Iterator[None]:
        """Have the rights of a role meanwhile, outside of scopes too."""
        before = self.outside
        self._take(role)
        try:
            yield
        finally:
            self._take(before)

    def _take(self, role: Role) -> None:
        self.outside = role
        # A transaction that has failed forgets it by itself.
        if self.connection and self.connection.info.transaction_status != TransactionStatus.INERROR:
            self.connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))

    def _told(self, shop_id: int | None) -> str:
        rights = self.outside if shop_id is None else Role.APPLICATION
        return f"{super()._told(shop_id)}; SET LOCAL ROLE {rights}"
