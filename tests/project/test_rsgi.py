"""Requests as the server hands them over: bodies taken in by a deadline, whole or not at all."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from tartib.project import rsgi
from tartib.project.rsgi import Served
from tartib.web.bodies import MOST_BYTES

T = TypeVar("T")


def run(doing: Coroutine[Any, Any, T]) -> T:
    """Do it in a thread of its own: a browser of another test may have its loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, doing).result()


class Visit:
    """One request and what is answered to it; `None` among the parts of its body is a visitor who sends no more."""

    def __init__(self, method: str, path: str, parts: Iterable[bytes | None] = (), **headers: str) -> None:
        pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.scope: Any = SimpleNamespace(
            method=method, path=path, query_string="a=1", http_version="1.1", scheme="http", authority=None,
            server="127.0.0.1:8000", client="[2001:db8::7]:5000", headers=SimpleNamespace(items=lambda: pairs),
        )  # fmt: skip
        self.parts, self.asked = list(parts), False
        self.status, self.headers, self.body = 0, dict[str, str](), b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.asked = True
        for part in self.parts:
            if part is None:
                await asyncio.Event().wait()
            else:
                yield part

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, {name.lower(): value for name, value in headers}, body

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.response_bytes(status, headers, b"")

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Visit:
        self.response_bytes(status, headers, b"")
        return self

    async def send_bytes(self, part: bytes) -> None:
        self.body += part


def echo(environ: dict[str, Any], start_response: Callable[..., None]) -> list[bytes]:
    """Answer with what of the request the application sees."""
    body = environ["wsgi.input"].read()
    said = {name: value for name, value in environ.items() if isinstance(value, str)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said | {"body": body.decode()}).encode()]


def answered(visit: Visit, application: Callable[..., Iterable[bytes]] = echo) -> Any:
    """Have one request answered; what the application saw of it."""
    served = Served(application, 2)
    run(served.__rsgi__(visit.scope, visit))  # type: ignore[arg-type]
    return json.loads(visit.body) if visit.status == 200 and application is echo else None


