"""The raw ASGI app of the live events, run by a process of its own: `granian --interface asginl tartib.live.asgi:app`.

It answers `GET /live/?token=…` with server-sent events, and `GET /live/health/`. Of Django it uses the settings and the
signatures only: no request touches the ORM, so a stream costs a queue and a socket, not a thread. A page of the desk is
asked for once, when its stream begins; that its reader left the shop or signed out is told as every change is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tartib.project.settings")
django.setup()

from django.conf import settings  # noqa: E402 - settings are read by setup
from django.db import connection as database  # noqa: E402
from psycopg.conninfo import make_conninfo  # noqa: E402

from tartib.live.door import Away, Door  # noqa: E402
from tartib.live.hub import END, Hub  # noqa: E402
from tartib.web import live  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEARTBEAT = 20.0
# A stream ends after a while, so that nobody who was locked out goes on listening; the page opens a new one.
LONGEST = 3_600.0
_ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
_STREAM = [
    *_ALWAYS,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
    (b"access-control-allow-origin", settings.TARTIB_URL.encode()),
]


class App:
    """The app with its hub, its one listening connection, and the one that asks who may listen."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._door = Door(conninfo())
        self._listening: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "http":
            return
        self._start()
        if scope["path"] == "/live/health/":
            await _answer(send, 200, str(self.hub.open).encode())
        elif scope["path"] != "/live/" or scope["method"] != "GET":
            await _answer(send, 404, b"There is nothing here.")
        else:
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[-1]
            hearing = live.read_ticket(given)
            if hearing is None:
                await _answer(send, 403, b"The token is not valid any more. Reload the page.")
            else:
                await self._stream(hearing, receive, send)

    async def _stream(self, hearing: live.Hearing, receive: Receive, send: Send) -> None:
        # Listening comes before asking: an end between the two is heard.
        with self.hub.hear(hearing) as events:
            try:
                lasts = await self._door.admits(hearing)
            except Away:
                await _answer(send, 503, b"The database is away. Try again soon.")
                return
            if lasts <= 0:
                await _answer(send, 403, b"You do not work here, or have signed out.")
                return
            await self._pass_on(events, min(lasts, LONGEST), receive, send)

    async def _pass_on(self, events: asyncio.Queue[bytes], lasts: float, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
        await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
        gone = asyncio.ensure_future(_gone(receive))
        loop = asyncio.get_running_loop()
        end = loop.time() + lasts
        try:
            while loop.time() < end and not gone.done():
                following = asyncio.ensure_future(events.get())
                await asyncio.wait({following, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                body = following.result() if following.done() else b": still here\n\n"
                following.cancel()
                if body == END:
                    break
                if not gone.done():
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        finally:
            gone.cancel()
        with contextlib.suppress(Exception):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _start(self) -> None:
        """Begin to listen with the first request: the loop that serves it is the one to live in."""
        if self._listening is None or self._listening.done():
            self._listening = asyncio.ensure_future(self.hub.listen(conninfo()))


def conninfo() -> str:
    """How to reach the product's database, outside Django's pool."""
    params = database.get_connection_params() | settings.TARTIB_LISTENS_AT
    allowed = {"dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "options"}
    return make_conninfo(**{name: value for name, value in params.items() if name in allowed and value})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [*_ALWAYS, (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


app = App()
