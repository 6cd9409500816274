"""Letters made to keep the mailbox busy come by SMTP, all at once, while customers answer their messages."""

from __future__ import annotations

import base64
import smtplib
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import psycopg

from tests.faults.running import Running, running, until

DOMAIN = "reply.example"
LONG = 1_000_000
HEAD = b"From: Jo <jo@example.com>\r\nSubject: Re: order\r\nMessage-ID: <%d@mail.example>\r\nMIME-Version: 1.0\r\n"
HONEST = 6
SOON, AT_LAST = 60.0, 150.0
"""Within how many seconds the answer of a customer, and each of the others, is taken in or refused for good."""


def quadratic(piece: bytes, kind: bytes = b"text/plain") -> bytes:
    """One line of the same piece, as long as a patient attacker would have it."""
    body = base64.encodebytes(piece * (LONG // len(piece))).replace(b"\n", b"\r\n")
    return b"Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s" % (kind, body)


def nested(depth: int) -> bytes:
    """Parts in parts."""
    heads = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(depth)
    )
    return heads + b"Content-Type: text/plain\r\n\r\nHello\r\n"


HOSTILE = {
    "a sender without end": quadratic(b"a@"),
    "an address that never closes": quadratic(b"1 <a@"),
    "tags that never close": quadratic(b"<a ", b"text/html"),
    "comments that never close": quadratic(b"<!-- ", b"text/html"),
    "quotations in quotations": quadratic(b"> "),
    "white space": quadratic(b" \t"),
    "parts in parts": nested(1_500),
    "letters in letters": b"Content-Type: message/rfc822\r\n\r\n" * 1_500 + b"\r\nHello\r\n",
    "NUL": b"Content-Type: text/plain\r\n\r\nHel\0lo\0\r\n",
    "one long line": b"Content-Type: text/plain\r\n\r\n" + b"x" * (3 * LONG) + b"\r\n",
    "a long head": b"X-More: " + b"=?utf-8?q?a?= " * 60_000 + b"\r\n\r\nHello\r\n",
    "ten thousand parts": b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 10_000,
}


def test_hostile_letters_are_answered_for_good_and_hold_up_nobody(tmp_path: Path) -> None:
    """D7, X5: none is put off for ever, none is lost, and the others come in meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    given = {"TARTIB_INBOUND": f"127.0.0.1:{port}", "TARTIB_INBOUND_DOMAIN": DOMAIN}
    with running(tmp_path / "data", **given) as at:
        hostile, *honest = reply_addresses(at, 1 + HONEST)
        until(lambda: listens(port), 60)
        with ThreadPoolExecutor(len(HOSTILE)) as hands:
            letters = [HEAD % number + letter for number, letter in enumerate(HOSTILE.values())]
            attacks = [hands.submit(timed, lambda one=one: send(port, hostile, one)) for one in letters]  # type: ignore[misc]
            for number, to in enumerate(honest):
                message = EmailMessage()
                message["From"], message["Subject"] = "Jo <jo@example.com>", "Re: order"
                message["Message-ID"] = f"<honest{number}@mail.example>"
                message.set_content(f"Is it blue, {number}?")
                took, code = timed(lambda to=to, message=message: send(port, to, message.as_bytes()))  # type: ignore[misc]
                assert code == 250
                assert took < SOON, f"a customer's letter took {took:.0f} s"
            answered = dict(zip(HOSTILE, (one.result() for one in attacks), strict=True))
        late = {name: (took, code) for name, (took, code) in answered.items() if took > AT_LAST or code // 100 == 4}
        assert not late, late
        with psycopg.connect(at.database) as connection:
            found = connection.execute("SELECT count(*) FROM support_post WHERE message_id LIKE '%honest%'").fetchone()
        assert found == (HONEST,)


def reply_addresses(at: Running, how_many: int) -> list[str]:
    """Where customers answer what they were told of so many orders."""
    for number in range(how_many):
        assert at.order(f"order-{number}-of-many")[0] == 201
    with psycopg.connect(at.database) as connection:
        keys = connection.execute(
            "SELECT DISTINCT ON (case_id) key FROM notify_message WHERE channel = 'email' AND case_id IS NOT NULL"
        ).fetchall()
    assert len(keys) == how_many
    return [f"support+{key.hex}@{DOMAIN}" for (key,) in keys]


def send(port: int, to: str, letter: bytes) -> int:
    """Hand a letter over as a mail server does; the code it is answered with."""
    with smtplib.SMTP("127.0.0.1", port, timeout=AT_LAST + 30) as server:
        server.ehlo()
        server.mail("jo@example.com")
        assert server.rcpt(to)[0] == 250
        try:
            return server.data(letter)[0]
        except smtplib.SMTPServerDisconnected:
            return 0


def timed(act: Callable[[], int]) -> tuple[float, int]:
    """How long it took, and what came of it."""
    began = time.monotonic()
    code = act()
    return time.monotonic() - began, code


def listens(port: int) -> bool:
    """Whether the mailbox takes connections."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
