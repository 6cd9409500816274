"""Digits of the reader's language out, any digits in."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal, format_percent

from tartib.l10n.names import direction, locale, numbering

_PERSIAN: Final = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC: Final = "٠١٢٣٤٥٦٧٨٩"
_LOCAL: Final = {
    "arabext": str.maketrans("0123456789", _PERSIAN),
    "arab": str.maketrans("0123456789", _ARABIC),
}
_TO_LATIN: Final = str.maketrans(_PERSIAN + _ARABIC, "0123456789" * 2)
_OTHER_DIGIT: Final = re.compile(r"[^\D0-9]")


def latin(text: str) -> str:
    """Every decimal digit of any script as 0-9; the rest of the text as it was."""
    if text.isascii():
        return text
    swapped = text.translate(_TO_LATIN)
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), swapped)


def local(text: str, code: str) -> str:
    """The digits 0-9 of `text` in the reader's digits: for words and numbers, not for codes other systems read."""
    table = _LOCAL.get(numbering(code))
    return text if table is None else text.translate(table)


def number(value: int | Decimal, code: str) -> str:
    """A number with the reader's digits, grouping and decimal mark; a minus stays on its left in either direction."""
    system = numbering(code)
    text = format_decimal(value, locale=locale(code), numbering_system=system, decimal_quantization=False)
    if text.startswith("-") and direction(code) == "rtl":
        text = str(locale(code).number_symbols[system]["minusSign"]) + text[1:]
    return local(text, code)


def signed(value: int, code: str) -> str:
    """A change as a number with its sign before it in either direction (25 -> "+25", "+۲۵"; -5 -> "−5")."""
    shown = ("−" if value < 0 else "+" if value else "") + number(abs(value), code)
    return f"\u2066{shown}\u2069" if direction(code) == "rtl" else shown


def percent(value: int | Decimal, code: str) -> str:
    """A percentage (55 -> "55%", "٥٥٪")."""
    system = numbering(code)
    share = Decimal(value) / 100
    text = format_percent(share, locale=locale(code), numbering_system=system, decimal_quantization=False)
    return local(text, code).replace("%", "٪") if system in _LOCAL else text
