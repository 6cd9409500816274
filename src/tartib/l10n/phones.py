"""Telephone numbers: what was written, read by the numbering plans of all countries (`phonenumbers`), nothing lost.

A number has one form in which it is kept and compared: "+989121234567" (E.164) where it can be dialled, else the digits
that were written. A number is never moved to another country in silence: one without + or 00 is of the country it is
read for, or of none. The plans are long and are read when the first number is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Final, Literal

from tartib.l10n import digits

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

Note = Literal["unreadable", "unknown", "second", "extension", "words", "abroad"]
"""What there is to say of a text with a number.

- `unreadable`: there is no number in it;
- `unknown`: its digits are no number that can be dialled as they stand;
- `second`: it holds another number as well, the first is used;
- `extension`: it has one, which no message can reach;
- `words`: it says more than a number;
- `abroad`: it was read as another country's, whose code it begins with, without + or 00.
"""

Kind = Literal["mobile", "fixed", "service", "unknown", ""]
"""What answers: a mobile (or what may be one), a fixed line, a service such as a premium number or a free one."""

_LONGEST: Final = 200
_EXTENSIONS: Final = re.compile(
    r"(?:داخلی|داخلي|تحويلة|تحویله|فرعي|дод|доб|внутр|вн|內線|内線|分機|分机|轉|转)\.?\s*(?:[:：]\s*)?(?=\d)",
    re.IGNORECASE,
)
_TRUNK_IN_BRACKETS: Final = re.compile(r"\(\s*0\s*\)")
_TWICE: Final = re.compile(r"(\+\d{1,3})\s*(?=\1\b)")
_PIECE: Final = re.compile(r"[+(]*\d[\d().]*")
_MARKS: Final = re.compile(r"[\s+().\-/\u2010-\u2015\u2212\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
# What stands between two numbers, and to the library would begin an extension.
_BETWEEN: Final = re.compile(r"[,;،؛，；、]")
_UKRAINIAN_EIGHT: Final = re.compile(r"8\s*(?:\(\s*)?(?=0)")
_E164_LENGTH: Final = range(7, 16)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in which somebody wrote a phone.

    `number` is its one form ("" without a digit), `second` that of another number in the same text.
    """

    written: str
    number: str = ""
    extension: str = ""
    kind: Kind = ""
    second: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def said(self) -> str:
        """What was written, where `number` does not say all of it; "" where it does."""
        return self.written if self.notes else ""

    @property
    def dialled(self) -> bool:
        """Whether it can be dialled from anywhere."""
        return self.number.startswith("+")


def read_phone(text: str, *countries: str | None) -> Reading:
    """Read what somebody wrote as their phone, in any digits.

    `countries` are the ISO codes of the address's country and the shop's: they make 0912 123 4567 an Iranian number. It
    is of the first in which it can be dialled.
    """
    written = text.strip()
    named = list(dict.fromkeys(country.upper() for country in countries if country)) or [""]
    readings = (_read(written, country) for country in named)
    return next((found for found in readings if found.dialled), None) or _read(written, named[0])


def phone(text: str, country: str | None = None) -> str:
    """The one form of the number in a text; "" when there is none."""
    return read_phone(text, country).number


def textable(number: str) -> bool:
    """Whether an SMS may arrive at a number in its one form: at no fixed line, service or number of no country."""
    return number.startswith("+") and read_phone(number).kind in ("mobile", "unknown")


def shown(number: str) -> str:
    """A number in its one form as people read it: "+98 912 123 4567"; one of no country as it is."""
    found = _parsed(number, "") if number.startswith("+") else None
    if found is None:
        return number
    return str(_library().format_number(found, _library().PhoneNumberFormat.INTERNATIONAL))


def example(country: str) -> str:
    """A mobile number of a country as people there read it with its code, to show how one is written; "" of none."""
    library = _library()
    found = library.example_number_for_type(country.upper(), library.PhoneNumberType.MOBILE) if country else None
    return str(library.format_number(found, library.PhoneNumberFormat.INTERNATIONAL)) if found else ""


def spellings(number: str) -> list[str]:
    """The digit strings under which people look a number up: with the country's code, and as dialled inside it."""
    bare = number.lstrip("+")
    code = _code(number)
    trunk = _trunk(code) if code else ""
    if not trunk or trunk == code:
        return [bare] if bare else []
    return [bare, trunk + bare[len(code) :]]


def countries(number: str) -> tuple[str, ...]:
    """The countries whose code an international number begins with, as ISO codes; none where that is unknown."""
    code = _code(number)
    return tuple(_library().COUNTRY_CODE_TO_REGION_CODE[int(code)]) if code else ()


def core(text: str) -> str:
    """The digits of a number without country code or trunk prefix: the part that every spelling of it ends with."""
    number = phone(text)
    if not number.startswith("+"):
        abroad = _international(number) if len(number) >= 11 and not number.startswith("0") else None
        number = abroad or number
    return number.lstrip("+")[len(_code(number)) :].lstrip("0")


