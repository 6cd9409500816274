"""The five languages: their codes, locales, own names and directions.

A language code is Django's (`zh-hant`). Anything unknown is read as its nearest relative (`zh-hk` as `zh-hant`,
`fa-ir` as `fa`) and, with none, as English: words for people never fail because of a language.

How a language is written also hangs on the region: digits (١٢ in Riyadh, 12 in Dubai), order of day and month, names of
months. A reader's `tag` (BCP 47, "ar-AE") says both and is taken wherever a code is; a page has it as its `lang`.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

from babel import Locale
from babel.core import get_global
from babel.localedata import exists

LANGUAGES: Final = ("en", "ar", "fa", "uk", "zh-hant")

# Babel's locale of each language. ar_EG rather than ar: its numbers are in Arabic-Indic digits and its Gregorian
# months are the ones the Gulf and Egypt use. zh_Hant_HK: Hong Kong is where the product's Chinese is from.
_LOCALES: Final = {"en": "en", "ar": "ar_EG", "fa": "fa", "uk": "uk", "zh-hant": "zh_Hant_HK"}

# How a language is written where the region is none of its own ("uk" in Poland).
_USUAL_TAGS: Final = {"en": "en-GB", "ar": "ar-EG", "fa": "fa-IR", "uk": "uk-UA", "zh-hant": "zh-Hant-HK"}

# Where shops write Latin digits although CLDR has Arabic ones.
_LATIN_DIGITS: Final = frozenset({"ar_KW"})

Numbering = Literal["latn", "arab", "arabext"]
_NUMBERINGS: Final[dict[str, Numbering]] = {"arab": "arab", "arabext": "arabext"}

Order = Literal["dmy", "mdy", "ymd"]

_OWN_NAMES: Final = {"en": "English", "ar": "العربية", "fa": "فارسی", "uk": "Українська", "zh-hant": "繁體中文"}

# What people write on a parcel, where CLDR has the full style of a state.
_SHORT: Final[dict[str, dict[str, str]]] = {
    "HK": {"en": "Hong Kong", "ar": "هونغ كونغ", "fa": "هنگ‌کنگ", "uk": "Гонконг", "zh-hant": "香港"},
    "MO": {"en": "Macao", "ar": "ماكاو", "fa": "ماکائو", "uk": "Макао", "zh-hant": "澳門"},
}

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"


@lru_cache(maxsize=256)
def language(code: str) -> str:
    """The one of LANGUAGES that is nearest to `code` ("fa-IR", "zh_HK", "UK"…); "en" where none is."""
    lowered = code.replace("_", "-").lower()
    if lowered in LANGUAGES:
        return lowered
    base = lowered.split("-")[0]
    if base == "zh":
        return "zh-hant"
    return base if base in LANGUAGES else "en"


@lru_cache(maxsize=1024)
def tag(code: str, country: str = "") -> str:
    """How the language is written in a country (ISO 3166-1 alpha-2), as a BCP 47 tag: "ar-AE", "zh-Hant-HK", "en-US".

    Where the language is at home in the country, as CLDR knows it; else as it is usually written.
    """
    known = language(code)
    base = "zh-Hant" if known == "zh-hant" else known
    upper = country.upper()
    at_home = upper.isascii() and upper.isalpha() and len(upper) == 2 and exists(f"{base}-{upper}".replace("-", "_"))
    return f"{base}-{upper}" if at_home else _USUAL_TAGS[known]


@lru_cache(maxsize=1024)
def locale(code: str) -> Locale:
    """Babel's locale for a language code or a tag."""
    known = language(code)
    region = code.replace("_", "-").rpartition("-")[2].upper()
    if len(region) != 2 or code.lower() == known:
        return Locale.parse(_LOCALES[known])
    return Locale.parse(tag(known, region), sep="-")


@lru_cache(maxsize=1024)
def numbering(code: str) -> Numbering:
    """The digits the reader of a language code or tag expects, as Unicode names its numbering systems."""
    where = locale(code)
    if str(where) in _LATIN_DIGITS:
        return "latn"
    return _NUMBERINGS.get(where.default_numbering_system, "latn")


def colon(code: str) -> str:
    """What stands between a label and what it labels: a colon as wide as the script is."""
    return "：" if language(code) == "zh-hant" else ": "


@lru_cache(maxsize=1024)
def date_order(code: str) -> Order:
    """Which of day, month and year comes first where a reader writes a day in digits."""
    if language(code) in ("fa", "zh-hant"):
        return "ymd"
    return "mdy" if month_first(code) else "dmy"


@lru_cache(maxsize=1024)
def month_first(code: str) -> bool:
    """Whether the month stands before the day in words ("Nov 30, 2026"), as in the United States."""
    return code.lower() != "en" and str(locale(code).date_formats["medium"].pattern).startswith("M")


@lru_cache(maxsize=256)
def first_weekday(country: str) -> int:
    """The day a week begins with in a country, 0 for Monday to 6 for Sunday."""
    likely = str(get_global("likely_subtags").get(f"und_{country.upper()}", f"en_{country.upper()}"))
    spoken, *_script, region = likely.split("_")
    there = next((known for known in (likely, f"{spoken}_{region}") if exists(known)), "en_001")
    return int(Locale.parse(there).first_week_day)


def direction(code: str) -> Literal["rtl", "ltr"]:
    """The direction in which the language is written."""
    return "rtl" if language(code) in ("ar", "fa") else "ltr"


def own_name(code: str) -> str:
    """The language's name in that language, as a language chooser shows it."""
    return _OWN_NAMES[language(code)]


def country(code: str, language_code: str) -> str:
    """A country (ISO 3166-1 alpha-2) by its name in that language; what was given where it is none."""
    upper = code.upper()
    short = _SHORT.get(upper, {}).get(language(language_code))
    return short or str(locale(language_code).territories.get(upper, code))


def isolate(text: str) -> str:
    """Wrap a code, phone, address or amount for plain text, so that it keeps its own direction inside a sentence.

    The plain-text counterpart of `<bdi>` (Unicode UAX #9, first strong isolate).
    """
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}" if text else ""


def in_one_piece(text: str) -> str:
    """Numbers and marks without a letter, such as the size 150×220, isolated: else each line turns them its own way."""
    return text if any(letter.isalpha() for letter in text) else isolate(text)


def listed(several: Iterable[str], language: str) -> str:
    """Several names in a row, each in its own direction, parted as the language does it."""
    return {"ar": "، ", "fa": "، ", "zh-hant": "、"}.get(language, ", ").join(map(isolate, several))
