"""The mail server of practice shops: it takes every e-mail and delivers none."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from tartib.sandbox.operations import catch_email

LARGEST = 5 * 1024 * 1024

logger = logging.getLogger(__name__)


@contextmanager
def catching(host: str, port: int) -> Iterator[None]:
    """Serve SMTP at that address meanwhile."""
    server = Controller(Catcher(), hostname=host, port=port, data_size_limit=LARGEST, ident="Tartib practice")
    server.start()
    try:
        yield
    finally:
        server.stop()


class Catcher:
    """What the server does with an e-mail."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep it; a database that is away is a reason to try later."""
        try:
            content = envelope.original_content or b""
            await sync_to_async(_keep)(content, list(envelope.rcpt_tos))
        except Exception:
            logger.exception("an e-mail could not be kept")
            return "451 It could not be kept; try again later."
        return "250 Caught"


def _keep(raw: bytes, recipients: list[str]) -> None:
    try:
        catch_email(raw, recipients, now=timezone.now())
    finally:
        connection.close()
