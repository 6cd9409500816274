"""Amounts and quantities as people and systems write them: digits of any script, grouped and marked in any way."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from tartib.l10n import digits

DecimalMark = Literal["auto", ".", ","]

# More than any order costs, and what a money column holds (16 digits, 3 of them decimals).
_LARGEST_AMOUNT: Final = Decimal(10) ** 13


class BadValueError(ValueError):
    """What was written cannot be what it stands for. `code` says what is wrong."""

    def __init__(self, code: str, value: object) -> None:
        self.code = code
        self.params = {"value": short(str(value))}
        super().__init__(code)


def short(text: str) -> str:
    """A value as an error quotes it: at most 80 characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


# Can be read in one way only.
LONGEST: Final = 200
"""Characters of a cell that is read as a number or a moment: what is longer is neither."""
_PLAIN: Final = re.compile(r"-?\d+(?:\.\d{1,2})?")
_SIGNED: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_NUMBER: Final = re.compile(r"[-+\u2212(]*\s*[^\d\s.,'%-]*\s*[-+\u2212]?(\d[\d.,'\s]*)\)?[^\d%]*")
_SEPARATORS: Final = str.maketrans({"٪": "%", "٬": ",", "٫": ".", "،": ",", "\u00a0": " ", "\u202f": " ", "’": "'"})
DIRECTION_MARKS: Final = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")


def amount(value: object, mark: DecimalMark = ".", exponent: int | None = None) -> Decimal | None:
    """An amount of money; None when the value is empty.

    Digits of any script, grouped by blanks, commas, points or apostrophes, with a currency's sign or name on either
    side; a minus or brackets make it negative. `mark` is the decimal mark where the text alone cannot tell ("1,234"),
    and `exponent` the decimals of its currency: three decimals are none of a currency that has none ("1.234 rials").
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadValueError("bad-amount", value)
    # A number of a program's own may be one with an exponent, which is no way to write an amount.
    text = f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
    if not text:
        return None
    if len(text) > LONGEST:
        raise BadValueError("bad-amount", value)
    plain = text.isascii() and (
        _PLAIN.fullmatch(text) or (mark == "." and exponent != 0 and _SIGNED.fullmatch(text))
    )  # fmt: skip
    found = Decimal(text) if plain else _written(text, mark, exponent)
    if found is None or abs(found) >= _LARGEST_AMOUNT:
        raise BadValueError("bad-amount", value)
    return found


def _written(text: str, mark: DecimalMark, exponent: int | None) -> Decimal | None:
    local_mark = "٫" in text
    plain = digits.latin(DIRECTION_MARKS.sub("", text)).translate(_SEPARATORS)
    # A per cent sign makes it a rate, which is no amount.
    found = _NUMBER.fullmatch(plain)
    if not found:
        return None
    number = re.sub(r"[\s']", "", found[1]).rstrip(".,")
    last_point, last_comma = number.rfind("."), number.rfind(",")
    if local_mark or (last_point >= 0 and last_comma >= 0):
        decimal = "." if local_mark or last_point > last_comma else ","
    elif number.count(".") > 1 or number.count(",") > 1:
        decimal = ""
    else:
        separator = "." if last_point >= 0 else ","
        decimals = len(number) - 1 - max(last_point, last_comma)
        # Nobody groups the digits of what is less than one.
        tells = decimals != 3 or number[:1] == "0" or _marks_decimals(separator, mark, exponent)
        decimal = separator if tells else ""
    whole, _, fraction = number.rpartition(decimal) if decimal and decimal in number else (number, "", "")
    try:
        whole = re.sub("[.,]", "", whole) or "0"
        result = Decimal(f"{whole}.{fraction}" if fraction else whole)
    except InvalidOperation:
        return None
    before = plain[: plain.index(found[1])]
    return -result if re.search("[-\u2212(]", before) or plain.endswith(f"{found[1]}-") else result


def _marks_decimals(separator: str, mark: DecimalMark, exponent: int | None) -> bool:
    """Whether the only separator of a number, with three digits after it, is its decimal mark."""
    if exponent == 0:
        return False
    if mark == "auto":
        return exponent == 3 or separator == "."
    return separator == mark


_LONE_SEPARATOR: Final = re.compile(r"\d+([.,])(\d+)")


class MarkEvidence:
    """Which mark a file's numbers have before their decimals, by all of them."""

    def __init__(self) -> None:
        self.votes = {".": 0, ",": 0}
        self.either = {".": "", ",": ""}  # mark -> a number with three digits after it, and nothing else to go by
        self.certain = 0

    def add(self, cell: str) -> None:
        """Take one more number into account."""
        plain = (cell if cell.isascii() else digits.latin(DIRECTION_MARKS.sub("", cell)).translate(_SEPARATORS)).strip()
        number = re.sub(r"[^\d.,]", "", plain.replace("'", "")).strip(".,")
        point, comma = number.rfind("."), number.rfind(",")
        if point < 0 and comma < 0:
            return
        if point >= 0 and comma >= 0:
            self._vote("." if point > comma else ",")
        elif number.count(".") > 1 or number.count(",") > 1:
            self._vote("," if point >= 0 else ".")
        elif found := _LONE_SEPARATOR.fullmatch(number):
            if len(found[2]) != 3 or number[0] == "0":
                self._vote(found[1])
            else:
                self.either[found[1]] = self.either[found[1]] or cell.strip()

    def _vote(self, mark: str) -> None:
        self.votes[mark] += 1
        self.certain += 1

    def mark(self, separator: str = ",", exponent: int = 2) -> DecimalMark:
        """The mark that the numbers show; where they do not, that of a table with such a separator and currency."""
        if self.certain:
            return "," if self.votes[","] > self.votes["."] else "."
        if exponent == 3 and bool(self.either[","]) != bool(self.either["."]):
            return "," if self.either[","] else "."
        if self.either["."] and separator in ";\t":
            # A spreadsheet that separates cells so writes decimals with a comma: its points group digits.
            return ","
        return "auto"

    def unclear(self, exponent: int) -> str:
        """A number that may be read two ways, where nothing in the file or its currency decides; else ""."""
        return "" if self.certain or exponent != 2 else self.either[","] or self.either["."]


def measure(value: object, mark: DecimalMark = ".") -> Decimal:
    """How many pieces, or how much of something measured; negative for what came back. Raises BadValueError.

    Fractions may be written as one sign, alone or after a whole number: ½, 1½, 2 ¾.
    """
    written = _FRACTION.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        found = amount(written[1] or 0 if written else value, mark)
    except BadValueError:
        found = None
    if found is None or abs(found) >= 10**9:
        raise BadValueError("bad-quantity", value)
    if written:
        found += Decimal(str(round(unicodedata.numeric(written[2]), 3)))
    return found


_FRACTION: Final = re.compile(r"(\d{0,9})\s?([\u00bc-\u00be\u2150-\u215e])")


def quantity(value: object) -> int:
    """How many pieces: a whole number, not negative. Raises BadValueError for anything else."""
    text = digits.latin(str(value)).strip().replace("٫", ".")
    whole, _, fraction = text.partition(".")
    if isinstance(value, bool) or not whole.isascii() or not whole.isdigit() or len(whole) > 9 or fraction.strip("0"):
        raise BadValueError("bad-quantity", value)
    return int(whole)
