"""The one way out: nothing takes longer than it may, nothing goes where it was not meant to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tartib.shops import outside
from tartib.shops.outside import NotFetched, call, fetch, leads_inward

SOON = 0.3
"""Seconds in which a call has to be over here."""


@contextmanager
def speaking(said: Callable[[Any, threading.Event], None], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that says to whoever connects what `said` writes, until it is told that it is over; host and port."""
    over = threading.Event()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            if tls is not None:
                self.connection = tls.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            try:
                while self.rfile.readline().strip():
                    pass
                said(self.wfile, over)
            except OSError:
                pass  # hung up on

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        over.set()
        server.shutdown()


def dripping(first: bytes, drop: bytes) -> Callable[[Any, threading.Event], None]:
    """Says `first` at once, and then a drop at a time without end."""

    def said(to: Any, over: threading.Event) -> None:
        to.write(first)
        while not over.wait(0.02):
            to.write(drop)

    return said


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: words\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 302 Found\r\nX-A: b", b"c"),
    ],
    ids=["status", "headers", "body", "body without end", "redirect"],
)
def test_however_slowly_an_answer_comes_a_call_ends(first: bytes, drop: bytes) -> None:
    with speaking(dripping(first, drop)) as host:
        for attempt in (
            lambda: fetch(f"http://{host}/", most=10_000_000, within=SOON),
            lambda: call("POST", f"http://{host}/", body=b"{}", most=10_000_000, within=SOON),
        ):
            with pytest.raises(NotFetched):
                attempt()


def test_redirects_share_one_deadline() -> None:
    def said(to: Any, over: threading.Event) -> None:
        over.wait(SOON / 2)
        to.write(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    with speaking(said) as host, pytest.raises(NotFetched, match="too long"):
        fetch(f"http://{host}/", most=10, hops=50, within=SOON)


def test_a_call_has_any_answer_and_follows_none() -> None:
    def said(to: Any, over: threading.Event) -> None:
        to.write(b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 4\r\n\r\nover")

    with speaking(said) as host:
        answered = call("POST", f"http://{host}/x", body=b"1", most=10)
        assert (answered.status, answered.body) == (302, b"over")
        with pytest.raises(NotFetched, match="too large"):
            call("POST", f"http://{host}/x", body=b"1", most=3)


def test_only_what_is_encrypted_and_of_the_open_net_is_called(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def said(to: Any, over: threading.Event) -> None:
        asked.append("called")

    settings.TARTIB_INTERNAL_SERVICES = False
    with speaking(said) as host:
        for url, why in (
            (f"http://{host}/", "not encrypted"),
            (f"https://{host}/", "inwards"),
            ("https://[", "no addr"),
        ):
            with pytest.raises(NotFetched, match=why):
                call("POST", url, most=10)
        # One inward address among several is enough, whichever of them would be called.
        monkeypatch.setattr(outside, "addresses", lambda _host: ["8.8.8.8", "127.0.0.1"])
        with pytest.raises(NotFetched, match="inwards"):
            call("POST", "https://two-faced.example/", most=10)
    assert not asked


@pytest.mark.parametrize("port", [25, 22, 5432, 8080, 0])
def test_no_port_but_those_of_the_web_is_called_unless_the_operator_says_so(
    settings: Any, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    settings.TARTIB_INTERNAL_SERVICES = False
    tried: list[tuple[str, int]] = []

    def refuse(_parts: object, _host: str, address: str, timeout: float) -> Any:
        tried.append((address, port))
        raise NotFetched("tried")

    monkeypatch.setattr(outside, "addresses", lambda _host: ["8.8.8.8"])
    monkeypatch.setattr(outside, "_connection", refuse)
    with pytest.raises(NotFetched, match="port"):
        call("POST", f"https://elsewhere.example:{port}/", most=10)
    with pytest.raises(NotFetched, match="port"):
        fetch(f"http://elsewhere.example:{port}/", most=10)
    assert not tried
    settings.TARTIB_OUTSIDE_PORTS = {port}
    for url in (f"https://elsewhere.example:{port}/", "https://elsewhere.example/", "https://elsewhere.example:443/"):
        with pytest.raises(NotFetched, match="tried"):
            call("POST", url, most=10)


def test_the_address_looked_at_is_the_one_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that stands for another address a moment later (DNS rebinding) changes nothing."""
    looked: list[str] = []

    def found(host: str) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["127.0.0.9"]

    monkeypatch.setattr(outside, "addresses", found)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with speaking(lambda to, _over: to.write(answer)) as host:
        port = host.partition(":")[2]
        assert call("POST", f"http://rebound.example:{port}/", most=10).body == b"hi"
    assert looked == ["rebound.example"]


def test_the_next_address_is_tried_where_one_takes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "addresses", lambda _host: ["127.0.0.9", "127.0.0.1"])
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with speaking(lambda to, _over: to.write(answer)) as host:
        assert call("GET", f"http://two.example:{host.partition(':')[2]}/", most=10).body == b"hi"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate of sms.example."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("sms.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


def test_the_certificate_has_to_be_the_hosts(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    monkeypatch.setattr(outside, "addresses", lambda _host: ["127.0.0.1"])
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with speaking(lambda to, _over: to.write(answer), tls) as host:
        port = host.partition(":")[2]
        with pytest.raises(NotFetched, match="SSL"):
            call("POST", f"https://sms.example:{port}/", most=10)
        monkeypatch.setattr("certifi.where", lambda: str(certificate))
        assert call("POST", f"https://sms.example:{port}/", most=10).body == b"hi"
        with pytest.raises(NotFetched):
            call("POST", f"https://other.example:{port}/", most=10)
        slow = dripping(b"HTTP/1.1 200 OK\r\n", b"X-More: words\r\n")
    with speaking(slow, tls) as host, pytest.raises(NotFetched, match="too long"):
        call("POST", f"https://sms.example:{host.partition(':')[2]}/", most=10, within=SOON)


INWARD = [
    "127.0.0.1", "127.9.9.9", "localhost", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[::10.0.0.1]", "[fec0::1]", "[2002:7f00:1::]",
    "224.0.0.1", "255.255.255.255", "192.0.2.1",
]  # fmt: skip


@pytest.mark.parametrize("host", INWARD)
def test_addresses_of_no_open_net_lead_inward_however_they_are_written(host: str) -> None:
    assert leads_inward(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700:4700::1111]", "no-such-host.invalid", "", "a" * 300])
def test_the_open_net_and_nowhere_do_not(host: str) -> None:
    assert not leads_inward(host)
