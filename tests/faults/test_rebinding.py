"""A name that leads out when it is looked at and in when it is called (DNS rebinding): nothing inside is ever asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest
from pytest_django import Settings

from tartib.cases.hooks import NotifyOptions
from tartib.imports.goods import photos
from tartib.imports.models import WantedPhoto
from tartib.notify import subscribing
from tartib.notify.models import Message
from tartib.shops import outside
from tests.factories import NOW, make_listing, make_order, make_shop, move
from tests.notify.sending import send
from tests.services import Browser

pytestmark = pytest.mark.django_db

HOST, PUBLIC = "rebound.example", "8.8.8.8"


@pytest.fixture
def inside() -> Iterator[tuple[int, list[str]]]:
    """A server inside, at a port of its own, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"secret")

        do_POST = do_GET

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch, settings: Settings, inside: tuple[int, list[str]]) -> list[str]:
    """A name server that says another address each time it is asked of a name; where connections then were tried."""
    settings.TARTIB_INTERNAL_SERVICES = False
    settings.TARTIB_OUTSIDE_PORTS = {inside[0]}
    asked, tried = count(), list[str]()
    found, connect = socket.getaddrinfo, socket.socket.connect

    def look_up(host: Any, port: Any, *more: Any, **how: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name.endswith(HOST):
            return found(PUBLIC if next(asked) % 2 == 0 else "127.0.0.1", port, *more, **how)
        return found(host, port, *more, **how)

    def note(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[1] in (inside[0], 80, 443):
            tried.append(address[0])
            if address[0] == PUBLIC:
                raise ConnectionRefusedError
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", note)
    return tried


def test_whatever_names_a_host_only_the_address_that_was_looked_at_is_called(
    inside: tuple[int, list[str]], turns: list[str]
) -> None:
    """X6: twenty times each, as an attacker would who waits for the right moment."""
    port, asked = inside
    for _again in range(20):
        for act in ways(port):
            with pytest.raises(outside.NotFetched):
                act()
    assert set(turns) == {PUBLIC}
    assert asked == []


def ways(port: int) -> list[Callable[[], object]]:
    """Out of Tartib: a thing that is fetched, and a service that is called."""
    return [
        lambda: outside.fetch(f"http://{HOST}:{port}/latest/meta-data/", most=100, within=2),
        lambda: outside.call("POST", f"https://{HOST}:{port}/", body=b"{}", most=100, within=2),
    ]


def test_photos_devices_and_proofs_of_domains_go_that_one_way(
    inside: tuple[int, list[str]], turns: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop()
    photos.want(make_listing(shop), [f"http://{HOST}:{inside[0]}/{number}.jpg" for number in range(10)], now=NOW)
    while photos.fetch_due(shop.pk, now=NOW):
        pass
    assert set(WantedPhoto.objects.values_list("tries", flat=True)) == {1}
    case = make_order(shop)
    given = subscribing.read(**Browser().given(f"https://{HOST}/device"))
    subscribing.tell_holder(case, given, "Firefox", now=NOW, chance=lambda: "one")
    move(case, "on-hold", notify_options=NotifyOptions(channels=frozenset({"push"})))
    for minutes in range(5, 60, 5):
        send(NOW + timedelta(minutes=minutes))
    assert Message.objects.filter(channel="push").exclude(state="sent").exists()
    assert set(turns) == {PUBLIC}
    assert inside[1] == []
