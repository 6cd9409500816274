"""All of Tartib as `tartib up` runs it, on a folder of its own, and who asks it things all the while."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import uuid4

import psycopg

from tartib.project.database import DatabaseTrouble, Role, Server
from tests.faults.killing import SCRIPT

ANSWERED = frozenset({200, 201})
Heard = tuple[int, Message, str]
"""Status, headers and body of an answer."""


@dataclass
class Running:
    """`tartib up` at a port of this machine, with the database of its own folder."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    server: Server
    apart: bool = False
    shop: str = ""
    key: str = ""
    owner: str = ""
    other: str = ""
    other_owner: str = ""

    @property
    def root(self) -> str:
        """Where its files are to be found from here: it may have mounted some that nobody else sees."""
        return f"/proc/{self.process.pid}/root" if self.apart else ""

    @property
    def database(self) -> str:
        """The address of its database."""
        return self.server.url("tartib", Role.OWNER).replace("host=", f"host={self.root}")

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Heard:
        """Status, headers and body of one answer; raises `OSError` or `HTTPException` where there is none."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            sent = {"Host": f"localhost:{self.port}"} | {name.replace("_", "-"): said for name, said in headers.items()}
            given = None if body is None else json.dumps(body)
            connection.request(method, path, given, sent | ({"Content-Type": "application/json"} if given else {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def order(self, key: str) -> Heard:
        """Ask for an order by the API, under a key of its own."""
        order = {
            "external_id": key,
            "customer": {"name": "Jo", "email": "jo@example.com"},
            "lines": [{"sku": "NONE", "name": "Gift card", "quantity": 1, "price": "5.00"}],
            "payment_method": "online",
        }
        return self.ask(
            "POST",
            "/api/v1/orders",
            order,
            Authorization=f"Bearer {self.key}",
            Idempotency_Key=key,
            Accept_Language="uk",
        )

    def page(self) -> Heard:
        """Look at a page that asks the database, as a reader of Persian."""
        return self.ask("GET", f"/help/{self.shop}/fa/", Accept_Language="en")

    def answers(self) -> bool:
        """Whether pages are answered now."""
        with suppress(OSError, HTTPException):
            return self.page()[0] == 200
        return False

    def count(self) -> tuple[int, int]:
        """How many orders the database has, and how many different ones by the keys they were asked for under."""
        with psycopg.connect(self.database, connect_timeout=5) as connection:
            found = connection.execute("SELECT count(*), count(DISTINCT external_id) FROM orders_order").fetchone()
        assert found is not None
        return int(found[0]), int(found[1])

    def listens(self) -> bool:
        """Whether the database answers somebody who connects anew."""
        try:
            with psycopg.connect(self.database, connect_timeout=2) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.Error:
            return False


@dataclass
class Asked:
    """What customers and programs heard while something happened, by the monotonic clock."""

    taken: list[str] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    longest: float = 0.0

    def hear(self, status: int, headers: Message, body: str, *, page: bool) -> bool:
        """Keep one answer; whether it is what was asked for."""
        if status in ANSWERED:
            return True
        self.refused.append(time.monotonic())
        again = headers.get("Retry-After", "")
        spoken = headers.get("Content-Language") == ("fa" if page else "uk")
        if status != 503 or not again.isdecimal() or not spoken or ('lang="fa' in body) != page:
            self.wrong.append(f"{status} {again} {headers.get('Content-Language')}: {body[:200]}")
        return False


@contextmanager
def running(folder: Path, *, within: Sequence[str] = (), **environment: str) -> Iterator[Running]:
    """All of Tartib with an open shop and an API key; `within` is a command that runs it in surroundings of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_ports()
    server = Server(folder)
    elsewhere = ("DATABASE_URL", "DATABASE_OWNER_URL", "TARTIB_URL")
    given = {name: value for name, value in os.environ.items() if name not in elsewhere}
    surroundings = given | {
        "TARTIB_DATA": str(folder),
        "TARTIB_URL": f"http://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "tartib.project.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TARTIB_API_RATE": "1000",
        **environment,
    }
    surroundings.pop("TARTIB_LIVE_URL", None)
    command = [*within, sys.executable, "-m", "tartib.cli", "up", "--port", str(port)]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=surroundings, stdout=said, stderr=said)
    at = Running(folder, port, process, server, apart=bool(within))
    try:
        until(lambda: at.answers() or at.process.poll() is not None or _waits(at), 180)
        opened = subprocess.run(
            [*SCRIPT, "opening.py"],
            env=surroundings | {"DATABASE_URL": environment.get("DATABASE_OWNER_URL") or at.database},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert opened.returncode == 0, opened.stderr
        at.key, at.shop, at.owner, at.other, at.other_owner = opened.stdout.split()
        until(at.answers, 60)
        yield at
    except AssertionError:
        sys.stderr.write((folder / "said").read_text(errors="replace")[-6_000:])
        raise
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
        with suppress(DatabaseTrouble):
            server.stop()
        shutil.rmtree(server.data, ignore_errors=True)


@contextmanager
def asking(at: Running, *, hands: int = 3) -> Iterator[Asked]:
    """Place orders by so many programs, each again under its key until it is taken, and look at a page, meanwhile."""
    heard, stop = Asked(), threading.Event()

    def placing() -> None:
        while not stop.is_set():
            key = str(uuid4())
            while not _heard(heard, lambda key=key: at.order(key), page=False):  # type: ignore[misc]
                if stop.wait(0.2):
                    return
            heard.taken.append(key)

    def looking() -> None:
        while not stop.wait(0.2):
            _heard(heard, at.page, page=True)

    threads = [threading.Thread(target=one) for one in [placing] * hands + [looking]]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        stop.set()
        for thread in threads:
            thread.join(90)


def until(true: Callable[[], bool], seconds: float) -> float:
    """Wait for something to come true; after how many seconds it did."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"it has not come true within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


def postmaster(server: Server) -> int:
    """The number of the database's first process; 0 while there is none."""
    try:
        return int((server.data / "postmaster.pid").read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return 0


def _heard(heard: Asked, ask: Callable[[], Heard], *, page: bool) -> bool:
    began = time.monotonic()
    try:
        return heard.hear(*ask(), page=page)
    except (OSError, HTTPException) as problem:
        heard.wrong.append(f"no answer: {problem!r}")
        return False
    finally:
        heard.longest = max(heard.longest, time.monotonic() - began)


def _waits(at: Running) -> bool:
    """Whether it answers that this shop is not known: all is up, and no shop is open yet."""
    with suppress(OSError, HTTPException):
        return at.ask("GET", "/help/none/")[0] == 404
    return False


def _free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            with suppress(OSError):
                second.bind(("127.0.0.1", port + 1))
                return port
