"""Taking in what practice shops send, and answering it as its reader would."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTPUTF8, default
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.utils import timezone

from tartib.notify.channels.letter import Letter
from tartib.notify.replying import key_of
from tartib.notify.sms.protocol import Text
from tartib.sandbox.models import Caught, Kind
from tartib.shops.scope import practice_shops

KEPT = 2_000
"""How many messages are kept; older ones go."""
TIMEOUT = 10
"""Seconds for each step of the conversation with the mailbox."""


class NotDelivered(Exception):
    """The mailbox did not take an answer in; says why, in words for the log. `refused`: it was there, and said no."""

    def __init__(self, why: str, *, refused: bool) -> None:
        super().__init__(why)
        self.refused = refused


def is_open() -> bool:
    """Whether there is any practice shop; without one the catcher is not there for anybody."""
    return bool(practice_shops())


def catch_email(raw: bytes, recipients: list[str], *, now: datetime) -> None:
    """Keep an e-mail as it came over the wire, once for each of its recipients."""
    message = BytesParser(policy=default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    key = _header(message, "Idempotency-Key")
    name, address = parseaddr(_header(message, "From"))
    for recipient in recipients:
        _keep(
            Caught(
                kind=Kind.EMAIL,
                key=f"{key}:{recipient}"[:80] if key else None,
                sender=(name or address)[:250],
                recipient=recipient[:250],
                reply_to=_answered_at(message),
                subject=_header(message, "Subject")[:250],
                text=_part(message, "plain"),
                html=_part(message, "html"),
                language=_header(message, "Content-Language")[:10],
                at=now,
            )
        )


def catch_sms(to: str, text: str, key: str, *, now: datetime) -> None:
    """Keep an SMS. The same key again is the same message, as with a provider that honours keys."""
    _keep(Caught(kind=Kind.SMS, key=key[:80] or None, recipient=to[:250], text=text, at=now))


def catch_text(text: Text) -> None:
    """Keep an SMS that a practice shop sends."""
    catch_sms(text.to, text.text, str(text.key), now=timezone.now())


def catch_push(letter: Letter) -> None:
    """Keep a push message beside what goes to the device that asked for it."""
    _keep(
        Caught(
            kind=Kind.PUSH, key=str(letter.key), sender=letter.shop.name[:250], recipient=letter.recipient,
            subject=letter.subject[:250], text=letter.text, language=letter.language, at=letter.at or timezone.now(),
        )
    )  # fmt: skip


def reply(caught: Caught, words: str, message_id: str, *, now: datetime) -> None:
    """Answer a caught e-mail as its reader would: by e-mail, which `tartib mailbox` takes in. Raises `NotDelivered`.

    `message_id` is the answer's own, in angle brackets.
    """
    letter = EmailMessage()
    letter["From"], letter["To"] = caught.recipient, caught.reply_to
    letter["Subject"] = f"Re: {' '.join(caught.subject.split())}"
    letter["Message-ID"], letter["Date"] = message_id, format_datetime(now)
    letter.set_content(words)
    host, port = settings.TARTIB_INBOUND or ("localhost", 25)
    try:
        with smtplib.SMTP(host, port, timeout=TIMEOUT) as server:
            server.sendmail(caught.recipient, [caught.reply_to], letter.as_bytes(policy=SMTPUTF8))
    except (OSError, smtplib.SMTPException) as problem:
        refused = isinstance(problem, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException)
        raise NotDelivered(f"{type(problem).__name__}: {problem}", refused=refused) from problem


def _answered_at(message: EmailMessage) -> str:
    """Where an e-mail is answered, if the mailbox of this installation takes answers in there; else ""."""
    _name, address = parseaddr(_header(message, "Reply-To"))
    return address if settings.TARTIB_INBOUND is not None and key_of(address) else ""


def _keep(caught: Caught) -> None:
    for name in ("key", "sender", "recipient", "subject", "text", "html", "language"):
        # PostgreSQL keeps every character but this one.
        setattr(caught, name, value.replace("\0", "") if (value := getattr(caught, name)) else value)
    kept = Caught.objects.bulk_create([caught], ignore_conflicts=True)
    if kept:
        newest = Caught.objects.order_by("-pk").values_list("pk", flat=True)
        if len(over := newest[KEPT : KEPT + 1]):
            Caught.objects.filter(pk__lte=over[0]).delete()


def _header(message: EmailMessage, name: str) -> str:
    """A header's text; empty where it is missing or so broken that the parser of headers stumbles over it."""
    try:
        return str(message.get(name, "")).strip()
    except (IndexError, ValueError, AttributeError, TypeError, LookupError):
        return ""


def _part(message: EmailMessage, kind: str) -> str:
    """The body of that kind, decoded; empty where the e-mail has none."""
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
