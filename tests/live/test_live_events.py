"""Live events: who hears of what, what a slow page misses, and the whole way from a move to an open stream."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.test import Client

from tartib.live import hub as hub_module
from tartib.live.asgi import App
from tartib.live.hub import END, MANY, Hub
from tartib.shops.operations import let_go, recover
from tartib.shops.security import TARTIB
from tartib.web import live
from tartib.web.live import Hearing
from tests.factories import NOW, make_order, make_shop, make_staff, move

T = TypeVar("T")


def told(queue: asyncio.Queue[bytes]) -> list[list[int]]:
    found = []
    while not queue.empty():
        found.append(json.loads(queue.get_nowait().removeprefix(b"data: "))["cases"])
    return found


def test_a_shop_hears_of_its_own_cases_only() -> None:
    hub = Hub()
    with hub.hear(Hearing(1, None)) as ours, hub.hear(Hearing(2, None)) as theirs:
        hub.tell('{"shop": 1, "cases": [5, 6]}')
        assert told(ours) == [[5, 6]]
        assert told(theirs) == []
    assert hub.open == 0


def test_an_end_reaches_whom_it_is_about_alone() -> None:
    hub = Hub()
    ours = Hearing(1, None, member_id=3, user_id=4, session="s")
    with hub.hear(ours) as queue, hub.hear(Hearing(1, None, member_id=5, user_id=6, session="t")) as other:
        hub.tell('{"end": {"member": 5}}')
        hub.tell('{"end": {"user": 9}}')
        hub.tell('{"end": {"colour": "red"}}')
        assert told(queue) == []
        assert other.get_nowait() == END
        for number in range(hub_module.WAITING):
            hub.tell(json.dumps({"shop": 1, "cases": [number]}))
        hub.tell('{"end": {"session": "s"}}')
        assert queue.get_nowait() == END


def test_who_may_hear_of_one_case_learns_nothing_of_the_others() -> None:
    hub = Hub()
    with hub.hear(Hearing(1, 5)) as queue:
        hub.tell('{"shop": 1, "cases": [6, 7]}')
        hub.tell('{"shop": 1, "cases": [4, 5, 6]}')
        hub.tell('{"shop": 1, "cases": []}')
        assert told(queue) == [[5], [5]]


def test_a_page_that_does_not_read_is_told_that_something_changed() -> None:
    hub = Hub()
    with hub.hear(Hearing(1, None)) as queue:
        for number in range(hub_module.WAITING + 1):
            hub.tell(json.dumps({"shop": 1, "cases": [number]}))
        assert told(queue) == [[]]


@pytest.mark.parametrize("payload", ["", "[]", "{}", '{"shop": 1}', '{"shop": "x", "cases": [1]}', "null"])
def test_what_is_not_understood_harms_nobody(payload: str) -> None:
    hub = Hub()
    with hub.hear(Hearing(1, None)) as queue:
        hub.tell(payload)
        assert told(queue) == []


def test_a_token_names_shop_and_case_and_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    token = live.token(7, 9)
    assert live.read_ticket(token) == Hearing(7, 9)
    assert live.read_ticket(live.token(7)) == Hearing(7, None)
    assert live.read_ticket(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert live.read_ticket("") is None
    monkeypatch.setattr(live, "LASTS", -1)
    assert live.read_ticket(token) is None


def run(story: Coroutine[Any, Any, T]) -> T:
    """Run a story in a loop and thread of its own: browser tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


class Talk:
    """One connection to the app, as a server would hold it."""

    def __init__(self, app: App, path: str, query: str = "", method: str = "GET") -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._leaves = asyncio.Event()
        self._begun = False
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": []}
        self.task = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if not self._begun:
            self._begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.sent.put(dict(message))

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.sent.get(), 5)

    async def leave(self) -> None:
        self._leaves.set()
        await asyncio.wait_for(self.task, 5)


