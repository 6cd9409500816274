"""Which encoding a file is in, by all of it: its mark, else UTF-8, else the old code page that its words are in.

UTF-8 can be told by itself. Which of the old code pages it is, `chardet` says from the lines that hold other letters
than ASCII's, taken from the whole file as far as 200 KB of them: a table may begin with thousands of lines in ASCII.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
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
_WORDS: Final = re.compile(r"[^\s!-&(-@\[-`{-~]+")
_IDEOGRAPHIC: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL"})
# Of a file's words at most one in so many looks odd under its own code page.
_ODD: Final = 5
_LOOKED_AT: Final = 20_000
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
    # What is no UTF-8 becomes letters that no text has; a sign of damage (U+FFFD) that the file holds is well written.
    utf8 = codecs.getincrementaldecoder("utf-8")("surrogateescape")
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
            found = Counter(text)
            letters += sum(count for letter, count in found.items() if letter > "\x7f")
            broken += sum(count for letter, count in found.items() if "\udc80" <= letter <= "\udcff")
    broken += len(utf8.decode(b"", final=True))
    if not broken or broken * _DAMAGE <= letters:
        return "utf-8"
    return _code_page(evidence.lines())


def _code_page(lines: bytes) -> str | None:
    """The likeliest of the code pages that make words of the lines; None for no text.

    Where several are about as likely it is the one that most people use.
    """
    found = chardet.detect_all(
        lines, ignore_threshold=True, max_bytes=2 * _EVIDENCE, compat_names=False, include_encodings=_CODE_PAGES,
        no_match_encoding=_USUAL,
    )  # fmt: skip
    likely = {one["encoding"]: one["confidence"] for one in reversed(found) if one["encoding"]}
    likely = {name: much for name, much in likely.items() if _makes_words(lines[:_LOOKED_AT], name)} or likely
    best = max(likely, key=lambda name: likely[name], default=None)
    return _USUAL if best and likely.get(_USUAL, 0) >= _AS_LIKELY * likely[best] else best


def _makes_words(lines: bytes, encoding: str) -> bool:
    """Whether the lines look like writing under an encoding."""
    # ASCII's letters are the same in all of them.
    words = [word for word in _WORDS.findall(lines.decode(encoding, "replace")) if not word.isascii()]
    return sum(map(_is_odd, words)) * _ODD <= len(words)


def _is_odd(word: str) -> bool:
    """Whether a word has letters of two scripts ("J黵i" for "Jüri") or a sign among its letters ("Ksi¹¿ka")."""
    if _NOWHERE.search(word):
        return True
    kinds = [kind for kind in map(_kind, word) if kind]
    letters = [place for place, kind in enumerate(kinds) if kind != _SIGN]
    return bool(letters) and (_SIGN in kinds[letters[0] : letters[-1]] or len({kinds[place] for place in letters}) > 1)


_SIGN: Final = "SIGN"
# Frames, blocks, the sign for no currency, and what has no shape: in no table of orders.
_NOWHERE: Final = re.compile("[\u2500-\u259f\xa4\x80-\x9f\ufffd]")


@lru_cache(maxsize=2048)
def _kind(letter: str) -> str:
    """The script of a letter, `_SIGN` for what is none, "" for what may stand in any word."""
    category = unicodedata.category(letter)
    if category[0] == "L":
        script = unicodedata.name(letter, "").partition(" ")[0]
        return "CJK" if script in _IDEOGRAPHIC else script
    return _SIGN if category in ("So", "Sc", "Sm", "Sk", "No", "Cf", "Cc", "Co", "Cn") else ""


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
