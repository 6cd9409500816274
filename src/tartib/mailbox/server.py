"""The mail server that takes in what customers answer. It knows the addresses of messages and no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from tartib.mailbox import delivery

LARGEST = 40 * 1024 * 1024
LONGEST_LINE = 4 * 1024 * 1024
"""Bytes. The standard allows 998 (RFC 5322, 2.1.1), but people's programs write whole letters on one line."""
UNKNOWN = "550 5.1.1 There is no such address."
LATER = "451 4.3.0 It cannot be taken in now; try again later."
SLOWLY = "452 4.2.2 These are too many; try again later."
TAKEN = "250 2.0.0 Taken in."

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@contextmanager
def listening(host: str, port: int) -> Iterator[None]:
    """Serve SMTP at that address meanwhile."""
    server = Server(Mailbox(), hostname=host, port=port, data_size_limit=LARGEST, ident="Tartib", enable_SMTPUTF8=True)
    server.start()
    try:
        yield
    finally:
        server.stop()


class Conversation(SMTP):
    """A conversation with another mail server."""

    line_length_limit = LONGEST_LINE


class Server(Controller):
    """Listens for other mail servers."""

    def factory(self) -> SMTP:
        """A conversation with the next one."""
        return Conversation(self.handler, **self.SMTP_kwargs)


class Mailbox:
    """What the server does with a letter. Whatever goes wrong here is a reason for the other side to try again."""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse an address that is of no message before anything is sent there."""
        try:
            known = await _aside(lambda: delivery.known(address))
        except Exception:
            logger.exception("an address could not be looked up")
            return LATER
        if not known:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a letter in for each of its addresses; the same letter again changes nothing."""
        try:
            await _aside(lambda: _take_in(envelope))
        except delivery.TooMany:
            return SLOWLY
        except Exception:
            logger.exception("a letter could not be taken in")
            return LATER
        return TAKEN


def _take_in(envelope: Envelope) -> None:
    for address in envelope.rcpt_tos:
        delivery.deliver(address, envelope.original_content or b"", envelope.mail_from or "", now=timezone.now())


async def _aside(act: Callable[[], Answer]) -> Answer:
    """Do it in a thread of its own: one letter waits for no other."""
    return await sync_to_async(_with_database, thread_sensitive=False)(act)


def _with_database(act: Callable[[], Answer]) -> Answer:
    try:
        return act()
    finally:
        connection.close()
