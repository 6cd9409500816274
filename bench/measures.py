"""The measurements (a) to (g), each yielding lines of figures as they were measured."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.utils import timezone

from bench import limits, selling
from bench.data import FAMILY, GIVEN, GOODS, add_orders, make_shop
from bench.load import Request, drive
from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.flow.facts import ByHand
from tartib.journal.operations import Actor
from tartib.project import roles
from tartib.project.database import Server
from tartib.shops.models import Shop
from tartib.shops.operations import issue_key
from tartib.shops.scope import scope
from tartib.shops.sessions import SessionStore

PROGRAM = [sys.executable, "-m", "tartib.cli"]
PORT = 18_765
# Orders kept ready for each second of load: more than either can move.
LIMIT_MOVES, API_MOVES = 3_000, 800


@dataclass(frozen=True, slots=True)
class Setting:
    """What all measurements share."""

    server: Server
    database: str
    sizes: list[int]
    seconds: int

    def postgresql(self) -> str:
        """The server's version."""
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}"


def one_move(setting: Setting) -> Iterator[str]:
    """(a) One move through the API, at one and at eight clients."""
    for clients in (1, 8):
        shop = _fresh_shop("move", (LIMIT_MOVES + API_MOVES) * setting.seconds)
        _ids_of(shop, LIMIT_MOVES * setting.seconds)
        limit = limits.rate(setting.server, setting.database, limits.MOVE, clients=clients, seconds=setting.seconds)
        codes = iter(_codes(shop, API_MOVES * setting.seconds))
        _record, key = issue_key(shop, "bench", ["moves:write"])
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

        def moves(_client: int, codes: Iterator[str] = codes, headers: dict[str, str] = headers) -> Iterator[Request]:
            for code in codes:
                path = f"/api/v1/orders/{code}/moves"
                unique = {"Idempotency-Key": str(uuid.uuid4())}
                yield Request("POST", path, b'{"to": "processing"}', headers | unique, 201)

        with _web() as _pid:
            load = drive(PORT, clients, moves, seconds=setting.seconds)
        yield (
            f"one move, {clients} client{'s' if clients > 1 else ''}: {load.rate:.0f}/s, p95 "
            f"{load.percentile(95) * 1000:.1f} ms; limit {limit:.0f}/s; {load.rate / limit:.0%} of the limit"
        )


def thousand_moves(setting: Setting) -> Iterator[str]:
    """(b) A thousand cases in one bulk move, with the rights of what serves."""
    rounds, most = 5, 1_000
    shop = _fresh_shop("bulk", most * (rounds + 1) * 2)
    ids = list(Case.objects.filter(shop=shop, status="pending").order_by("pk").values_list("pk", flat=True))
    actor = Actor("staff", "Bench Owner")
    portions = [ids[start : start + most] for start in range(0, len(ids), most)]
    ours, theirs = [], []
    for portion in portions[::2]:
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            given: dict[str, Any] = {"shop": shop.pk, "ids": portion, "act": uuid.uuid4()}
            for statement in limits.BULK:
                cursor.execute(statement, given)
        theirs.append(time.perf_counter() - began)
    with _as_application(setting), scope(shop.pk):
        for portion in portions[1::2]:
            began = time.perf_counter()
            outcome = advance(shop, portion, ByHand("processing", "owner"), actor, now=timezone.now())
            assert len(outcome.moved) == most
            ours.append(time.perf_counter() - began)
    # The first of each warms the caches.
    tartib, limit = statistics.median(ours[1:]), statistics.median(theirs[1:])
    yield (
        f"1,000 cases in one act: {tartib * 1000:.0f} ms; limit {limit * 1000:.0f} ms; {tartib / limit:.1f} × the limit"
    )


@contextmanager
def _as_application(setting: Setting) -> Iterator[None]:
    """Be the role that serves meanwhile, for whom the policies hold."""
    place = urlsplit(setting.server.url(setting.database))
    owner = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    roles.disconnect()
    connection.settings_dict.update(USER=place.username, PASSWORD=place.password)
    try:
        yield
    finally:
        roles.disconnect()
        connection.settings_dict.update(owner)


