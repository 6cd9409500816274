"""JSON orders one at a time from a file of any size.

The usual streaming parsers hand over values, not their source, so that one bad order ends the reading and one huge
order fills the memory. Here the file is cut into the source of single orders by following brackets and strings only,
and each is then read by the standard library: a bad one is reported and the next one read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from tartib.imports.reading import encodings
from tartib.imports.reading.text import LARGEST_RECORD, Source, decoded, is_empty, peek, pieces
from tartib.imports.records import RowError

# What an API's answer calls the list of orders.
_LISTS: Final = ("orders", "checkouts", "data", "results")
_WRAPPERS: Final = ("order", "checkout")

# Up to the next bracket outside strings, or to a string that the buffer cuts.
_PLAIN: Final = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
_IN_STRING: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_LIST_KEY: Final = re.compile(rb'"(?:' + "|".join(_LISTS).encode() + rb')"\s*:\s*\Z')
_QUOTE: Final = ord('"')
_BRACE: Final = ord("{")
_SQUARE: Final = ord("[")
_CLOSES: Final = {ord("}"): _BRACE, ord("]"): _SQUARE}
_LONGEST_KEY: Final = 64
_DEEPEST: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One order's JSON object, and its row as RowError counts."""

    row: int
    data: dict[str, Any]


def entries(stream: Source) -> Iterator[Entry | RowError]:
    """The orders of a JSON file: a list, an API's answer ({"orders": […]}, {"order": …}), one order, or one a line."""
    if is_empty(peek(stream)):
        yield RowError(0, "empty-file")
        return
    encoding = encodings.detect(pieces(stream))
    if encoding is None or not encoding.startswith("utf"):
        yield RowError(0, "unknown-encoding")
        return
    chunks = (piece.encode() for piece in decoded(stream, encoding) if piece)
    first = next(chunks, b"")
    sources = _lines(chain((first,), chunks)) if _one_a_line(first) else _objects(chain((first,), chunks))
    nothing = True
    for source in sources:
        for entry in (source,) if isinstance(source, RowError) else _read(*source):
            nothing = False
            yield entry
    if nothing:
        yield RowError(0, "no-orders")


def _read(row: int, source: bytes) -> Iterator[Entry | RowError]:
    try:
        value = json.loads(source, parse_float=Decimal)
    except json.JSONDecodeError as error:
        yield RowError(row, "bad-json", params={"reason": error.msg, "position": str(error.pos + 1)})
    except (ValueError, RecursionError) as error:
        yield RowError(row, "bad-json", params={"reason": str(error), "position": "1"})
    else:
        if "\ufffd".encode() in source:
            yield RowError(row, "damaged-text", level="warning")
        yield from _orders(row, value)


def _orders(row: int, value: object) -> Iterator[Entry | RowError]:
    """The orders in a JSON value: itself, the one it wraps, or those of its list."""
    if isinstance(value, list):
        for item in value:
            yield from _orders(row, item)
        return
    if not isinstance(value, dict):
        yield RowError(row, "not-an-order")
        return
    for key in _LISTS:
        if isinstance(value.get(key), list):
            yield from _orders(row, value[key])
            return
    for key in _WRAPPERS:
        if isinstance(value.get(key), dict):
            yield Entry(row, value[key])
            return
    yield Entry(row, value)


def _one_a_line(head: bytes) -> bool:
    """Whether the file has one object a line: its first line is whole, or (if that one is broken) the next two are."""
    lines = head.lstrip().split(b"\n", 3)
    return _whole(lines[0]) or (len(lines) > 3 and _whole(lines[1]) and _whole(lines[2]))


def _whole(line: bytes) -> bool:
    if not line.startswith(b"{"):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes] | RowError]:
    number, rest, skipping = 1, b"", False
    for chunk in chunks:
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            if skipping:
                skipping = False
            elif len(line) > LARGEST_RECORD:
                yield _too_large(number)
            elif line.strip():
                yield number, line
            number += 1
        if skipping or len(rest) > LARGEST_RECORD:
            if not skipping:
                yield _too_large(number)
            rest, skipping = b"", True
    if rest.strip():
        yield number, rest


