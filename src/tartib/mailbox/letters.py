"""E-mails as they come in: who wrote what, with which files; or that one of ours did not arrive. Pure.

All of a letter is read: every part of text, pictures wherever they stand, letters inside the letter. What is no text is
a file. A letter is read by a process of its own (`reading`), since it may cost whatever a stranger wants it to.
"""

from __future__ import annotations

import email
import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from tartib.mailbox.automatic import says_automatic
from tartib.mailbox.decoding import AS_WRITTEN, decoded, header, words
from tartib.mailbox.markup import page_of
from tartib.mailbox.quoting import divide
from tartib.mailbox.signed import SIGNED, letter_within, without_armor

LONGEST_WORDS = 40_000
"""Characters of a letter that are shown; whoever wants more opens the letter itself."""
LONGEST_HEAD = 256 * 1024
MOST_PARTS, DEEPEST = 500, 25
_ANSWERING = re.compile(
    r"(?:\s*(?:re|fwd?|aw|wg|sv|vs|antw|ynt|ilt|odp|رد|پاسخ|إعادة توجيه|ارجاع|відп|вх|пересл"
    r"|回覆|回复|轉寄|答复|转发)\s?[:：])+\s*",
    re.IGNORECASE,
)
_LISTS = frozenset({"bulk", "junk", "list"})
# What programs alone read, and what it says of the parts beside it.
_SIGNATURES = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "application/pgp-encrypted",
})  # fmt: skip
_SPACE = re.compile(r"\s+")
# Another form of what the letter says anyway.
_REPEATING = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext", "text/rtf"})


class TooMuch(Exception):
    """A letter of more parts, or deeper ones, than people's programs write."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a letter. `inline`: it stands in the text, as pictures of signatures do."""

    name: str
    content: bytes
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What a letter's head says. `automatic`: no person wrote it. `listed`: it says that it went to many."""

    sender: str = ""
    message_id: str = ""
    subject: str = ""
    automatic: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a letter holds: the writer's own words, what they answered to, files; `cut`, where the words are not all.

    `bounced` says why one of ours did not arrive, where the letter reports that.
    """

    words: str = ""
    quoted: str = ""
    files: tuple[File, ...] = ()
    cut: bool = False
    bounced: str = ""


def head_of(raw: bytes) -> Head:
    """Read a letter's head. Never raises: what cannot be decoded is read as well as it can be."""
    message = BytesHeaderParser(policy=AS_WRITTEN).parsebytes(raw[:LONGEST_HEAD])
    subject = header(message, "Subject")
    precedence = header(message, "Precedence").lower()
    return Head(
        sender=_sender(message),
        message_id=header(message, "Message-ID")[:250],
        subject=_shorn(subject)[:250],
        automatic=_automatic(message, subject, precedence),
        listed=precedence in _LISTS or any(name in message for name in ("List-Id", "List-Post", "List-Unsubscribe")),
    )


def _shorn(subject: str) -> str:
    found = _ANSWERING.match(subject[:300])
    return subject[found.end() :] if found else subject


def _sender(message: Message) -> str:
    """The address of whoever wrote; "" where the letter names none."""
    named = str(message.get("From") or "")[:1000]
    address = words(parseaddr(words(named) if "=?" in named and "<" not in named else named)[1]).lower()
    return address if "@" in address and len(address) <= 254 and " " not in address else ""


def _automatic(message: Message, subject: str, precedence: str) -> bool:
    """Whether a program sent it, ours among them: it gets no answer and is none (RFC 3834).

    A person's program may call a letter bulk, and a mailing list pass one on: what nobody wrote says so itself.
    """
    if header(message, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
        return True
    if message.get_content_type() == "multipart/report" or precedence == "auto_reply":
        return True
    if any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "Idempotency-Key")):
        return True
    return says_automatic(subject)


def body_of(raw: bytes) -> Body:
    """Read what a letter holds. Raises `TooMuch` and `RecursionError`, and takes the time that the letter makes it."""
    message = email.message_from_bytes(raw, policy=AS_WRITTEN)
    found = _Found()
    _collect(message, found, 0)
    own, quoted = _divided(found)
    return Body(own[:LONGEST_WORDS], quoted[:LONGEST_WORDS], tuple(found.files), len(own) > LONGEST_WORDS,
                _bounced(message))  # fmt: skip


def text_of(raw: bytes) -> str:
    """All that a letter says, quotations, texts with a name and letters inside it too. Raises as `body_of` does."""
    found = _Found()
    _collect(email.message_from_bytes(raw, policy=AS_WRITTEN), found, 0)
    return "\n\n".join(filter(None, (*found.texts, *found.named, *found.forwarded)))


@dataclass(slots=True)
class _Found:
    texts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    parts: int = 0


def _divided(found: _Found) -> tuple[str, str]:
    """The writer's own words and the rest; what somebody only passed on is what they have to say.

    Some programs of phones give the words themselves the name of a file.
    """
    divided = divide("\n\n".join(found.texts if "".join(found.texts).strip() else found.named))
    if not divided.own:
        return "\n\n".join(found.forwarded), divided.quoted
    return divided.own, "\n\n".join(filter(None, (divided.quoted, *found.forwarded)))


