"""Bytes to text to table rows, in constant memory, whatever the encoding, the separator or the length of a line."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol

from tartib.integrations.records import RowError

HEAD: Final = 64 * 1024
# A record larger than this is refused: no shop's order is, and memory stays bounded.
LARGEST_RECORD: Final = 1024 * 1024

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZIP: Final = b"PK\x03\x04"  # a workbook, not a text file
_ARABIC: Final = re.compile("[\u0600-\u06ff\u200c]")
_CYRILLIC: Final = re.compile("[\u0400-\u045f\u0490\u0491]")
_HAN: Final = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")
# A small letter followed by a capital one: common when Arabic is misread as Cyrillic, rare in real words.
_ODD_CASE: Final = re.compile("[\u0430-\u045f][\u0400-\u042f]")
_LEAST_LIKELINESS: Final = 0.6
# An unclosed quotation mark is repaired (the row refused, the next ones read) so many times in a file.
_MOST_REPAIRS: Final = 100


class Source(Protocol):
    """What orders are read from: a binary file, an upload, or anything else that gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


class _Peeked:
    """A source whose beginning was already looked at."""

    def __init__(self, head: bytes, source: Source) -> None:
        self._head = head
        self._source = source

    def read(self, size: int = -1, /) -> bytes:
        head, self._head = self._head, b""
        return head or self._source.read(size)


def peek(source: Source) -> tuple[Source, bytes]:
    """The beginning of a source, and a source that still gives it."""
    head = source.read(HEAD)
    return _Peeked(head, source), head


def starts_like_json(head: bytes) -> bool:
    """Whether a file that begins like this is JSON rather than a table."""
    return head.lstrip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe")[:1] in (b"{", b"[")


def detect_encoding(head: bytes) -> str | None:
    """The encoding of a file that begins with `head`; None when nothing fits.

    A byte-order mark decides; else UTF-8 if it is valid; else the old code page whose letters look most like a
    language (the share of letters of its script among all non-ASCII ones).
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if head.startswith(_ZIP):
        return None
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    # Separators and Latin digits have a zero byte in UTF-16, always on the same side.
    if even + odd and min(even, odd) * 10 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    if _decodes(head, "utf-8") is not None:
        return "utf-8"
    best, encoding = max((_likeliness(head, name), name) for name in ("cp1256", "cp1251", "big5hkscs"))
    return encoding if best >= _LEAST_LIKELINESS else None


def _likeliness(head: bytes, encoding: str) -> float:
    text = _decodes(head, encoding)
    if text is None:
        return 0
    foreign = [letter for letter in text if letter > "\x7f"]
    script = {"cp1256": _ARABIC, "cp1251": _CYRILLIC, "big5hkscs": _HAN}[encoding]
    matching = len(script.findall(text))
    return (matching - 4 * len(_ODD_CASE.findall(text))) / len(foreign) if foreign else 0


def _decodes(head: bytes, encoding: str) -> str | None:
    """The text of a beginning of a file, whose last character may be cut; None if it is not in the encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return None


def decoded(stream: Source, head: bytes, encoding: str) -> Iterator[str]:
    """The text of the file in pieces; a byte that breaks the encoding later on becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chain((head,), iter(lambda: stream.read(HEAD), b"")):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


class _Lines:
    """Lines with their ends, numbered from 1, none longer than the largest record; and a way to read some again."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._lines = self._split(pieces)
        self._again: deque[tuple[int, str]] = deque()
        self.taken: list[tuple[int, str]] = []  # since the row began
        self.too_long: list[int] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line[1]

    def reread(self) -> None:
        """Give the taken lines again, but for the first."""
        self._again.extendleft(reversed(self.taken[1:]))

    def _split(self, pieces: Iterator[str]) -> Iterator[tuple[int, str]]:
        number, rest, skipping = 1, "", False
        for piece in pieces:
            lines = (rest + piece if rest else piece).split("\n")
            rest = lines.pop()
            for line in lines:
                if skipping:
                    skipping = False
                elif len(line) > LARGEST_RECORD:
                    self.too_long.append(number)
                else:
                    yield number, line + "\n"
                number += 1
            if skipping or len(rest) > LARGEST_RECORD:
                if not skipping:
                    self.too_long.append(number)
                rest, skipping = "", True
        if rest:
            yield number, rest


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one table row, and the line it begins on."""

    number: int
    cells: list[str]


def rows(stream: Source) -> Iterator[Row | RowError]:
    """The rows of a table file that are not blank, the column names first.

    The separator is the one of , ; tab | that the first line has most of. Errors of single rows come in their place.
    """
    head = stream.read(HEAD)
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        yield RowError(0, "empty-file")
        return
    encoding = detect_encoding(head)
    if encoding is None:
        yield RowError(0, "unknown-encoding")
        return
    pieces = decoded(stream, head, encoding)
    first = next(pieces)
    if "\n" not in first and "\r" in first:  # ends of line of old spreadsheets
        pieces = (piece.replace("\r", "\n") for piece in pieces)
        first = first.replace("\r", "\n")
    yield from _rows(_Lines(chain((first,), pieces)), separator(first.partition("\n")[0]))


def separator(line: str) -> str:
    """The one of , ; tab | that separates the cells of a line; comma if none is there."""
    outside = re.sub(r'"[^"]*"', "", line)
    return max(",;\t|", key=outside.count)


def _rows(lines: _Lines, delimiter: str) -> Iterator[Row | RowError]:
    reader = csv.reader(lines, delimiter=delimiter)
    repairs = 0
    while True:
        lines.taken.clear()
        problem = ""
        try:
            cells = next(reader, None)
        except csv.Error as error:
            cells, problem = None, str(error)
        taken = lines.taken
        for number in lines.too_long:
            yield RowError(number, "too-large", params={"limit": str(LARGEST_RECORD)})
        lines.too_long.clear()
        if not taken:
            return
        start = taken[0][0]
        if len(taken) > 1 and sum(line.count('"') for _, line in taken) % 2:
            # The quotation mark was never closed, so that the row ate its followers: give them back.
            yield RowError(start, "unclosed-quote")
            repairs += 1
            if repairs <= _MOST_REPAIRS:
                lines.reread()
                reader = csv.reader(lines, delimiter=delimiter)
        elif problem:
            yield RowError(start, "bad-row", params={"reason": problem})
        elif cells and any(map(str.strip, cells)):
            yield Row(start, cells)
