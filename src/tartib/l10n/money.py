"""Amounts of money as a reader of the language writes them.

Currencies are ISO 4217 codes, with one addition: IRT, the Iranian toman (ten rials), which has no ISO code although
prices in Iran are spoken and usually written in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import NumberPattern, get_currency_precision, get_currency_symbol, list_currencies, parse_pattern

from tartib.l10n import digits
from tartib.l10n.names import direction, language, locale, numbering

_TOMAN: Final = "IRT"

# Where CLDR gives a bare code although readers know a sign or a word for it.
_SYMBOLS: Final[dict[str, dict[str, str]]] = {
    "en": {"IRT": "Toman", "UAH": "₴"},
    "ar": {"IRT": "تومان", "IRR": "ريال إيراني", "UAH": "₴", "USD": "$", "GBP": "£"},
    "fa": {
        "IRT": "تومان",
        "IRR": "ریال",
        "USD": "دلار",
        "EUR": "یورو",
        "GBP": "پوند",
        "AED": "درهم",
        "SAR": "ریال سعودی",
        "KWD": "دینار کویت",
        "QAR": "ریال قطر",
        "TRY": "لیر",
        "HKD": "دلار هنگ‌کنگ",
        "TWD": "دلار تایوان",
        "UAH": "₴",
    },
    "uk": {"IRT": "томанів", "USD": "$", "EUR": "€", "GBP": "£"},
    # The same wherever it is read: in Taiwan CLDR has a bare "$".
    "zh-hant": {"IRT": "土曼", "UAH": "₴", "TWD": "NT$"},
}

# Persian writes the currency after the number ("۱۲۰٬۰۰۰ تومان"), whatever CLDR's pattern says; the mark before its
# minus keeps the minus on the number's left in a right-to-left line.
_PATTERNS: Final = {"fa": "#,##0.00\u00a0¤;\u200e\u2212#,##0.00\u00a0¤"}

# Words that are counted, by the plural categories of CLDR: "1 томан", "2 томани", "5 томанів".
_COUNTED: Final = {"uk": {"IRT": {"one": "томан", "few": "томани", "many": "томанів", "other": "томана"}}}

# A word rather than a sign stands after the number in the languages that put signs before it ("120,000 Toman").
_WORDS: Final = frozenset({"IRT"})
_WORD_PATTERN: Final = "#,##0.00\u00a0¤"

# Written without decimals when the amount is whole: nobody in Taiwan prints NT$1,200.00.
_WHOLE_WHEN_WHOLE: Final = frozenset({"TWD"})


@lru_cache(maxsize=256)
def known(currency: str) -> bool:
    """Whether there is such a currency, today or in former times."""
    return currency == _TOMAN or currency in list_currencies()


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for UAH, 3 for KWD, 0 for IRR and IRT; 2 where it is unknown."""
    return 0 if currency == _TOMAN else get_currency_precision(currency)


@lru_cache(maxsize=256)
def quantum(currency: str) -> Decimal:
    """The smallest amount of the currency: Decimal("0.01") for UAH."""
    return Decimal(1).scaleb(-exponent(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole quanta of the currency, halves away from zero, as shops round."""
    return amount.quantize(quantum(currency), rounding=ROUND_HALF_UP)


def symbol(currency: str, code: str) -> str:
    """The sign or short name of the currency in the language; the code itself where there is none."""
    known = _SYMBOLS[language(code)].get(currency)
    if known is not None:
        return known
    # The English of everywhere else is written as in Britain, but its bare "$" is that of the United States.
    where = locale("en") if str(locale(code)) == "en_GB" else locale(code)
    return get_currency_symbol(currency, locale=where)


@dataclass(frozen=True, slots=True)
class Form:
    """How amounts of a currency are written: around the number ("{}"), above and below nought, and its decimals.

    `whole`: an amount without a fraction is written without decimals. `words`: the currency's name for "{word}", by the
    plural category of the number. Scripts write amounts by the same form.
    """

    plus: str
    minus: str
    places: int
    whole: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def show(amount: Decimal, currency: str, code: str) -> str:
    """The amount with its currency as the reader of a language (or tag) writes it: "₴1,240.00", "۱۲۰٬۰۰۰ تومان"."""
    written, value = form(currency, code), rounded(amount, currency)
    places = 0 if written.whole and value == value.to_integral_value() else written.places
    number = _number(places, code).apply(abs(value), locale(code), currency=None, numbering_system=numbering(code))
    text = (written.minus if value < 0 else written.plus).replace("{}", number)
    if written.words:
        text = text.replace("{word}", written.words[locale(code).plural_form(abs(value))])
    return digits.local(text, code)


@lru_cache(maxsize=512)
def form(currency: str, code: str) -> Form:
    """How the reader of a language (or tag) writes amounts of the currency."""
    pattern = _pattern(currency, code)
    words = _COUNTED.get(language(code), {}).get(currency, {})
    sign = "{word}" if words else symbol(currency, code)
    # CLDR: a sign that ends in a letter and stands right before the digits is set off by a space ("AED 12.00").
    if pattern.prefix[0].endswith("¤") and sign[-1:].isalpha():
        sign += "\u00a0"
    plus, minus = (
        f"{before}{{}}{after}".replace("¤", sign) for before, after in zip(pattern.prefix, pattern.suffix, strict=True)
    )
    # Beside Latin digits a minus in Arabic would land on their right; a mark keeps it on the left, as CLDR has it.
    latin_in_rtl = direction(code) == "rtl" and numbering(code) == "latn"
    minus = minus.replace("-", "\u200e−" if latin_in_rtl else "−")
    return Form(plus, minus, exponent(currency), currency in _WHOLE_WHEN_WHOLE, words)


def _pattern(currency: str, code: str) -> NumberPattern:
    """The pattern of the language for such amounts."""
    own = _PATTERNS.get(language(code))
    if own is None and currency in _WORDS and language(code) in ("en", "zh-hant"):
        own = _WORD_PATTERN
    return parse_pattern(own or locale(code).currency_formats["standard"].pattern)


@lru_cache(maxsize=512)
def _number(places: int, code: str) -> NumberPattern:
    """The bare number of an amount, grouped as the reader groups amounts."""
    own = locale(code).currency_formats["standard"].pattern
    pattern = parse_pattern("#,##,##0.00" if "#,##,##0" in own else "#,##0.00")
    pattern.frac_prec = (places, places)
    return pattern
