"""Cells and JSON values to text, money, moments, quantities and more. Each raises BadValueError or is total."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, Literal

from tartib.speech import dates, digits, names
from tartib.speech.fold import fold

DecimalMark = Literal[".", ","]
DateOrder = Literal["dmy", "mdy"]

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


_SIGNED: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_NUMBER: Final = re.compile(r"[-+\u2212(]*\s*[^\d\s.,'-]*\s*[-+\u2212]?(\d[\d.,'\s]*)\)?[^\d]*")
_SEPARATORS: Final = str.maketrans({"٬": ",", "٫": ".", "،": ",", "\u00a0": " ", "\u202f": " ", "’": "'"})
_MARKS: Final = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")


def amount(value: object, mark: DecimalMark = ".") -> Decimal | None:
    """An amount of money; None when the value is empty.

    Digits of any script, grouped by blanks, commas, points or apostrophes, with a currency's sign or name on either
    side; a minus or brackets make it negative. `mark` is the decimal mark where the text alone cannot tell ("1,234").
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadValueError("bad-amount", value)
    text = str(value).strip()
    if not text:
        return None
    found = Decimal(text) if _SIGNED.fullmatch(text) and text.isascii() and mark == "." else _written(text, mark)
    if found is None or abs(found) >= _LARGEST_AMOUNT:
        raise BadValueError("bad-amount", value)
    return found


def _written(text: str, mark: DecimalMark) -> Decimal | None:
    local_mark = "٫" in text
    plain = digits.latin(_MARKS.sub("", text)).translate(_SEPARATORS)
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
        decimal = separator if separator == mark or decimals != 3 or number[:1] == "0" else ""
    whole, _, fraction = number.rpartition(decimal) if decimal and decimal in number else (number, "", "")
    try:
        whole = re.sub("[.,]", "", whole) or "0"
        result = Decimal(f"{whole}.{fraction}" if fraction else whole)
    except InvalidOperation:
        return None
    before = plain[: plain.index(found[1])]
    return -result if re.search("[-\u2212(]", before) else result


def quantity(value: object) -> int:
    """How many pieces: a whole number, not negative. Raises BadValueError for anything else."""
    text = digits.latin(str(value)).strip().replace("٫", ".")
    whole, _, fraction = text.partition(".")
    if isinstance(value, bool) or not whole.isascii() or not whole.isdigit() or len(whole) > 9 or fraction.strip("0"):
        raise BadValueError("bad-quantity", value)
    return int(whole)


_TIME: Final = re.compile(
    r"(?:[T\s,،]|^)\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(am|pm|a\.m\.|p\.m\.|AM|PM|ص|م|ق\.ظ|ب\.ظ|дп|пп)?\s*(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2}))?\s*$"
)
_CHINESE_HALF: Final = re.compile(r"(上午|下午)\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$")
_AFTERNOON: Final = frozenset({"pm", "p.m.", "م", "ب.ظ", "пп", "下午"})


def moment(value: object, zone: tzinfo = UTC, calendar: str = "auto", order: DateOrder = "dmy") -> datetime | None:
    """A moment in UTC; None when the value is empty. Text without an offset is in `zone`.

    ISO 8601 and what platforms and spreadsheets make of it; seconds or milliseconds since 1970; otherwise a date as
    `speech.dates.parse_date` reads it, with or without a time. The calendar "auto" takes the years 1300-1420 for Jalali
    and 1421-1500 for Hijri, which is right for anything since the year 2000.
    """
    text = clean(value)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text) if text.isascii() and text[:1] in "12" and len(text) > 9 else None
        if found is not None and calendar in ("auto", "gregorian") and found.year > 1500:
            return _aware(found, zone)
    except ValueError:
        pass
    try:
        found = _spelled(digits.latin(text), zone, calendar, order)
    except (ValueError, OverflowError) as error:
        raise BadValueError("bad-date", value) from error
    if not 1970 <= found.year <= 2200:
        raise BadValueError("bad-date", value)
    return found


def _aware(found: datetime, zone: tzinfo) -> datetime:
    if not 1970 <= found.year <= 2200:
        raise BadValueError("bad-date", found)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _spelled(text: str, zone: tzinfo, calendar: str, order: DateOrder) -> datetime:
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    clock = time()
    if half := _CHINESE_HALF.search(text):
        text = text[: half.start()]
        clock = _clock(half[2], half[3], half[4], half[1])
    elif found := _TIME.search(text):
        text = text[: found.start()]
        clock = _clock(found[1], found[2], found[3], (found[4] or "").lower())
        if found[5]:
            zone = UTC
        elif found[6]:
            shift = timedelta(hours=int(found[7]), minutes=int(found[8]))
            zone = timezone(shift if found[6] == "+" else -shift)
    return datetime.combine(_date(text, calendar, order), clock, zone).astimezone(UTC)


def _clock(hour: str, minute: str, second: str | None, half: str) -> time:
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half in _AFTERNOON else 0)
    return time(hours, int(minute), int(second or 0))


@lru_cache(maxsize=4096)
def _date(text: str, calendar: str, order: DateOrder) -> date:
    if calendar == "auto":
        year = next((int(number) for number in re.findall(r"\d{4}", text)), 0)
        calendar = "jalali" if 1300 <= year <= 1420 else "hijri" if 1421 <= year <= 1500 else "gregorian"
    return dates.parse_date(text, calendar, order)


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

_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")


def email(value: object) -> str:
    """An e-mail address in lower case; "" for an empty value."""
    text = clean(value).lower()
    if text and (len(text) > 254 or not _EMAIL.fullmatch(text)):
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
