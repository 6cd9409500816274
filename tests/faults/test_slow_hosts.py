"""A shop whose hosts answer a byte a second: its SMS service, its customers' push services, the hosts of its photos."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from django.utils import timezone
from pytest_django import Settings

from tartib.cases.hooks import NotifyOptions
from tartib.customers import signing_in
from tartib.customers.addresses import ContactPoint
from tartib.imports.goods import photos
from tartib.imports.models import WantedPhoto
from tartib.notify import accounts, subscribing
from tartib.notify.models import Message
from tartib.shops.models import Shop
from tests.factories import NOW, make_listing, make_order, make_orders, make_shop, move
from tests.faults.killing import SCRIPT, environment
from tests.faults.running import until
from tests.services import Browser, Mailbox, Phone

pytestmark = pytest.mark.django_db(transaction=True)

BY_SMS = NotifyOptions(channels=frozenset({"sms"}))
BOTH = NotifyOptions(channels=frozenset({"email", "sms"}))
CODE_WITHIN, ALL_WITHIN = 60.0, 90.0
"""Seconds; a code is good for ten minutes, and one call to a provider may take 25 s."""


def test_a_shop_whose_hosts_are_slow_holds_up_no_others_messages_and_codes(
    mailbox: Mailbox, phone: Phone, settings: Settings
) -> None:
    """X5: with all of a slow shop's work before them in the queues."""
    slow, other = sending(make_shop(country="UA"), "slow"), sending(make_shop(country="UA"), "fast")
    with drowsy(phone) as where:
        burden(slow, where)
        now = timezone.now()
        move(make_order(other), "on-hold", notify_options=BOTH, now=now)
        for reach in (ContactPoint("email", "jo@example.com"), ContactPoint("sms", "+380501112233")):
            signing_in.ask_code(other, reach, "en", "", now=now)
        theirs, codes = Message.objects.filter(shop=other), Message.objects.filter(shop=other, kind="code")
        port = settings.EMAIL_PORT
        more = {"TARTIB_SMTP": f"smtp://127.0.0.1:{port}", "TARTIB_SENDER": "orders@tartib.example"}
        command = [*SCRIPT, "working.py"]
        with subprocess.Popen(command, env=environment(SMS_SERVICE=f"{where}/v1", **more)) as worker:
            try:
                until(lambda: WantedPhoto.objects.filter(tries__gt=0).exists(), ALL_WITHIN)
                until(lambda: not codes.exclude(state="sent").exists(), CODE_WITHIN)
                until(lambda: not theirs.exclude(state="sent").exists(), ALL_WITHIN)
                assert Message.objects.filter(shop=slow).exclude(state="sent").exists(), "they are at it still"
            finally:
                worker.kill()
    assert theirs.count() == 4


def test_a_worker_with_nothing_else_to_do_sends_a_code_at_once(phone: Phone) -> None:
    """A code never waits for its time to be over."""
    shop = sending(make_shop(country="UA"), "fast")
    command = [*SCRIPT, "working.py"]
    with subprocess.Popen(command, env=environment(SMS_SERVICE=phone.url)) as worker:
        try:
            signing_in.ask_code(shop, ContactPoint("sms", "+380501112233"), "en", "", now=timezone.now())
            until(lambda: Message.objects.get().state == "sent", 60)
            again = time.monotonic()
            signing_in.ask_code(shop, ContactPoint("sms", "+380501112244"), "en", "", now=timezone.now())
            until(lambda: not Message.objects.exclude(state="sent").exists(), 10)
            assert time.monotonic() - again < 10
        finally:
            worker.kill()


def sending(shop: Shop, name: str) -> Shop:
    """The same shop with an account of that name at the SMS service."""
    accounts.choose(shop, "kavenegar", {"key": f"{name}0123456789ABCDEF"}, part_price=None, now=NOW)
    return shop


def burden(shop: Shop, where: str) -> None:
    """Give a shop much to do that is slow: texts, codes, push messages, photos."""
    now = timezone.now()
    cases = make_orders(shop, 40)
    for number, case in enumerate(cases[:20]):
        given = subscribing.read(**Browser().given(f"{where}/push/{number}"))
        subscribing.tell_holder(case, given, "Firefox", now=now, chance=lambda name=str(number): name)  # type: ignore[misc]
    move(cases, "on-hold", notify_options=BY_SMS, now=now)
    move(cases[:20], "processing", notify_options=NotifyOptions(channels=frozenset({"push"})), now=now)
    for number in range(6):
        signing_in.ask_code(shop, ContactPoint("sms", f"+38050111220{number}"), "en", "", now=now)
    photos.want(make_listing(shop), [f"{where}/photo/{number}.jpg" for number in range(60)], now=now)
    photos.soon(shop.pk)


@contextmanager
def drowsy(phone: Phone) -> Iterator[str]:
    """A host that answers a byte a second whatever is asked of it, but for texts by the account `fast`."""
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/v1/fast"):
                said = phone.take(body.decode()).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(said)
            else:
                self.do_GET()

        def do_GET(self) -> None:
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not over.wait(1):
                    self.wfile.write(b"X")

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
