"""Whether a page of the desk may listen still: asked once for each stream, over one connection for all of them."""

from __future__ import annotations

import asyncio

import psycopg

from tartib.shops.sql import IN_SCOPE, MAY_HEAR
from tartib.web.live import Hearing


class Away(Exception):
    """The database cannot be asked."""


class Door:
    """Asks the database whether the bearer of a token still works in the shop and is signed in."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.AsyncConnection | None = None
        self._turn = asyncio.Lock()

    async def admits(self, hearing: Hearing) -> float:
        """For how many seconds the stream may last at most; 0 where there may be none. Raises `Away`.

        A customer's token names an order by its link, which does not end.
        """
        if hearing.member_id is None:
            return float("inf")
        async with self._turn:
            for fresh in (False, True):
                try:
                    return await self._ask(hearing, fresh=fresh)
                except (psycopg.Error, OSError):
                    continue
        raise Away

    async def _ask(self, hearing: Hearing, *, fresh: bool) -> float:
        if self._connection is not None and fresh:
            await self._connection.close()
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        given = [hearing.member_id, hearing.shop_id, hearing.session]
        async with self._connection.transaction():
            await self._connection.execute(IN_SCOPE, [str(hearing.shop_id)])
            row = await (await self._connection.execute(MAY_HEAR, given)).fetchone()
        return float(row[0]) if row else 0.0
