"""Anchors as files: one line a row, the signed statement as the last line. Alone it is armoured for letters.

    ["head", case, length, "hash of the last entry", {what the timeline told}]
    ["span", ledger, subject, after, until, "digest", {what it stood at}]

A file is there whole or not at all, and never written over.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from tartib.journal.anchors.statements import LONGEST, NoAnchor
from tartib.journal.witness import Span
from tartib.shops.secret_files import publish

ENDING = ".anchor"
_LONGEST_LETTER = 1_000_000
_BEGIN, _END = "-----BEGIN TARTIB ANCHOR-----", "-----END TARTIB ANCHOR-----"
_ARMOURED = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_FILLING = re.compile(r"[^\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the timeline of a case stood: how long it was, the hash of its last entry, what it told (`Implied`)."""

    case_id: int
    length: int
    hash: bytes
    told: dict[str, str]


@dataclass(frozen=True, slots=True)
class LedgerSpan:
    """A span of a ledger (`witness.Ledger`) of that code."""

    ledger: str
    span: Span


Row = Head | LedgerSpan


def folder(shop_id: int) -> Path:
    """Where the anchors of a shop are kept."""
    place: Path = settings.DATA / "anchors" / str(shop_id)
    return place


def place_of(shop_id: int, number: int) -> Path:
    """The file of an anchor."""
    return folder(shop_id) / f"{number:08d}{ENDING}"


def newest(shop_id: int) -> Path | None:
    """The newest anchor of a shop that is kept here."""
    return max(folder(shop_id).glob(f"*{ENDING}"), default=None)


def write(place: Path, rows: Iterable[Row], finish: Callable[[int, str], str | None]) -> bool:
    """Write an anchor; `finish` makes the statement of the number of rows and their digest, None for no anchor at all.

    Whether there is an anchor now. One that is there already stays: raises `FileExistsError`.
    """
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in place.parent.glob(".*"):
        left.unlink(missing_ok=True)
    draft = place.with_name(f".{place.name}-{os.getpid()}")
    digest, count = hashlib.sha256(), 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for row in rows:
            line = _line(row)
            digest.update(line)
            file.write(line)
            count += 1
        token = finish(count, digest.hexdigest())
        if token is not None:
            file.write(f"{token}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    if token is None:
        draft.unlink()
        return False
    if not publish(draft, place):
        raise FileExistsError(place)
    return True


def token_of(place: Path) -> str:
    """The signed statement of an anchor's file, or of a letter that holds one. Raises `NoAnchor`."""
    with place.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LONGEST))
        last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
        if last.startswith(b"eyJ") and last.isascii():
            return last.decode()
        if size > _LONGEST_LETTER:
            raise NoAnchor
        file.seek(0)
        found = _ARMOURED.search(_letter(file.read()))
    if found is None:
        raise NoAnchor
    return _FILLING.sub("", found[1])


def has_rows(place: Path) -> bool:
    """Whether a file is an anchor, and not only a statement."""
    with place.open("rb") as file:
        return file.read(1) == b"["


def rows_of(place: Path) -> Iterator[Row]:
    """The rows of an anchor's file whose digest was looked at (`digest_of`). Raises `NoAnchor` for what is no row."""
    with place.open("rb") as file:
        for line in file:
            if line.startswith(b"["):
                yield _row(line)


def digest_of(place: Path) -> tuple[int, str]:
    """How many rows an anchor's file has, and their digest."""
    digest, count = hashlib.sha256(), 0
    with place.open("rb") as file:
        for line in file:
            if line.startswith(b"["):
                digest.update(line)
                count += 1
    return count, digest.hexdigest()


def armoured(token: str) -> str:
    """A statement as it stands in letters, in lines that no program for mail breaks."""
    return "\n".join([_BEGIN, *textwrap.wrap(token, 64, break_on_hyphens=False), _END])


def _letter(content: bytes) -> str:
    """The text of a letter as it is, or as it was saved with its headers."""
    letter = message_from_bytes(content, policy=policy.default)
    body = letter.get_body(("plain",)) if isinstance(letter, EmailMessage) and letter["Content-Type"] else None
    if body is None:
        return content.decode(errors="replace")
    try:
        return str(body.get_content())
    except (LookupError, KeyError, ValueError):
        return content.decode(errors="replace")


def _line(row: Row) -> bytes:
    match row:
        case Head(case_id, length, head, told):
            said: list[object] = ["head", case_id, length, base64.b64encode(head).decode(), told]
        case LedgerSpan(ledger, span):
            said = ["span", ledger, span.subject, span.after, span.until, span.digest, span.stands]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _row(line: bytes) -> Row:
    try:
        match json.loads(line):
            case ["head", int() as case_id, int() as length, str() as head, dict() as told]:
                return Head(case_id, length, base64.b64decode(head, validate=True), told)
            case [
                "span",
                str() as ledger,
                int() as subject,
                int() as after,
                int() as until,
                str() as digest,
                dict() as s,
            ]:
                return LedgerSpan(ledger, Span(subject, after, until, digest, s))
    except (ValueError, RecursionError) as problem:
        raise NoAnchor from problem
    raise NoAnchor