def _collect(part: Message, found: _Found, depth: int) -> None:
    found.parts += 1
    if found.parts > MOST_PARTS or depth > DEEPEST:
        raise TooMuch
    kind = part.get_content_type()
    if kind == "message/rfc822" or (part.get_content_maintype() == "message" and part.is_multipart()):
        _collect_letter(part, found, depth)
    elif kind == "multipart/alternative":
        _collect_best(part, found, depth)
    elif part.is_multipart():
        for child in _children(part):
            _collect(child, found, depth + 1)
    elif kind in _SIGNATURES:
        return
    elif kind in SIGNED and (within := letter_within(_content(part))):
        _collect(email.message_from_bytes(within, policy=AS_WRITTEN), found, depth + 1)
    elif _is_words(part, kind):
        text, pictures = _text(part)
        found.texts.append(text)
        found.files += pictures
    else:
        _collect_file(part, found)


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _collect_best(part: Message, found: _Found, depth: int) -> None:
    """Of several forms of the same words the plain one, unless another says much more; of the others the files."""
    forms: list[_Found] = []
    for child in _children(part):
        if child.get_content_type() in _REPEATING and forms:
            continue
        form = _Found(parts=found.parts)
        _collect(child, form, depth + 1)
        found.parts = form.parts
        forms.append(form)
    said = [form for form in forms if _weight(form)]
    if said:
        richest = max(_weight(form) for form in said)
        found.texts += next(form for form in said if _weight(form) * 2 >= richest).texts
    for form in forms:
        found.files += form.files
        found.forwarded += form.forwarded
        found.named += form.named


def _weight(form: _Found) -> int:
    """How much is said, blanks apart."""
    return sum(len(_SPACE.sub("", text)) for text in form.texts)


def _is_words(part: Message, kind: str) -> bool:
    if kind not in ("text/plain", "text/html", *_REPEATING):
        return False
    return part.get_content_disposition() != "attachment" and not _name(part)


def _text(part: Message) -> tuple[str, list[File]]:
    text = decoded(_content(part), str(part.get_content_charset() or "")).replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() != "text/html":
        return without_armor(text), []
    page = page_of(text)
    return page.text, [
        File(f"picture{mimetypes.guess_extension(f'image/{kind}') or ''}", content, inline=True)
        for kind, content in page.pictures
    ]


def _collect_file(part: Message, found: _Found) -> None:
    content = _content(part)
    name = _name(part)
    if not content and not name:
        return
    kind = part.get_content_type()
    if kind == "text/plain" and part.get_content_disposition() != "attachment":
        found.named.append(decoded(content, str(part.get_content_charset() or "")))
    picture = part.get_content_maintype() == "image"
    inline = picture and part.get_content_disposition() != "attachment"
    ending = mimetypes.guess_extension(kind) or ""
    found.files.append(File(name or f"{'picture' if picture else 'file'}{ending}", content, inline))


def _collect_letter(part: Message, found: _Found, depth: int) -> None:
    """A letter inside the letter: to be read, and a file. A report's parts are read by `_bounced`."""
    if part.get_content_type() == "message/delivery-status":
        return
    for inner in _children(part):
        inside = _Found(parts=found.parts)
        _collect(inner, inside, depth + 1)
        found.parts = inside.parts
        subject, sender = header(inner, "Subject"), header(inner, "From")
        top = [line for line in (sender, header(inner, "Date"), subject) if line]
        found.forwarded.append("\n\n".join(filter(None, ("\n".join(top), *inside.texts, *inside.forwarded))).strip())
        found.files.append(File(_name(part) or f"{subject[:80] or 'letter'}.eml", _as_bytes(inner)))
        found.files += inside.files


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except Exception:  # the standard library cannot write every letter that it can read
        return str(message.get_payload()).encode("utf-8", "replace")


def _name(part: Message) -> str:
    """What a file is called; "" where the letter does not say."""
    if len(str(part.get("Content-Disposition", ""))) + len(str(part.get("Content-Type", ""))) > 8_000:
        return "file"
    try:
        name = part.get_filename()
    except Exception:  # parameters that the standard library trips over
        name = None
    return words(name)[:200] if isinstance(name, str) else ""


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # an encoding that the standard library trips over
        content = None
    if isinstance(content, bytes):
        return content
    return str(part.get_payload()).encode("utf-8", "surrogateescape")


def _bounced(message: Message) -> str:
    """What a report of delivery says of a failure for good; "" for any other letter (RFC 3464)."""
    if message.get_content_type() != "multipart/report":
        return ""
    for fields in _status_fields(_children(message)):
        if header(fields, "Action").lower() == "failed":
            return (header(fields, "Diagnostic-Code") or header(fields, "Status") or "failed")[:500]
    return ""


def _status_fields(parts: Sequence[Message]) -> Iterator[Message]:
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            yield from _children(part)
