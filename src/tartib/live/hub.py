"""One listener on the database, any number of open pages: who hears of what."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tartib.web.live import Hearing

logger = logging.getLogger(__name__)

CHANNEL = "tartib"
# A page that does not read is not waited for: it loses what it missed, and is told that something changed.
WAITING = 64
RECONNECT = 2.0
MANY = b'data: {"cases":[]}\n\n'
END = b""
"""Put into a stream, it ends it."""


class Hub:
    """The open streams, by shop, and the passing on of notifications to them."""

    def __init__(self) -> None:
        self._streams: defaultdict[int, dict[asyncio.Queue[bytes], Hearing]] = defaultdict(dict)

    @property
    def open(self) -> int:
        """How many streams are open."""
        return sum(map(len, self._streams.values()))

    @contextmanager
    def hear(self, hearing: Hearing) -> Iterator[asyncio.Queue[bytes]]:
        """Events for the bearer of a token, as long as the context lasts."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self._streams[hearing.shop_id][queue] = hearing
        try:
            yield queue
        finally:
            del self._streams[hearing.shop_id][queue]
            if not self._streams[hearing.shop_id]:
                del self._streams[hearing.shop_id]

    def tell(self, payload: str) -> None:
        """Pass on `{"shop": …, "cases": […]}`, where no cases means many; or end streams: `{"end": {"member": …}}`."""
        try:
            told = json.loads(payload)
            if "end" in told:
                self._end(**told["end"])
                return
            shop_id, cases = int(told["shop"]), [int(case) for case in told["cases"]]
        except (ValueError, KeyError, TypeError):
            logger.warning("not understood on channel %s: %.200s", CHANNEL, payload)
            return
        event = _event(cases)
        for queue, hearing in self._streams.get(shop_id, {}).items():
            if hearing.case_id is None:
                _put(queue, event)
            elif not cases or hearing.case_id in cases:
                # Who may hear of one case learns nothing of the others.
                _put(queue, _event([hearing.case_id]))

    def _end(self, *, member: int = 0, user: int = 0, session: str = "") -> None:
        """End the streams of a member of staff, of a person in all shops, or of one session."""
        for streams in self._streams.values():
            for queue, hearing in streams.items():
                if (
                    (member and hearing.member_id == member)
                    or (user and hearing.user_id == user)
                    or (session and hearing.session == session)
                ):
                    _put(queue, END)

    def tell_all(self) -> None:
        """After a gap nobody knows what was missed: every page is to look again."""
        for streams in self._streams.values():
            for queue in streams:
                _put(queue, MANY)

    async def listen(self, conninfo: str) -> None:
        """Listen for ever; a lost connection is opened again."""
        gap = False
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if gap:
                        self.tell_all()
                    gap = True
                    async for notification in connection.notifies():
                        self.tell(notification.payload)
            except (psycopg.Error, OSError) as error:
                logger.warning("live events wait for the database: %s", error)
            await asyncio.sleep(RECONNECT)


def _event(cases: list[int]) -> bytes:
    return f"data: {json.dumps({'cases': cases}, separators=(',', ':'))}\n\n".encode()


def _put(queue: asyncio.Queue[bytes], event: bytes) -> None:
    try:
        queue.put_nowait(event)
    except asyncio.QueueFull:
        waiting = [queue.get_nowait() for _event in range(queue.qsize())]
        queue.put_nowait(END if END in (event, *waiting) else MANY)
