"""What shops name on the open net, and Tartib calls: the proof of a domain, photos of an import, the push services that
browsers name, and the providers by which shops are paid and send SMS.

Whoever writes such an address could otherwise call what only Tartib can reach: its database, a neighbour's
administration, a cloud's metadata. An address that leads inwards is not called, wherever it is written, and whichever
way it is led to: the very address that was looked at is the one that is called. It is called at the ports of the web
alone, unless the operator allows others (`TARTIB_OUTSIDE_PORTS`): nobody has Tartib knock at mail servers. And no call
takes longer than it may, however slowly each byte of the answer comes: connections, redirects, headers and bodies have
one deadline, from which what it takes to find a name's address is taken off.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

# An address of IPv4 stands in the last bits of these: of a translator (RFC 6052), or as it was written once (RFC 4291).
_THROUGH_V4 = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
_OWN_TRANSLATORS = IPv6Network("64:ff9b:1::/48")
"""Where a network leads inwards by translators of its own (RFC 8215)."""
_PORTS = {"http": 80, "https": 443}
_ELSEWHERE = (301, 302, 303, 307, 308)
CONNECT, READ, LONGEST = 5.0, 15.0, 60.0
"""Seconds to wait for a connection, for each part of an answer, and for a call from its first step to its last."""
MOST_TRIED = 3
"""How many addresses of a host are tried one after the other, while none has taken the connection."""
AGENT = "Tartib"
_HEADERS = {"User-Agent": AGENT, "Accept-Encoding": "identity"}


class NotFetched(Exception):
    """Nothing of use is there: it leads inwards, does not answer, answers something else, too much, or too late."""


class Inward(NotFetched):
    """It leads to an address that is not one of the open net."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered, and where it was found in the end."""

    body: bytes
    content_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to a call: any status, and the whole body."""

    status: int
    body: bytes


def fetch(url: str, *, most: int, hops: int = 3, same_host: bool = False, within: float = LONGEST) -> Fetched:
    """What is at an address of the open net, at most `most` bytes; raises `NotFetched` with the reason, for the log.

    Up to `hops` redirects are followed, each looked at as the first address was; with `same_host` only those that stay
    at the host. All of it takes at most `within` seconds.
    """
    first, until = _host(url), monotonic() + within
    for _hop in range(hops + 1):
        answer = _asked(url, most, until)
        if isinstance(answer, Fetched):
            return answer
        url = urljoin(url, answer)
        if same_host and _host(url) != first:
            raise NotFetched("it leads to another host")
    raise NotFetched("it leads on and on")


def call(
    method: str,
    url: str,
    *,
    most: int,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    within: float = LONGEST,
    inside: bool = False,
) -> Answered:
    """Call a service of the open net over TLS; what it answers, whatever its status. Raises `NotFetched`.

    What is meant for one service goes nowhere else: redirects are answers, not followed. Once it is under way a call is
    not repeated. Without TLS only services inside the own network are called, where they are allowed, or where the
    address is Tartib's own and was written by no shop (`inside`).
    """
    parts = _parts(url)
    inside = inside or settings.TARTIB_INTERNAL_SERVICES
    if parts.scheme != "https" and not inside:
        raise NotFetched("it is not encrypted")
    with _answer(method, parts, monotonic() + within, body, headers or {}, inside=inside) as (answer, watch):
        return Answered(answer.status, _read(answer, most, watch))


def leads_inward(host: str) -> bool:
    """Whether any address of `host` is private, this machine's own, link-local, or otherwise not of the open net.

    A host that has no address at the moment leads nowhere.
    """
    return any(map(is_inward, addresses(host)))


def addresses(host: str) -> list[str]:
    """The IP addresses of a host, the likeliest first; none where it has none at the moment."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(address[0]).partition("%")[0] for *_kind, address in found))


def is_inward(address: str) -> bool:
    """Whether that IP address is not one of the open net."""
    return not _open(ip_address(address))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError as problem:
        raise NotFetched("it is no address") from problem


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as problem:
        raise NotFetched("it is no address") from problem
    if parts.scheme not in _PORTS or not host:
        raise NotFetched("it is no address")
    return parts


