"""Bytes to text to table rows, in constant memory, whatever the encoding, the separator or the length of a line."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from tartib.imports.reading import encodings
from tartib.imports.records import RowError

HEAD: Final = 64 * 1024
# A record larger than this is refused: no shop's order is, and memory stays bounded.
LARGEST_RECORD: Final = 1024 * 1024

# An unclosed quotation mark is repaired (the row refused, the next ones read) so many times in a file.
_MOST_REPAIRS: Final = 100


class Source(Protocol):
    """What orders are read from: a binary file, an upload, or anything else that gives bytes, and gives them again."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...

    def seek(self, offset: int, /) -> object:
        """Go to the byte at `offset`; asked only for 0, the beginning."""
        ...


def peek(source: Source) -> bytes:
    """The beginning of a source, which is at its beginning again afterwards."""
    source.seek(0)
    head = source.read(HEAD)
    source.seek(0)
    return head


def starts_like_json(head: bytes) -> bool:
    """Whether a file that begins like this is JSON rather than a table."""
    return head.lstrip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe")[:1] in (b"{", b"[")


def is_empty(head: bytes) -> bool:
    """Whether a file that begins like this, and may end there, holds nothing but blanks and marks."""
    return not head.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe")


def pieces(source: Source) -> Iterator[bytes]:
    """All of the source in pieces, from its beginning."""
    source.seek(0)
    return iter(lambda: source.read(HEAD), b"")


def decoded(source: Source, encoding: str) -> Iterator[str]:
    """The text of the file in pieces; a byte that breaks the encoding becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces(source):
        yield decoder.decode(piece)
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


class Table:
    """A table file, which can be read more than once: its encoding and its separator are found out the first time."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._empty = is_empty(peek(source))
        self.encoding = None if self._empty else encodings.detect(pieces(source))
        self.separator, self._announced, self._old_ends = ",", False, False
        if self.encoding:
            self._look(self.encoding)

    def _look(self, encoding: str) -> None:
        """The separator: as a first line "sep=;" says, else the one of , ; tab | that the first line has most of."""
        first = next(filter(None, decoded(self._source, encoding)), "")
        self._old_ends = "\n" not in first and "\r" in first  # of old spreadsheets
        lines = [
            line for line in re.split("[\r\n]+", first.lstrip("\ufeff"), maxsplit=_TITLES)[:_TITLES] if line.strip()
        ]
        announced = _ANNOUNCED.fullmatch(lines[0].strip(" ,;|")) if lines else None
        self._announced = announced is not None
        # A title above the column names has none.
        named = next((line for line in lines if any(mark in line for mark in _SEPARATORS)), "")
        self.separator = announced[1] if announced else separator(named)

    def rows(self) -> Iterator[Row | RowError]:
        """The rows that are not blank, the column names first. Errors of single rows come in their place."""
        if self._empty or self.encoding is None:
            yield RowError(0, "empty-file" if self._empty else "unknown-encoding")
            return
        text = decoded(self._source, self.encoding)
        if self._old_ends:
            text = (piece.replace("\r", "\n") for piece in text)
        found = _rows(_Lines(text), self.separator)
        if self._announced:
            next(found, None)
        yield from found


_SEPARATORS: Final = ",;\t|"
_TITLES: Final = 6
_ANNOUNCED: Final = re.compile(r"\ufeff?\"?sep=(.)\"?", re.IGNORECASE)


def rows(source: Source) -> Iterator[Row | RowError]:
    """The rows of a table file that is read once."""
    return Table(source).rows()


def separator(line: str) -> str:
    """The one of , ; tab | that separates the cells of a line; comma if none is there."""
    outside = re.sub(r'"[^"]*"', "", line)
    return max(_SEPARATORS, key=outside.count)


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