def test_the_application_sees_a_request_as_it_was_sent() -> None:
    visit = Visit("GET", "/s/سوق/", host="shop.example", x_forwarded_for="1.1.1.1", cookie="a=1")
    visit.scope.headers = SimpleNamespace(
        items=lambda: [("host", "shop.example"), ("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2"),
                       ("cookie", "a=1"), ("cookie", "b=2"), ("x_forwarded_for", "6.6.6.6")]
    )  # fmt: skip
    seen = answered(visit)
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/s/سوق/"
    assert (seen["REQUEST_METHOD"], seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("GET", "a=1", "2001:db8::7")
    assert (seen["SERVER_NAME"], seen["SERVER_PORT"], seen["HTTP_HOST"]) == ("127.0.0.1", "8000", "shop.example")
    assert seen["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2", "and nothing that only looks like it"
    assert seen["HTTP_COOKIE"] == "a=1;b=2"
    assert not visit.asked, "no body was announced"


def test_a_body_is_whole_before_the_application_begins() -> None:
    visit = Visit("POST", "/sign-in/", [b"one", b"two"], content_length="6", content_type="text/plain")
    seen = answered(visit)
    assert (seen["body"], seen["CONTENT_LENGTH"], seen["CONTENT_TYPE"]) == ("onetwo", "6", "text/plain")


def test_a_body_in_chunks_is_as_good_as_any() -> None:
    seen = answered(Visit("POST", "/api/v1/orders", [b"{", b"}"], transfer_encoding="chunked"))
    assert (seen["body"], seen["CONTENT_LENGTH"]) == ("{}", "2")
    assert "HTTP_TRANSFER_ENCODING" not in seen


def test_of_what_is_too_large_not_a_byte_is_waited_for() -> None:
    visit = Visit("POST", "/sign-in/", [None], content_length=str(MOST_BYTES + 1))
    assert answered(visit)["body"] == ""
    assert not visit.asked
    endless = Visit("POST", "/sign-in/", [b"a" * 1024 * 1024] * 30 + [None], transfer_encoding="chunked")
    assert int(answered(endless)["CONTENT_LENGTH"]) == 21 * 1024 * 1024


@pytest.mark.parametrize(("language", "heading"), [("en", "That took too long"), ("uk", "надто довго")])
def test_who_sends_too_slowly_is_told_so_in_their_language(
    language: str, heading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rsgi, "PATIENCE", 0.01)
    visit = Visit("POST", "/sign-in/", [b"a", None], content_length="100", accept_language=language)
    answered(visit, lambda *_request: pytest.fail("the application was asked"))
    assert (visit.status, visit.headers["content-language"]) == (408, language)
    assert heading in visit.body.decode()


def test_a_program_that_sends_too_slowly_gets_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsgi, "PATIENCE", 0.01)
    visit = Visit("POST", "/api/v1/orders", [None], content_length="100")
    answered(visit, lambda *_request: pytest.fail("the application was asked"))
    assert (visit.status, visit.headers["content-type"]) == (408, "application/problem+json")
    assert json.loads(visit.body)["code"] == "slow"


def test_a_body_that_ends_too_soon_is_not_taken_for_a_whole_one() -> None:
    visit = Visit("POST", "/sign-in/", [b"half"], content_length="8")
    answered(visit, lambda *_request: pytest.fail("the application was asked"))
    assert visit.status == 400


def test_forty_who_send_nothing_take_no_thread_from_the_next() -> None:
    """X5: a slow visitor costs only himself, whatever the number of threads."""

    async def all_of_them() -> Visit:
        served, visitor = Served(echo, 1), Visit("GET", "/sign-in/")
        slow = [Visit("POST", "/sign-in/", [b"a", None], content_length="100") for _ in range(40)]
        waiting = [asyncio.ensure_future(served.__rsgi__(one.scope, one)) for one in slow]  # type: ignore[arg-type]
        await asyncio.sleep(0)
        await served.__rsgi__(visitor.scope, visitor)  # type: ignore[arg-type]
        assert not any(one.status for one in slow)
        for one in waiting:
            one.cancel()
        return visitor

    assert run(all_of_them()).status == 200


@pytest.mark.parametrize(("path", "kind"), [("/help/shop/fa/", "text/html"), ("/api/v1/orders", "application/problem")])
def test_who_finds_no_free_thread_is_told_to_come_again_and_nothing_was_begun(
    monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    """X3: a database that stands still holds the threads there are, and nobody else waits for it."""
    monkeypatch.setattr(rsgi, "TURN", 0.02)
    still, begun = threading.Event(), list[str]()

    def stand_still(environ: dict[str, Any], start_response: Callable[..., None]) -> list[bytes]:
        begun.append(environ["PATH_INFO"])
        still.wait(10)
        return echo(environ, start_response)

    async def both() -> tuple[Visit, Visit]:
        served, first, second = Served(stand_still, 1), Visit("GET", "/first/"), Visit("POST", path)
        waiting = asyncio.ensure_future(served.__rsgi__(first.scope, first))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        await served.__rsgi__(second.scope, second)  # type: ignore[arg-type]
        still.set()
        await waiting
        return first, second

    first, second = run(both())
    assert (first.status, second.status, begun) == (200, 503, ["/first/"])
    assert second.headers["content-type"].startswith(kind)
    assert second.headers["retry-after"] == "5"


def test_a_long_answer_is_handed_out_in_portions_and_its_maker_let_go_first() -> None:
    closed: list[bool] = []

    class Parts(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def export(_environ: dict[str, Any], start_response: Callable[..., None]) -> Parts:
        start_response("200 OK", [])
        return Parts([b"row\n" * 1024] * 64)

    visit = Visit("GET", "/export")
    sent: list[bool] = []
    monkeypatched = visit.send_bytes

    async def send_bytes(part: bytes) -> None:
        sent.append(bool(closed))
        await monkeypatched(part)

    visit.send_bytes = send_bytes  # type: ignore[method-assign]
    answered(visit, export)
    assert visit.body == b"row\n" * 1024 * 64
    assert set(sent) == {True}
    assert closed == [True]
