"""E-mails as they come in: who wrote what, with which files; or that one of ours did not arrive. Pure."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.utils import parseaddr

from tartib.mailbox.quoting import own_words
from tartib.speech.plain import answer_of

# Smaller pictures inside a letter are the logos and lines of signatures.
SMALLEST_INLINE = 10_000
_ANSWERING = re.compile(r"^(?:\s*(?:re|fwd?|aw|رد|پاسخ|відп|вх|回覆|回复|轉寄|答复)\s*[:：])+\s*", re.IGNORECASE)
_LISTS = frozenset({"bulk", "junk", "list", "auto_reply"})


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was read. `automatic`: no person wrote it. `bounced` says why one of ours did not arrive."""

    sender: str
    message_id: str
    subject: str
    words: str
    files: tuple[File, ...]
    automatic: bool
    bounced: str = ""


def read(raw: bytes, envelope_sender: str) -> Letter:
    """Read a letter. Never raises: what cannot be decoded is read as well as it can be."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return Letter(
        sender=parseaddr(_header(message, "From"))[1].strip().lower()[:254],
        message_id=_header(message, "Message-ID").strip()[:250],
        subject=_ANSWERING.sub("", " ".join(_header(message, "Subject").split()))[:250],
        words=own_words(_text(message)),
        files=tuple(_files(message)),
        automatic=not envelope_sender.strip("<> ") or _automatic(message),
        bounced=_bounced(message),
    )


def _header(message: Message, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # a header that the parser of the standard library trips over
        return ""


def _automatic(message: Message) -> bool:
    """Whether a program sent it, ours among them: it gets no answer and is none (RFC 3834)."""
    if _header(message, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
        return True
    if message.get_content_type() == "multipart/report" or _header(message, "Precedence").strip().lower() in _LISTS:
        return True
    return any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id", "Idempotency-Key"))


def _bounced(message: Message) -> str:
    """What a report of delivery says of a failure for good; "" for any other letter (RFC 3464)."""
    if message.get_content_type() != "multipart/report":
        return ""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload() if isinstance(part.get_payload(), list) else []:
            if isinstance(fields, Message) and _header(fields, "Action").strip().lower() == "failed":
                said = _header(fields, "Diagnostic-Code") or _header(fields, "Status") or "failed"
                return " ".join(said.split())[:500]
    return ""


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    text = _decoded(body)
    return answer_of(text) if body.get_content_type() == "text/html" else text


def _decoded(part: Message) -> str:
    """The text of a part, whatever its charset is called."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(part.get_payload())
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", "replace")


def _files(message: EmailMessage) -> Iterator[File]:
    for part in message.walk():
        if part.is_multipart() or not part.get_filename():
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            continue
        inline = part.get_content_disposition() != "attachment"
        if inline and part.get_content_maintype() == "image" and len(content) < SMALLEST_INLINE:
            continue
        yield File(str(part.get_filename()), content)
