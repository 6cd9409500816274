"""Which encoding a file is in, by all of it: its mark, else UTF-8, else the old code page that its words are in.

UTF-8 can be told by itself. Which of the old code pages it is, `chardet` says from the lines that hold other letters
than ASCII's, taken from the whole file as far as 200 KB of them: a table may begin with thousands of lines in ASCII.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from typing import Final

import chardet

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZIP: Final = b"PK\x03\x04"  # a workbook, not a text file
# What spreadsheets and shop systems wrote before UTF-8, and still do; a rarer one would only be taken by mistake.
# Of these a file of text has hardly any.
_CONTROLS: Final = bytes(range(9)) + bytes(range(14, 32))
_CODE_PAGES: Final = (
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp866", "cp932", "cp949",
    "big5hkscs", "gb18030", "iso8859-2", "iso8859-9", "iso8859-15", "koi8-r", "koi8-u", "mac-cyrillic", "mac-roman",
)  # fmt: skip
_WIDE: Final = frozenset({"cp932", "cp949", "big5hkscs", "gb18030"})
# An ideograph beside a Latin letter: in a table the rule where "Jüri" is misread as "J黵i", and rare elsewhere.
_IDEOGRAPHS: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff]")
_MISREAD: Final = re.compile(f"[A-Za-z]{_IDEOGRAPHS.pattern}|{_IDEOGRAPHS.pattern}[A-Za-z]")
# Names of several languages in one file, as a shop in Europe has them, are not very likely in any code page.
_USUAL: Final = "cp1252"
_AS_LIKELY: Final = 0.85
_EVIDENCE: Final = 200_000
# Of the letters that are not ASCII's, at most one in so many is broken in a file that is in UTF-8 nevertheless.
_DAMAGE: Final = 10


def by_beginning(head: bytes) -> str | None:
    """The encoding that the first bytes tell for certain; "" for what is no text, None where they tell nothing."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if head.startswith(_ZIP):
        return ""
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    # Separators and Latin digits have a zero byte in UTF-16, always on the same side.
    if min(even, odd) * 10 < max(even, odd) and max(even, odd) * 50 > len(head[:2000]):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "" if len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 50 else None


def detect(pieces: Iterable[bytes]) -> str | None:
    """The encoding of a file that is given in pieces, from its beginning to its end; None for what is no text."""
    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    evidence = _Evidence()
    letters = broken = 0
    first = True
    for piece in pieces:
        if first:
            known = by_beginning(piece)
            if known is not None:
                return known or None
            first = False
        if not piece.isascii():
            evidence.add(piece)
        elif not utf8.getstate()[0]:
            continue
        text = utf8.decode(piece)
        if not text.isascii():
            broken += text.count("\ufffd")
            letters += sum(map(text.count, {letter for letter in text if letter > "\x7f"}))
    broken += len(utf8.decode(b"", final=True))
    if not broken or broken * _DAMAGE <= letters:
        return "utf-8"
    lines = evidence.lines()
    found = _code_page(lines, _CODE_PAGES)
    if found in _WIDE and _is_misread(lines.decode(found, "replace")):
        found = _code_page(lines, [name for name in _CODE_PAGES if name not in _WIDE])
    return found


def _code_page(lines: bytes, pages: Sequence[str]) -> str | None:
    """The likeliest of the code pages; where several are about as likely the one most people use; None for no text."""
    found = chardet.detect_all(
        lines, ignore_threshold=True, max_bytes=2 * _EVIDENCE, compat_names=False, include_encodings=pages,
        no_match_encoding=_USUAL,
    )  # fmt: skip
    likely = {one["encoding"]: one["confidence"] for one in reversed(found) if one["encoding"]}
    best = max(likely, key=lambda name: likely[name], default=None)
    return _USUAL if best and likely.get(_USUAL, 0) >= _AS_LIKELY * likely[best] else best


def _is_misread(text: str) -> bool:
    return len(_MISREAD.findall(text)) * 3 > len(_IDEOGRAPHS.findall(text))


class _Evidence:
    """Lines with letters that are not ASCII's, from all over a file: a part of every stretch of it."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Take the lines of a piece that say something."""
        for line in piece.splitlines():
            if not line.isascii():
                self._kept.append(line)
                self._size += len(line)
        while self._size > 2 * _EVIDENCE and len(self._kept) > 1:
            self._kept = self._kept[::2]
            self._size = sum(map(len, self._kept))

    def lines(self) -> bytes:
        """What was kept, in the file's order."""
        return b"\n".join(self._kept)