def lists(setting: Setting) -> Iterator[str]:
    """(c) The desk's list with filters and search, p95 of a mix of questions, at each size.

    Apart: whole pages; the part htmx asks for when somebody types or filters; the counts a page asks for after it.
    """
    first: dict[str, float] = {}
    for size in setting.sizes:
        shop = _shop_of(size)
        cookie = _signed_in(shop)
        questions = list(_questions(shop, random.Random(size), size))
        part = {"HX-Request": "true", "HX-Target": "list"}
        orders = f"/desk/{shop.slug}/orders/"
        asked = {
            "pages": [_get(f"{orders}?{query}", cookie) for query in questions],
            "parts": [_get(f"{orders}?{query}", cookie, part) for query in questions],
            "counts": [_get(f"{orders}counts/?{query}", cookie, part) for query in questions],
        }
        with _web() as _pid:
            for kind, requests in asked.items():
                drive(PORT, 1, _always(requests), seconds=60)
                load = drive(PORT, 1, _always(requests), seconds=setting.seconds * 3)
                p95 = load.percentile(95) * 1000
                first.setdefault(kind, p95)
                yield (
                    f"list at {size:,} orders, {kind}: median {load.percentile(50) * 1000:.0f} ms, p95 {p95:.0f} ms; "
                    f"{p95 / first[kind]:.2f} × the p95 at {setting.sizes[0]:,}"
                )


def tracking(setting: Setting) -> Iterator[str]:
    """(d) The customer's tracking page at eight clients."""
    shop = _shop_of(setting.sizes[0])
    rows = list(Case.objects.filter(shop=shop).order_by("pk").values_list("pk", "token")[:10_000])
    tokens = [token for _case_id, token in rows]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_tokens")
        numbered = "SELECT * FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS t (case_id, token, n)"
        cursor.execute(f"CREATE TABLE bench_tokens AS {numbered}", [[case_id for case_id, _token in rows], tokens])
        cursor.execute("CREATE UNIQUE INDEX ON bench_tokens (n)")
        cursor.execute("ANALYZE bench_tokens")
    limit = limits.rate(
        setting.server, setting.database, limits.TRACKING, clients=8, seconds=setting.seconds, most=len(tokens)
    )

    def pages(client: int) -> Iterator[Request]:
        chance = random.Random(client)
        while True:
            yield Request("GET", f"/t/{chance.choice(tokens)}/")

    with _web() as _pid:
        load = drive(PORT, 8, pages, seconds=setting.seconds)
    yield (
        f"tracking page, 8 clients: {load.rate:.0f}/s, p95 {load.percentile(95) * 1000:.0f} ms; "
        f"limit {limit:.0f}/s; {load.rate / limit:.0%} of the limit"
    )


def importing(_setting: Setting) -> Iterator[str]:
    """(e) Importing a CSV file from the command line, from nothing to the last order."""
    orders = 20_000
    shop = _fresh_shop("import", 0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        with file.open("w", encoding="utf-8") as out:
            out.write("Order number,Date,Customer,Email,Phone,Product,SKU,Quantity,Price,Total,Currency,Status\n")
            for number in range(orders):
                name, price = f"{GIVEN[number * 7 % 200]} {FAMILY[number * 11 % 500]}", 100 + number % 50
                out.write(
                    f"{number},2026-0{1 + number % 9}-1{number % 10} 10:00,{name},c{number}@example.com,"
                    f"+38050{number:07d},{GOODS[number % 100]},,1,{price},{price},UAH,completed\n"
                )
        began = time.perf_counter()
        done = subprocess.run(
            [*PROGRAM, "import", "orders", str(file), "--from", "csv", "--shop", shop.slug],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        elapsed = time.perf_counter() - began
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-500:] + done.stderr[-1500:])
    placed = Case.objects.filter(shop=shop).count()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    yield f"import of {placed:,} orders from CSV: {placed / elapsed:,.0f}/s, the start included; peak memory {peak} MB"


def start_and_memory(_setting: Setting) -> Iterator[str]:
    """(f) From the start of the web processes to the first answer, and what they hold in memory."""
    began = time.perf_counter()
    with _web() as pid:
        yield f"web: first answer after {time.perf_counter() - began:.1f} s; {_resident(pid)} MB with all its processes"


def customers(setting: Setting) -> Iterator[str]:
    """(g) What customers do, in the largest shop, with ten thousand products."""
    yield from selling.measure(PORT, _shop_of(setting.sizes[-1]), setting.seconds, _web)


