"""A real mail server and a real SMS service on this machine, which do as a test tells them."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingUDPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dns.message import from_wire, make_response
from dns.rcode import Rcode
from dns.resolver import Resolver
from dns.rrset import from_text
from pytest_django import Settings

from tartib.mailbox.server import Mailbox as Inbound
from tartib.mailbox.server import Server
from tartib.notify.sms import kavenegar, practice
from tartib.notify.sms.protocol import Text


class Mailbox:
    """What the mail server took in, and what it answers: to a recipient, and to a whole letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.to_recipient: Callable[[str], str] = lambda _address: "250 OK"
        self.to_letter = "250 Message accepted"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        answer = self.to_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.to_letter.startswith("250"):
            letter = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.to_letter


def plain(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class MailServer(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class InboundServer(MailServer, Server):
    """Ours, likewise."""


@dataclass(frozen=True, slots=True)
class Received:
    """An SMS as the service was asked to send it: to whom, what, and under which key."""

    to: str
    text: str
    key: str


class Phone:
    """What Kavenegar was asked to send, and the status it answers with; what practice shops send as well."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer = 200
        self.url = ""

    @property
    def texts(self) -> list[str]:
        """The texts in the order in which they came."""
        return [one.text for one in self.received]

    def catch(self, text: Text) -> None:
        """Be given what a practice shop sends."""
        self.received.append(Received(text.to, text.text, text.key.hex))

    def take(self, form: str) -> str:
        """Take a text as Kavenegar does, and answer as it does."""
        given = dict(parse_qsl(form))
        number = given["receptor"]
        to = f"+{number[2:]}" if number.startswith("00") else f"+98{number[1:]}"
        self.received.append(Received(to, given["message"], given["localid"]))
        entries = [{"messageid": len(self.received), "status": 1, "statustext": "queued", "cost": 750}]
        return json.dumps({"return": {"status": self.answer, "message": "said"}, "entries": entries})


class Browser:
    """A browser that is told by web push: its keys, and how it reads what it is sent (RFC 8188, 8291)."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"a secret of ours") -> None:
        self.private, self.auth = private or ec.generate_private_key(ec.SECP256R1()), auth
        self.point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def opened(self, body: bytes) -> bytes:
        """What was encrypted for this browser, in a single record."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _derived(shared, self.auth, b"WebPush: info\0" + self.point + sender, 32)
        key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        text, end, _padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\x02")
        assert end
        return text

    def given(self, endpoint: str) -> dict[str, str]:
        """What it says to whoever is to write to it."""
        return {"endpoint": endpoint, "p256dh": base64url(self.point), "auth": base64url(self.auth)}


def base64url(content: bytes) -> str:
    """As browsers write bytes."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


class PushService:
    """What the push service was asked to pass on, and the HTTP status it answers with."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answer = 201
        self.url = ""


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A running mail server that Django sends to."""
    box = Mailbox()
    server = MailServer(box, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
    server.start()
    settings.EMAIL_BACKEND = "tartib.notify.channels.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.DEFAULT_FROM_EMAIL = "orders@tartib.example"
    yield box
    server.stop()


@pytest.fixture
def inbound(settings: Settings) -> Iterator[int]:
    """The port of a running mail server that takes in what customers answer to messages."""
    settings.TARTIB_INBOUND_DOMAIN = "reply.example"
    server = InboundServer(Inbound(), hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
    server.start()
    yield server.port
    server.stop()


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    """A running SMS service, to which the shops of `factories.with_sms` send; practice shops reach it as well."""
    desk = Phone()

    def take(_path: str, _headers: dict[str, str], body: bytes) -> tuple[int, str]:
        return desk.answer, desk.take(body.decode())

    with _serving(take) as where:
        desk.url = f"http://{where}/v1"
        monkeypatch.setattr(kavenegar, "API", desk.url)
        monkeypatch.setattr(practice, "catchers", [*practice.catchers, desk.catch])
        yield desk


@pytest.fixture
def push_service() -> Iterator[PushService]:
    """A running push service; its address is `push_service.url`."""
    service = PushService()

    def take(path: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        service.requests.append((path, headers, body))
        return service.answer, ""

    with _serving(take) as where:
        service.url = f"http://{where}"
        yield service


@contextmanager
def _serving(take: Callable[[str, dict[str, str], bytes], tuple[int, str]]) -> Iterator[str]:
    """A server that hands every POST to `take`, which says what it answers, status and body; host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = take(self.path, dict(self.headers), body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def dns(monkeypatch: pytest.MonkeyPatch, records: dict[str, str]) -> Iterator[dict[str, str]]:
    """A name server that knows these TXT records, by which proofs of domains are looked for."""

    class Answers(BaseRequestHandler):
        def handle(self) -> None:
            content, socket = self.request
            asked = from_wire(content)
            answer = make_response(asked)
            name = asked.question[0].name
            if said := records.get(name.to_text(omit_final_dot=True)):
                answer.answer.append(from_text(name, 60, "IN", "TXT", f'"{said}"'))
            else:
                answer.set_rcode(Rcode.NXDOMAIN)
            socket.sendto(answer.to_wire(), self.client_address)

    with ThreadingUDPServer(("127.0.0.1", 0), Answers) as server:
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        monkeypatch.setattr("tartib.shops.domains._resolver", lambda: resolver)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield records
        server.shutdown()
