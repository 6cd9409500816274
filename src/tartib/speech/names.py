"""The five languages: their codes, locales, own names and directions.

A language code is Django's (`zh-hant`). Anything unknown is read as its nearest relative (`zh-hk` as `zh-hant`,
`fa-ir` as `fa`) and, with none, as English: words for people never fail because of a language.
"""

from functools import lru_cache
from typing import Final, Literal

from babel import Locale

LANGUAGES: Final = ("en", "ar", "fa", "uk", "zh-hant")

# Babel's locale of each language. ar_EG rather than ar: its numbers are in Arabic-Indic digits and its Gregorian
# months are the ones the Gulf and Egypt use. zh_Hant_HK: Hong Kong is where the product's Chinese is from.
_LOCALES: Final = {"en": "en", "ar": "ar_EG", "fa": "fa", "uk": "uk", "zh-hant": "zh_Hant_HK"}

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


@lru_cache(maxsize=256)
def locale(code: str) -> Locale:
    """Babel's locale for a language code."""
    return Locale.parse(_LOCALES[language(code)])


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
