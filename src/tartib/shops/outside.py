"""What shops name on the open net, and Tartib calls: SMS services, the proof of a domain, photos of an import; and the
push services that browsers name.

Whoever writes such an address could otherwise call what only Tartib can reach: its database, a neighbour's
administration, a cloud's metadata. An address that leads inwards is not called, wherever it is written, and whichever
way it is led to: the very address that was looked at is the one that is called.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from urllib.parse import urljoin, urlsplit

import certifi
import urllib3
from django.conf import settings

_THROUGH_V4 = IPv6Network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}
_ELSEWHERE = (301, 302, 303, 307, 308)
CONNECT, READ, LONGEST = 5.0, 15.0, 60.0
"""Seconds to wait for a connection, for each part of an answer, and for all of it."""
AGENT = "Tartib"


class NotFetched(Exception):
    """Nothing of use is there: it leads inwards, does not answer, answers something else, or too much."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered, and where it was found in the end."""

    body: bytes
    content_type: str
    url: str


def fetch(url: str, *, most: int, hops: int = 3, same_host: bool = False) -> Fetched:
    """What is at an address of the open net, at most `most` bytes; raises `NotFetched` with the reason, for the log.

    Up to `hops` redirects are followed, each looked at as the first address was; with `same_host` only those that stay
    at the host.
    """
    first = _host(url)
    for _hop in range(hops + 1):
        answer = _asked(url, most)
        if isinstance(answer, Fetched):
            return answer
        url = urljoin(url, answer)
        if same_host and _host(url) != first:
            raise NotFetched("it leads to another host")
    raise NotFetched("it leads on and on")


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


def _asked(url: str, most: int) -> Fetched | str:
    """What one address answers: the thing itself, or where else it is."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as problem:
        raise NotFetched("it is no address") from problem
    if parts.scheme not in _PORTS or not host:
        raise NotFetched("it is no address")
    found = addresses(host)
    if not found:
        raise NotFetched("the host has no address")
    if not settings.TARTIB_INTERNAL_SERVICES and any(map(is_inward, found)):
        raise NotFetched("it leads inwards")
    timeout = urllib3.Timeout(connect=CONNECT, read=READ)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            found[0], port, timeout=timeout, server_hostname=host, assert_hostname=host, ca_certs=certifi.where()
        )
    else:
        pool = urllib3.HTTPConnectionPool(found[0], port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": AGENT, "Accept-Encoding": "identity"}
    try:
        with pool, pool.request(
            "GET", path, headers=headers, redirect=False, retries=False, preload_content=False
        ) as answer:  # fmt: skip
            if answer.status in _ELSEWHERE and answer.headers.get("Location"):
                return str(answer.headers["Location"])
            if answer.status != 200:
                raise NotFetched(f"it answers {answer.status}")
            return Fetched(_read(answer, most), answer.headers.get("Content-Type", ""), url)
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
        raise NotFetched(type(problem).__name__) from problem


def _read(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    """All of a body. One that comes too slowly is given up, or a few servers could keep the worker for ever."""
    body, until = bytearray(), monotonic() + LONGEST
    while part := answer.read1(64 * 1024):
        body += part
        if len(body) > most:
            raise NotFetched("it is too large")
        if monotonic() > until:
            raise NotFetched("it takes too long")
    return bytes(body)


def _open(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _THROUGH_V4:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _open(inner)
    return address.is_global and not address.is_multicast