def _too_large(row: int) -> RowError:
    return RowError(row, "too-large", params={"limit": str(LARGEST_RECORD)})


def _objects(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes] | RowError]:
    """The sources of the objects that are orders: those at the top, in the top's lists, or in an answer's list."""
    cutter = _Cutter()
    for chunk in chunks:
        yield from cutter.feed(chunk)
        if cutter.broken:
            return
    if cutter.brackets:
        yield RowError(cutter.row, "cut-json")


class _Cutter:
    """Follows brackets and strings through a JSON file that arrives in pieces, and cuts the orders out of it."""

    def __init__(self) -> None:
        self.row = 0
        self.broken = False
        self.brackets = bytearray()  # the open ones
        self._buffer = b""
        self._position = 0
        self._passed = 0  # bytes that left the buffer
        self._in_string = False
        self._start = -1  # of the current object in the buffer; before the buffer when it is huge
        self._within: int | None = None  # how many brackets the current object stands in
        self._in_list = False  # of an answer

    def feed(self, chunk: bytes) -> Iterator[tuple[int, bytes] | RowError]:
        """Read the next piece of the file; gives the orders that it completes."""
        self._drop_what_is_read()
        self._buffer += chunk
        while self._to_bracket():
            sign = self._buffer[self._position]
            self._position += 1
            if sign in b"{[":
                self._open(sign)
            else:
                yield from self._close(sign)
            if self.broken or len(self.brackets) > _DEEPEST:
                reason = "a bracket does not match" if self.broken else "brackets are nested too deep"
                where = str(self._passed + self._position)
                self.broken = True
                yield RowError(self.row, "bad-json", params={"reason": reason, "position": where})
                return

    def _drop_what_is_read(self) -> None:
        """Keep the current object while it may still be read, and a little before the position, where a key may be."""
        keep = max(0, self._position - _LONGEST_KEY)
        if self._within is not None and self._start >= 0 and self._position - self._start <= LARGEST_RECORD:
            keep = min(keep, self._start)
        self._buffer = self._buffer[keep:]
        self._position -= keep
        self._start -= keep
        self._passed += keep

    def _to_bracket(self) -> bool:
        """Go to the next bracket outside strings; False when the buffer has no more."""
        buffer = self._buffer
        while self._position < len(buffer):
            if self._in_string:
                self._position = _end(_IN_STRING, buffer, self._position)
                if self._position == len(buffer) or buffer[self._position] != _QUOTE:
                    return False  # cut, perhaps between a backslash and what it escapes
                self._in_string = False
                self._position += 1
            self._position = _end(_PLAIN, buffer, self._position)
            if self._position < len(buffer) and buffer[self._position] != _QUOTE:
                return True
            if self._position < len(buffer):
                self._in_string = True
                self._position += 1
        return False

    def _open(self, sign: int) -> None:
        if self._within is None:
            if sign == _BRACE and (self._in_list or _BRACE not in self.brackets):
                self._within = len(self.brackets)
                self._start = self._position - 1
                self.row += 1
        elif sign == _SQUARE and len(self.brackets) == 1 and self._within == 0 and self._names_a_list():
            self._within = None  # what seemed an order is an API's answer; the orders are in this list
            self._in_list = True
            self.row -= 1
        self.brackets.append(sign)

    def _names_a_list(self) -> bool:
        return _LIST_KEY.search(self._buffer, max(0, self._position - 1 - _LONGEST_KEY), self._position - 1) is not None

    def _close(self, sign: int) -> Iterator[tuple[int, bytes] | RowError]:
        if not self.brackets or self.brackets[-1] != _CLOSES[sign]:
            self.broken = True
            return
        self.brackets.pop()
        if self._within == len(self.brackets):
            self._within = None
            if self._start < 0 or self._position - self._start > LARGEST_RECORD:
                yield _too_large(self.row)
            else:
                yield self.row, self._buffer[self._start : self._position]
        elif self._in_list and len(self.brackets) <= 1:
            self._in_list = False


def _end(pattern: re.Pattern[bytes], buffer: bytes, position: int) -> int:
    """Where the match of a pattern that may be empty ends."""
    found = pattern.match(buffer, position)
    return found.end() if found else position
