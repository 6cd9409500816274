"""Clients of the web: each on a connection of its own, one request after the other."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One request to be made, and the status its answer must have."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] | None = None
    expect: int = 200


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: answers a second, and seconds at each percentile."""

    rate: float
    seconds: list[float]

    def percentile(self, percent: float) -> float:
        """Seconds within which that share of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def drive(port: int, clients: int, requests: Callable[[int], Iterator[Request]], *, seconds: float) -> Load:
    """Let `clients` make the requests of `requests(client)` for a while; any other answer than expected is an error."""
    times: list[list[float]] = [[] for _client in range(clients)]
    troubles: list[str] = []
    start = threading.Barrier(clients + 1)

    def client(number: int) -> None:
        try:
            make_requests(number)
        except Exception as problem:
            troubles.append(repr(problem))

    def make_requests(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.connect()
        start.wait()
        until = time.perf_counter() + seconds
        for request in requests(number):
            began = time.perf_counter()
            if began > until:
                break
            connection.request(request.method, request.path, request.body, dict(request.headers or {}))
            answer = connection.getresponse()
            body = answer.read()
            times[number].append(time.perf_counter() - began)
            if answer.status != request.expect:
                troubles.append(f"{request.method} {request.path}: {answer.status} {body[:300]!r}")
                break
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    if troubles:
        raise RuntimeError(troubles[0])
    all_times = [one for of_client in times for one in of_client]
    return Load(len(all_times) / elapsed, all_times)
