"""Bytes of an e-mail as text that can be stored, whatever charset they are said to be in. Pure."""

from __future__ import annotations

import re
from email.header import decode_header
from email.message import Message
from email.policy import Compat32

LONGEST_HEADER = 4_000
# Codecs of Python that are no charsets of letters, and take more time than the letter has bytes.
_NEVER = frozenset({"punycode", "idna", "undefined", "mbcs", "oem", "unicode_escape", "raw_unicode_escape"})
# What mail programs call by a narrower name than what they write, as browsers read it (WHATWG Encoding).
_WIDER = {
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "hz",
    "big5": "big5hkscs", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-arabic": "mac_arabic", "x-sjis": "cp932", "windows-31j": "cp932", "utf8mb4": "utf-8", "unicode-1-1-utf-7":
    "utf-7", "x-windows-949": "cp949", "windows-874": "cp874", "tis-620": "cp874",
}  # fmt: skip
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ue000\ufffe\uffff]")
_GUESSED = ["utf_8", "cp1251", "koi8_u", "cp1256", "big5hkscs", "gb18030", "cp1252", "cp1254"]
"""What customers write in; of all charsets there are, something always fits."""
_OF_BYTES = ("cp125", "iso-8859", "windows-125", "koi8", "mac", "cp874")
_BY_CHANCE = 3
"""Fewer characters may look like UTF-8 by chance: “Ні” in Windows-1251 does."""
_TWO_ALPHABETS = re.compile("[A-Za-z][\u0400-\u04ff\u0600-\u06ff]|[\u0400-\u04ff\u0600-\u06ff][A-Za-z]")
_GUESSED_FROM = 20_000
"""Bytes: so many are enough to tell a charset that nobody names."""


class AsWritten(Compat32):
    """How letters are parsed: without looking into headers, and with their bare bytes as letters."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 (as the policy is called)
        """A header's value as it was written, in whatever charset."""
        return _unescaped(value)


AS_WRITTEN = AsWritten()


def storable(text: str) -> str:
    """Text without what no database and no page can hold: NUL, control characters, halves of characters."""
    return _UNSTORABLE.sub("", text)


def decoded(content: bytes, charset: str) -> str:
    """Bytes as text. Never raises; a charset that is unknown or wrong is guessed, and a broken byte costs no other."""
    name = charset.strip("'\" ").lower()
    name = _WIDER.get(name, name)
    named = name if name and name not in _NEVER else "utf-8"
    # In charsets of single bytes anything can be read, so that what may be UTF-8 is looked at before.
    tries = (_in_utf8, _whole, _mostly) if named.startswith(("utf-8", *_OF_BYTES)) else (_whole, _in_utf8, _mostly)
    for read in tries:
        text = read(content, named)
        if text is not None:
            return storable(text)
    return storable(_guessed(content))


def _in_utf8(content: bytes, named: str) -> str | None:
    """As UTF-8, where that is what it is: hardly any two characters of it come about by chance."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(letter > "\x7f" for letter in text) - broken
    if broken * 2 > sound:
        return None
    if sound < _BY_CHANCE and named != "utf-8":
        try:
            text.encode(named, "strict" if not broken else "ignore")
        except UnicodeError:
            return None
        except LookupError:
            return text
    return text


def _whole(content: bytes, named: str) -> str | None:
    """In the charset that is named, where it can be."""
    try:
        return content.decode(named)
    except (LookupError, ValueError):
        return None


def _mostly(content: bytes, named: str) -> str | None:
    """In the charset that is named, but for a few characters."""
    try:
        text = content.decode(named, "replace")
    except (LookupError, ValueError):
        return None
    return text if text.count("\ufffd") * 10 <= sum(letter > "\x7f" for letter in text) else None


def _guessed(content: bytes) -> str:
    import charset_normalizer  # few letters need it, and each is read by a new process

    guess = charset_normalizer.from_bytes(content[:_GUESSED_FROM], cp_isolation=_GUESSED).best()
    text = content.decode(guess.encoding if guess else "latin-1", "replace")
    # Nobody writes two alphabets in one word: letters with accents were taken for those of another.
    return content.decode("cp1252", "replace") if _TWO_ALPHABETS.search(text) else text


def header(message: Message, name: str) -> str:
    """A header in words, on one line; "" where the letter has none. Never raises."""
    return words(str(message.get(name) or ""))


def words(raw: str) -> str:
    """A header's value in words, on one line (RFC 2047), and where its bytes are bare, whatever they are in."""
    raw = raw[:LONGEST_HEADER]
    try:
        parts = decode_header(raw)
    except Exception:  # an encoded word that the standard library trips over is shown as it is
        parts = [(raw, None)]
    return " ".join(storable("".join(map(_word, parts)).replace("\n", " ").replace("\r", " ")).split())


def _word(part: tuple[str | bytes, str | None]) -> str:
    text, charset = part
    if isinstance(text, str):
        return text
    # What stands between encoded words the standard library hands on in this form.
    return decoded(text, charset) if charset else text.decode("raw_unicode_escape", "replace")


def _unescaped(value: str) -> str:
    """What was parsed of bytes that are no ASCII, as text."""
    if value.isascii():
        return value
    try:
        return decoded(value.encode("ascii", "surrogateescape"), "utf-8")
    except UnicodeEncodeError:
        return value
