"""The kinds of values in requests: text without NUL, exact money as text, and so on."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

from tartib.flow.words import LANGUAGES
from tartib.l10n import money

MONEY = r"^[0-9]{1,10}(\.[0-9]{1,3})?$"
# Half-spaces and marks of direction belong to words; these do not.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("The character NUL cannot be part of a text")
    return text


def _text_only(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(MONEY, value):
        raise ValueError('Write amounts as text, such as "120.00": digits, a point, up to three decimals')
    return value


def _a_currency(code: str) -> str:
    if not money.known(code):
        raise ValueError("There is no such currency")
    return code


def _an_address(text: str) -> str:
    # A zone ("%eth0") is of one machine only, and PostgreSQL does not store it.
    if "%" in text:
        raise ValueError("Not an IP address")
    return str(ipaddress.ip_address(text))


def _iso_day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("Write the day as 2026-11-30 (ISO 8601)")
    return value


def _iso_moment(value: object) -> object:
    # A bare number would be taken for seconds since 1970.
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError("Write the moment as 2026-11-30T14:20:00+02:00 (ISO 8601)")
    return value


def _one_line(text: str) -> str:
    if _CONTROLS.search(text):
        raise ValueError("Line breaks and control characters cannot be part of this text")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_one_line)]
Prose = Annotated[str, AfterValidator(_no_nul)]
Money = Annotated[
    Decimal,
    BeforeValidator(_text_only),
    Field(ge=0, max_digits=13, decimal_places=3),
    WithJsonSchema({"type": "string", "pattern": MONEY, "examples": ["120.00"]}),
]
Paid = Annotated[
    Decimal,
    BeforeValidator(_text_only),
    Field(gt=0, max_digits=13, decimal_places=3),
    WithJsonSchema({"type": "string", "pattern": MONEY, "examples": ["120.00"]}),
]
Currency = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{3}$"),
    AfterValidator(_a_currency),
    Field(examples=["UAH"], description="ISO 4217, or IRT for the Iranian toman."),
]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$"), Field(examples=["UA"])]
Language = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(LANGUAGES)})$"), Field(examples=["uk"])]
Address = Annotated[
    str, AfterValidator(_an_address), Field(max_length=45), WithJsonSchema({"type": "string", "maxLength": 45})
]
Day = Annotated[date, BeforeValidator(_iso_day), Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Moment = Annotated[AwareDatetime, BeforeValidator(_iso_moment), Field(examples=["2025-11-12T14:20:00+02:00"])]
Code = Annotated[
    str,
    Field(max_length=40, pattern=r"^[\w-]+$", examples=["NH-1-2511-0117"], description="The order's tracking code."),
]