@cache
def _library() -> ModuleType:
    import phonenumbers  # a fifth of a second, which no command or page pays that reads no phone

    return phonenumbers


@lru_cache(maxsize=8192)
def _read(written: str, country: str) -> Reading:
    """Reading is the same for the same text, and the same numbers come again and again."""
    plain = digits.latin(written).replace("\uff0b", "+")
    said = _TRUNK_IN_BRACKETS.sub(" ", plain) if plain.lstrip("( ").startswith(("+", "00")) else plain
    said = _BETWEEN.sub(" / ", _TWICE.sub("", _EXTENSIONS.sub(" ext. ", said)))
    if said.startswith("00") and not country:
        said = f"+{said[2:]}"
    if country == "UA":
        said = _UKRAINIAN_EIGHT.sub("", said, count=1) if _UKRAINIAN_EIGHT.match(said) else said
    bare = re.sub(r"\D", "", plain)
    if not bare:
        return Reading(written, notes=("unreadable",) if written else ())
    found = _valid(said, country)
    if found is not None:
        more: list[Note] = ["words"] if not found.extension and _words(plain) else []
        return _reading(written, found, "", more)
    numbers = list(_apart(said, country))
    if len(numbers) > 1:
        return _reading(written, numbers[0], _one_form(numbers[1]), ["second"])
    if numbers:
        return _reading(written, numbers[0], "", ["words"])
    if (known := _parsed(said, country)) is not None and plain.lstrip("( ").startswith(("+", "00")):
        return _reading(written, known, "", ["unknown"])
    if abroad := _international(bare):
        number = _parsed(abroad, "")
        if number is not None:
            return _reading(written, number, "", ["abroad"])
    return Reading(written, bare, kind="unknown", notes=("unknown",))


def _reading(written: str, found: PhoneNumber, second: str, notes: list[Note]) -> Reading:
    extension = found.extension or ""
    told: list[Note] = [*notes, "extension"] if extension else notes
    return Reading(written, _one_form(found), extension, _kind(found), second, tuple(told))


def _valid(text: str, country: str) -> PhoneNumber | None:
    """The one number that a text is, if it is one of its country's plan."""
    found = _parsed(text, country)
    return found if found is not None and _library().is_valid_number(found) else None


def _parsed(text: str, country: str) -> PhoneNumber | None:
    """The one number that a text is, if it has the length of one."""
    library = _library()
    try:
        found = library.parse(text[:_LONGEST], country or None)
    except library.NumberParseException:
        return None
    return found if library.is_possible_number(found) and len(_one_form(found)) - 1 in _E164_LENGTH else None


def _apart(text: str, country: str) -> Iterator[PhoneNumber]:
    """The numbers of a text in which there are others or words beside: the longest first piece that is one, and on."""
    pieces = list(_PIECE.finditer(text[:_LONGEST]))
    start = 0
    while start < len(pieces):
        for end in range(len(pieces), start, -1):
            stop = pieces[end].start() if end < len(pieces) else len(text)
            found = _valid(text[pieces[start].start() : stop], country)
            found = found or _valid(text[pieces[start].start() : pieces[end - 1].end()], country)
            if found is not None:
                yield found
                start = end
                break
        else:
            start += 1


def _international(bare: str) -> str | None:
    """Digits that are a mobile of the country whose code they begin with, and too long to be anything else."""
    if len(bare) < 11 or bare.startswith("0"):
        return None
    found = _valid(f"+{bare}", "")
    return _one_form(found) if found is not None and found.country_code != 1 and _kind(found) == "mobile" else None


def _one_form(found: PhoneNumber) -> str:
    return str(_library().format_number(found, _library().PhoneNumberFormat.E164)).partition(";")[0]


def _kind(found: PhoneNumber) -> Kind:
    library = _library()
    kinds = library.PhoneNumberType
    found_as = library.number_type(found)
    if found_as in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE):
        return "mobile"
    if found_as == kinds.FIXED_LINE:
        return "fixed"
    return "unknown" if found_as == kinds.UNKNOWN else "service"


def _words(plain: str) -> bool:
    """Whether a text says more than the digits and marks of a number."""
    return bool(re.sub(r"\d+", "", _MARKS.sub("", plain)))


@lru_cache(maxsize=1024)
def _code_of(beginning: str) -> str:
    known = _library().COUNTRY_CODE_TO_REGION_CODE
    return next((beginning[:length] for length in (1, 2, 3) if int(beginning[:length] or 0) in known), "")


def _code(number: str) -> str:
    """The country's code that a number in its one form begins with; "" without."""
    return _code_of(number[1:4]) if number.startswith("+") and number[1:4].isascii() and number[1:].isdecimal() else ""


@cache
def _trunk(code: str) -> str:
    """What is dialled before a number inside the country of that code."""
    from phonenumbers import PhoneMetadata

    region = _library().region_code_for_country_code(int(code))
    plan = PhoneMetadata.metadata_for_region(region, None)
    return (plan.national_prefix or "") if plan else ""