MEASURES: dict[str, Callable[[Setting], Iterator[str]]] = {
    "a": one_move,
    "b": thousand_moves,
    "c": lists,
    "d": tracking,
    "e": importing,
    "f": start_and_memory,
    "g": customers,
}
_fresh = count(1)


def _fresh_shop(slug: str, orders: int) -> Shop:
    mark = f"{time.time_ns() // 1_000_000 % 100_000:05d}"
    shop = make_shop(f"{slug}-{mark}-{next(_fresh)}", f"{mark[-4:]}{next(_fresh) % 10}")
    if orders:
        add_orders(shop, orders, status="pending")
        _analyse()
    return shop


def _shop_of(size: int) -> Shop:
    """The shop with that many orders, made the first time."""
    known = Shop.objects.filter(slug=f"list-{size}").first()
    if known is None:
        known = make_shop(f"list-{size}", f"L{len(str(size))}")
        add_orders(known, size)
        _analyse()
    return known


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _ids_of(shop: Shop, most: int) -> None:
    """Give the limit's script the first orders of the shop; the last ones are for the API."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_ids")
        cursor.execute("DROP SEQUENCE IF EXISTS bench_next")
        cursor.execute("CREATE SEQUENCE bench_next")
        cursor.execute(
            """
            CREATE TABLE bench_ids AS
            SELECT row_number() OVER (ORDER BY c.id) AS n, c.id AS case_id, s.id AS stock_id, l.id AS line_id, c.shop_id
            FROM cases_case AS c JOIN orders_line AS l ON l.case_id = c.id
            JOIN catalog_stock AS s ON s.product_id = l.product_id
            WHERE c.shop_id = %s ORDER BY c.id LIMIT %s
            """,
            [shop.pk, most],
        )
        cursor.execute("CREATE UNIQUE INDEX ON bench_ids (n)")
        cursor.execute("ANALYZE bench_ids")


def _codes(shop: Shop, most: int) -> list[str]:
    """The last orders of the shop, which the limit's script does not touch."""
    return list(Case.objects.filter(shop=shop).order_by("-pk").values_list("code", flat=True)[:most])


def _questions(shop: Shop, chance: random.Random, size: int) -> Iterator[str]:
    """What people ask a list for, in the shares in which they do."""
    for _time in range(60):
        number = chance.randrange(1, size)
        yield ""
        yield f"status={chance.choice(['processing', 'pending', 'completed'])}"
        yield "phase=waiting&phase=problem&sort=due"
        yield f"text={chance.choice(GIVEN)}+{chance.choice(FAMILY)}"
        yield f"text={chance.choice(GOODS).replace(' ', '+')}&status=processing"
        yield f"text=%2B38050{number * 7919 % 10_000_000:07d}"
        yield f"text={shop.code}-1-{number:09d}"
        yield f"text={chance.choice(FAMILY)}{number}"
        yield f"text={chance.choice(GOODS).split()[1]}&payment=unpaid&channel=shopify"
        yield "late=1"


def _always(asked: list[Request]) -> Callable[[int], Iterator[Request]]:
    """The same requests for every client."""
    return lambda _client: iter(asked)


def _get(path: str, cookie: str, headers: Mapping[str, str] | None = None) -> Request:
    return Request("GET", quote(path, safe="/?&=+%"), headers={"Cookie": cookie, **(headers or {})})


def _signed_in(shop: Shop) -> str:
    """The cookie of the shop's owner."""
    assert shop.default_owner is not None
    user = shop.default_owner.user
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


@contextmanager
def _web() -> Iterator[int]:
    """The web processes as `tartib up` starts them, on a port of their own."""
    # One key makes all requests here: its limit is not what is measured.
    environment = os.environ | {"TARTIB_URL": f"http://127.0.0.1:{PORT}", "TARTIB_API_RATE": "1000000"}
    process = subprocess.Popen(
        [*PROGRAM, "web", "--host", "127.0.0.1", "--port", str(PORT)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await_answer(process)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _await_answer(process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the web process ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sign-in/", timeout=5):
                return
        except (TimeoutError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the web process did not answer within a minute")


def _resident(pid: int) -> int:
    """Megabytes of memory held by a process and its children."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    own = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert own is not None
    return int(own[1]) // 1024 + sum(_resident(int(child)) for child in children)
