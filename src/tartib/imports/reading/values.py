"""Cells and JSON values to text, money, quantities and more. Each raises BadValueError or is total."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, Literal

from babel.numbers import list_currencies

from tartib.customers import contact
from tartib.l10n import digits, names
from tartib.l10n.fold import fold

DecimalMark = Literal["auto", ".", ","]

# More than any order costs, and what a money column holds (16 digits, 3 of them decimals).
_LARGEST_AMOUNT: Final = Decimal(10) ** 13


class BadValueError(ValueError):
    """A value that cannot be what its column says. `code` is one of `records.PROBLEMS`."""

    def __init__(self, code: str, value: object) -> None:
        self.code = code
        self.params = {"value": short(str(value))}
        super().__init__(code)


def short(text: str) -> str:
    """A value as an error quotes it: at most 80 characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(value: object) -> str:
    """A value as text that can be stored: no control characters, no half characters, no blanks around it."""
    if isinstance(value, str):
        text = value
    elif value is None or isinstance(value, dict | list | bool):
        return ""
    else:
        text = str(value)
    if not text.isprintable():
        text = _UNSTORABLE.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", text)
    return text.strip()


# Can be read in one way only.
LONGEST: Final = 200
"""Characters of a cell that is read as a number or a moment: what is longer is neither."""
_PLAIN: Final = re.compile(r"-?\d+(?:\.\d{1,2})?")
_SIGNED: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_NUMBER: Final = re.compile(r"[-+\u2212(]*\s*[^\d\s.,'%-]*\s*[-+\u2212]?(\d[\d.,'\s]*)\)?[^\d%]*")
_SEPARATORS: Final = str.maketrans({"٪": "%", "٬": ",", "٫": ".", "،": ",", "\u00a0": " ", "\u202f": " ", "’": "'"})
_MARKS: Final = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")


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
    plain = digits.latin(_MARKS.sub("", text)).translate(_SEPARATORS)
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
        plain = (cell if cell.isascii() else digits.latin(_MARKS.sub("", cell)).translate(_SEPARATORS)).strip()
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


_POWER: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
# A spreadsheet has dropped the plus as well; one that is there says that the zeros are real.
_LOST_DIGITS: Final = re.compile(r"\d{6,}0{6}")
_CELL_ERROR: Final = re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|NUM!|DIV/0!|NULL!)|#{3,}")
_QUOTED: Final = re.compile(r'=\s*"(.*)"', re.DOTALL)
_FLOAT: Final = re.compile(r"(\+?\d+)[.,]0")


def code(text: str) -> str:
    """A number that names something (an order, a product, a telephone), freed of what a spreadsheet put around it.

    `="00123"` and `'00123` keep zeros at the beginning; "1001.0" was a number between a program's fractions.
    """
    if text[:1] in "='" and text:
        found = _QUOTED.fullmatch(text)
        text = (found[1] if found else text.lstrip("'")).strip()
    found = _FLOAT.fullmatch(text)
    return found[1] if found else text


def is_cut(text: str) -> bool:
    """Whether a spreadsheet has cut digits off a long number: 9.71501E+11, 971501000000, or an error in its place."""
    return bool(_POWER.fullmatch(text) or _LOST_DIGITS.fullmatch(text) or _CELL_ERROR.fullmatch(text))


_CURRENCIES: Final = {
    "₴": "UAH",
    "грн": "UAH",
    "гривня": "UAH",
    "﷼": "IRR",
    "ریال": "IRR",
    "تومان": "IRT",
    "تومن": "IRT",
    "toman": "IRT",
    "tmn": "IRT",
    "$": "USD",
    "us$": "USD",
    "€": "EUR",
    "£": "GBP",
    "hk$": "HKD",
    "港幣": "HKD",
    "港元": "HKD",
    "nt$": "TWD",
    "新台幣": "TWD",
    "ر.س": "SAR",
    "ریال سعودی": "SAR",
    "د.إ": "AED",
    "درهم": "AED",
    "د.ک": "KWD",
    "د.ك": "KWD",
    "دينار كويتي": "KWD",
    "ريال سعودي": "SAR",
    "ريال قطري": "QAR",
    "₽": "RUB",
    "руб": "RUB",
    "рублей": "RUB",
    "₺": "TRY",
    "tl": "TRY",
    "zł": "PLN",
}
_BY_FOLDED_SIGN: Final = {fold(sign).strip(" ."): code for sign, code in _CURRENCIES.items()}


def currency(value: object) -> str:
    """The ISO code (or IRT) that a currency's code, sign or name stands for; "" for an empty value."""
    text = clean(value)
    if not text:
        return ""
    if len(text) == 3 and text.isascii() and text.isalpha():
        return _BY_FOLDED_SIGN.get(text.lower(), text.upper())
    known = _BY_FOLDED_SIGN.get(fold(text).strip(" ."))
    if known is None:
        raise BadValueError("bad-currency", value)
    return known


def is_currency(code: str) -> bool:
    """Whether it is an ISO 4217 code, or IRT."""
    return code == "IRT" or code in list_currencies()


def country(value: object) -> str:
    """The ISO 3166 code of a country given by its code or its name in one of the languages; "" if it is not known."""
    text = clean(value)
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    return _countries().get(fold(text), "") if text else ""


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in names.LANGUAGES:
        for territory, name in names.locale(code).territories.items():
            if len(territory) == 2 and territory.isalpha():
                found.setdefault(fold(name), territory)
                found.setdefault(fold(names.country(territory, code)), territory)
    return found | {"usa": "US", "uk": "GB", "uae": "AE", "امارات": "AE", "السعودیه": "SA", "香港": "HK", "台灣": "TW"}


def currency_in(text: str) -> str:
    """The currency whose sign or name stands beside an amount; "" if none does, or one that several countries use."""
    beside = fold(_AMOUNT_PARTS.sub("", digits.latin(_MARKS.sub("", text)))).strip(" .")
    return "" if beside == "$" else _BY_FOLDED_SIGN.get(beside, "")


_AMOUNT_PARTS: Final = re.compile(r"[-+\u2212()\d,'٬٫]|\.(?=\d)")


def email(value: object) -> str:
    """An e-mail address in lower case; "" for an empty value."""
    text = clean(value).lower()
    if text and not contact.is_email(text):
        raise BadValueError("bad-email", value)
    return text


def ip(value: object) -> str | None:
    """An IP address in its usual form; None when it is empty or stands for no address."""
    text = clean(value)
    if not text:
        return None
    try:
        found = ipaddress.ip_address(text)
    except ValueError as error:
        raise BadValueError("bad-ip", value) from error
    return None if found.is_unspecified else str(found)
