"""The web application as Granian serves it: bodies are taken in before a thread is taken.

A thread that waits for a body belongs to who sends it: a few visitors with slow bodies would keep everybody else out.
So the event loop takes a body in, by a deadline, and only a request that is whole goes to one of the bounded threads in
which Django answers. Answers go the same way: a thread is done with one before a slow reader has begun to read it.

The interface is RSGI 1.6, Granian's own (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from granian._granian import RSGIHTTPProtocol, RSGIProtocolClosed, RSGIProtocolError
from granian.rsgi import Scope

from tartib.api.middleware import PREFIX, unheard, unserved
from tartib.project.standing_still import answer_visitors
from tartib.web import bare
from tartib.web.bodies import allowed

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[..., Iterable[bytes]]

PATIENCE, SLOWEST = 10.0, 16 * 1024
"""How many seconds a body may take to come, and how many bytes a second it has to bring for each further one."""
IN_MEMORY = 128 * 1024
"""How much of a body, and of an answer made piece by piece, is held in memory; what is longer waits in a file."""
PORTION = 64 * 1024
TURN = 10.0
"""For how many seconds a request waits for a thread. Where none is free for so long, something that all wait for (the
database) stands still: who is next is told to come again, and nothing of what they asked has begun."""
STALLED = 60.0
"""After how many seconds without taking a further portion a reader of a long answer is hung up on."""

_UNCHANGING: Environ = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}


class _Late(Exception):
    """A body did not come in time."""


class _NoTurn(Exception):
    """No thread was free for a request in time."""


class _CutShort(Exception):
    """A body ended before the length that was announced: who sent it is gone."""


class Served:
    """A WSGI application behind RSGI, answering `threads` requests at once."""

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(
            threads, thread_name_prefix="answer", initializer=answer_visitors
        )  # fmt: skip

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """Answer one request."""
        environ = environment(scope)
        try:
            await _take_in(environ, protocol)
            status, headers, answer = await self._answered(environ)
        except _Late:
            protocol.response_bytes(*_put_off(environ, 408))
            return
        except _NoTurn:
            protocol.response_bytes(*_put_off(environ, 503))
            return
        except (_CutShort, RSGIProtocolError, RSGIProtocolClosed):
            protocol.response_empty(400, [])
            return
        if isinstance(answer, bytes):
            protocol.response_bytes(status, headers, answer)
        else:
            with closing(answer):
                await _hand_out(protocol, status, headers, answer)

    async def _answered(self, environ: Environ) -> tuple[int, Headers, bytes | IO[bytes]]:
        """What a thread answers. Raises `_NoTurn` where none has begun in time."""
        asked = self._threads.submit(self._answer, environ)
        answer = asyncio.wrap_future(asked)
        await asyncio.wait({answer}, timeout=TURN)
        if not answer.done() and asked.cancel():
            environ["wsgi.input"].close()
            raise _NoTurn
        return await answer

    def _answer(self, environ: Environ) -> tuple[int, Headers, bytes | IO[bytes]]:
        """What the application answers, whole; in a file where it is long and made piece by piece."""
        said: list[tuple[str, Headers]] = []
        parts = self._application(environ, lambda status, headers, _problem=None: said.append((status, headers)))
        try:
            body = _whole(iter(parts))
        finally:
            environ["wsgi.input"].close()
            if hasattr(parts, "close"):
                parts.close()
        status, headers = said[-1]
        return int(status[:3]), headers, body


def environment(scope: Scope) -> Environ:
    """A request as WSGI has it (PEP 3333), without its body.

    A header whose name has an underscore would pass for the one with a hyphen, such as one that only a proxy may set.
    """
    address, _colon, port = scope.server.rpartition(":")
    environ = _UNCHANGING | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": address,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if key in environ:
            value = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ


async def _take_in(environ: Environ, protocol: RSGIHTTPProtocol) -> None:
    """Put the body into the environment, and its length where it came without one.

    Of what is larger than its address takes in, not a byte is waited for: it is refused by what it says of itself, or
    by how much there was of it at least. Raises `_Late` and `_CutShort`.
    """
    length = environ.get("CONTENT_LENGTH", "")
    chunked = "HTTP_TRANSFER_ENCODING" in environ
    environ["wsgi.input"] = BytesIO()
    if not chunked and (not length.isdecimal() or length == "0"):
        return
    most = allowed(environ["PATH_INFO"].encode("latin-1").decode())
    if not chunked and int(length) > most:
        return
    body, came = await _read(protocol, most)
    environ["wsgi.input"] = body
    if chunked:
        # The body is no longer in chunks for whoever reads it from here.
        del environ["HTTP_TRANSFER_ENCODING"]
        environ["CONTENT_LENGTH"] = str(came)
    elif came != int(length):
        body.close()
        raise _CutShort


async def _read(protocol: RSGIHTTPProtocol, most: int) -> tuple[IO[bytes], int]:
    """A body, from its beginning, and how long it is; no more of it than shows that it is longer than `most`."""
    loop, came = asyncio.get_running_loop(), 0
    began = loop.time()
    with ExitStack() as unfinished:
        body = unfinished.enter_context(SpooledTemporaryFile(IN_MEMORY))
        try:
            async with asyncio.timeout(PATIENCE) as patience:
                async for part in protocol:
                    came += len(part)
                    if came > most:
                        break
                    body.write(part)
                    patience.reschedule(began + PATIENCE + came / SLOWEST)
        except TimeoutError as problem:
            raise _Late from problem
        body.seek(0)
        unfinished.pop_all()
    return body, came


def _put_off(environ: Environ, status: int) -> tuple[int, Headers, bytes]:
    """The answer to who is too slow (408), or finds no thread (503): made without one, and without the database."""
    if environ["PATH_INFO"].startswith(PREFIX):
        accepted = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        answer = unheard(accepted) if status == 408 else unserved(accepted)
    else:
        answer = bare.bare_page(status, bare.spoken(environ))
    return answer.status_code, list(answer.items()), answer.content


def _whole(parts: Iterator[bytes]) -> bytes | IO[bytes]:
    """All parts of an answer together."""
    held: list[bytes] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size > IN_MEMORY:
            break
    following = next(parts, None)
    if following is None:
        return b"".join(held)
    with ExitStack() as unfinished:
        file = unfinished.enter_context(SpooledTemporaryFile(IN_MEMORY))
        file.writelines(held)
        file.write(following)
        file.writelines(parts)
        file.seek(0)
        unfinished.pop_all()
    return file


async def _hand_out(protocol: RSGIHTTPProtocol, status: int, headers: Headers, answer: IO[bytes]) -> None:
    """Hand out a long answer as fast as its reader takes it; one who stops taking it is hung up on."""
    transport = protocol.response_stream(status, headers)
    try:
        while part := answer.read(PORTION):
            async with asyncio.timeout(STALLED):
                await transport.send_bytes(part)
    except (RSGIProtocolClosed, RSGIProtocolError, TimeoutError):
        return