@pytest.mark.parametrize(
    ("path", "query", "method", "status"),
    [
        ("/live/", "", "GET", 403),
        ("/live/", "token=forged", "GET", 403),
        ("/live/", "", "POST", 404),
        ("/", "", "GET", 404),
        ("/live/health/", "", "GET", 200),
    ],
)
def test_only_a_valid_token_opens_a_stream(
    path: str, query: str, method: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answered() -> int:
        app = App()
        monkeypatch.setattr(app, "_start", lambda: None)
        talk = Talk(app, path, query, method)
        await talk.task
        return int((await talk.next())["status"])

    assert run(answered()) == status


def test_a_stream_beats_while_nothing_happens_and_ends_when_its_reader_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tartib.live.asgi.HEARTBEAT", 0.05)

    async def watched() -> tuple[dict[str, Any], list[bytes], int, int]:
        app = App()
        monkeypatch.setattr(app, "_start", lambda: None)
        talk = Talk(app, "/live/", f"token={live.token(1)}")
        start = await talk.next()
        bodies = [(await talk.next())["body"] for _message in range(3)]
        during = app.hub.open
        await talk.leave()
        return start, bodies, during, app.hub.open

    start, bodies, during, after = run(watched())
    assert (b"content-type", b"text/event-stream; charset=utf-8") in start["headers"]
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
    assert bodies == [b"retry: 3000\n\n", b": still here\n\n", b": still here\n\n"]
    assert (during, after) == (1, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["membership", "session", "password"])
def test_a_stream_ends_with_the_place_the_session_or_the_password(end: str) -> None:
    """X6: whoever is let go, signs out or has another password hears nothing from that moment on, nor comes back."""
    shop = make_shop()
    user, owner = make_staff(shop), shop.default_owner
    assert owner is not None
    client = Client()
    client.force_login(user)
    page = client.get(f"/desk/{shop.slug}/orders/").content.decode()
    found = re.search(r'data-token="([^"]+)"', page)
    assert found is not None
    query = f"token={found[1]}"
    act = {
        "membership": lambda: let_go(user.memberships.get(), owner),
        "session": lambda: client.post("/sign-out/"),
        "password": lambda: recover(user, "another good sentence", TARTIB, now=NOW),
    }[end]

    async def watched() -> tuple[int, dict[str, Any], int]:
        app = App()
        talk = Talk(app, "/live/", query)
        opened = await talk.next()
        await talk.next()
        await _until_listening()
        await asyncio.to_thread(_in_thread, act)
        last = await talk.next()
        await asyncio.wait_for(talk.task, 5)
        again = await Talk(app, "/live/", query).next()
        assert app._listening is not None
        app._listening.cancel()
        return opened["status"], last, again["status"]

    opened, last, again = run(watched())
    assert opened == 200
    assert last == {"type": "http.response.body", "body": b"", "more_body": False}
    assert again == 403


@pytest.mark.django_db(transaction=True)
def test_a_move_reaches_an_open_page_and_a_lost_connection_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """X3: what changes elsewhere is seen at once, through one listening connection to PostgreSQL."""
    monkeypatch.setattr(hub_module, "RECONNECT", 0.05)
    shop = make_shop()
    case = make_order(shop)

    async def watched() -> tuple[bytes, bytes]:
        app = App()
        talk = Talk(app, "/live/", f"token={live.token(shop.pk)}")
        await talk.next()
        await talk.next()
        await _until_listening()
        await asyncio.to_thread(_in_thread, move, case, "cancelled")
        heard = (await talk.next())["body"]
        await asyncio.to_thread(_in_thread, _cut)
        again = (await talk.next())["body"]
        await talk.leave()
        assert app._listening is not None
        app._listening.cancel()
        return heard, again

    heard, again = run(watched())
    assert json.loads(heard.removeprefix(b"data: ")) == {"cases": [case.pk]}
    assert again == MANY


async def _until_listening() -> None:
    for _try in range(100):
        if await asyncio.to_thread(_in_thread, _listeners):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody listens")


def _in_thread(act: Any, *args: Any) -> Any:
    try:
        return act(*args)
    finally:
        connection.close()


def _listeners() -> int:
    return _ask(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN tartib%%'"
    )


def _cut() -> int:
    """End the listening connection, as a restart of the database would."""
    return _ask(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN tartib%%'"
    )


def _ask(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
