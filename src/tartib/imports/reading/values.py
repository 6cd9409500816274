"""Cells and JSON values to text, codes, currencies and more. Each raises BadValueError or is total."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final

from babel.numbers import list_currencies

from tartib.customers import contact
from tartib.l10n import digits, names
from tartib.l10n.fold import fold
from tartib.l10n.numbers import DIRECTION_MARKS, BadValueError

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
    "тг": "KZT",
    "тенге": "KZT",
    "₸": "KZT",
    "р": "RUB",
    "лв": "BGN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "r$": "BRL",
    "円": "JPY",
    "₩": "KRW",
    "₫": "VND",
    "฿": "THB",
    "₹": "INR",
    "₪": "ILS",
    "جنيه": "EGP",
    "ج.م": "EGP",
    "ر.ق": "QAR",
    "ر.ع": "OMR",
    "د.ب": "BHD",
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
    beside = fold(_AMOUNT_PARTS.sub("", digits.latin(DIRECTION_MARKS.sub("", text)))).strip(" .")
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