def _asked(url: str, most: int, until: float) -> Fetched | str:
    """What one address answers: the thing itself, or where else it is."""
    with _answer("GET", _parts(url), until) as (answer, watch):
        if answer.status in _ELSEWHERE and answer.headers.get("Location"):
            return str(answer.headers["Location"])
        if answer.status != 200:
            raise NotFetched(f"it answers {answer.status}")
        return Fetched(_read(answer, most, watch), answer.headers.get("Content-Type", ""), url)


class _Watch:
    """Hangs up a connection at its deadline: a wait for one part of an answer after the other would never end."""

    def __init__(self, connection: HTTPConnection, until: float) -> None:
        self.over = False
        # Kept apart: of an answer that ends with the connection, the connection itself lets go at once.
        self._connection, self._socket = connection, connection.sock
        self._timer = threading.Timer(max(until - monotonic(), 0.0), self._hang_up)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._timer.cancel()
        self._connection.close()

    def _hang_up(self) -> None:
        self.over = True
        with suppress(OSError):  # it may be closed already
            # Beneath TLS, which another thread is reading from at this moment.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@contextmanager
def _answer(
    method: str,
    parts: SplitResult,
    until: float,
    body: bytes | None = None,
    more: Mapping[str, str] | None = None,
    *,
    inside: bool = False,
) -> Iterator[tuple[urllib3.BaseHTTPResponse, _Watch]]:
    """The answer of a host, with its body yet to be read, and what watches over the time it takes."""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = _HEADERS | {"Host": parts.netloc.rpartition("@")[2]} | dict(more or {})
    connection = _connected(parts, until, inside or settings.TARTIB_INTERNAL_SERVICES)
    with _Watch(connection, until) as watch:
        try:
            connection.request(method, path, body, headers, preload_content=False)
            yield connection.getresponse(), watch
        except (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as problem:
            raise NotFetched("it takes too long" if watch.over else type(problem).__name__) from problem


def _connected(parts: SplitResult, until: float, inside: bool) -> HTTPConnection:
    """A connection to an address of the host that was looked at; the certificate has to be the host's."""
    host = parts.hostname or ""
    found = addresses(host)
    if not found:
        raise NotFetched("the host has no address")
    if not inside and any(map(is_inward, found)):
        raise Inward("it leads inwards")
    if not inside and _port(parts) not in {*_PORTS.values(), *settings.TARTIB_OUTSIDE_PORTS}:
        raise NotFetched("it is at a port that is not called")
    trouble: Exception | None = None
    for address in found[:MOST_TRIED]:
        left = until - monotonic()
        if left <= 0:
            raise NotFetched("it takes too long")
        connection = _connection(parts, host, address, min(CONNECT, left))
        try:
            connection.connect()
        except (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as problem:
            connection.close()
            trouble = problem
        else:
            connection.timeout = READ
            return connection
    raise NotFetched(type(trouble).__name__) from trouble


def _port(parts: SplitResult) -> int:
    return parts.port if parts.port is not None else _PORTS[parts.scheme]


def _connection(parts: SplitResult, host: str, address: str, timeout: float) -> HTTPConnection:
    port = _port(parts)
    if parts.scheme == "http":
        return HTTPConnection(address, port, timeout=timeout)
    return HTTPSConnection(
        address, port, timeout=timeout, server_hostname=host, assert_hostname=host, cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
    )  # fmt: skip


def _read(answer: urllib3.BaseHTTPResponse, most: int, watch: _Watch) -> bytes:
    """All of a body that is not too large."""
    body = bytearray()
    while part := answer.read1(64 * 1024):
        body += part
        if len(body) > most:
            raise NotFetched("it is too large")
    if watch.over:
        raise NotFetched("it takes too long")
    return bytes(body)


def _open(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and any(address in network for network in _THROUGH_V4):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.is_site_local or address in _OWN_TRANSLATORS:
            return False
        if inner is not None:
            return _open(inner)
    return address.is_global and not address.is_multicast
