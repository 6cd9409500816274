"""Amounts of money as a reader of the language writes them.

Currencies are ISO 4217 codes, with one addition: IRT, the Iranian toman (ten rials), which has no ISO code although
prices in Iran are spoken and usually written in it.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import NumberPattern, get_currency_precision, get_currency_symbol, list_currencies, parse_pattern

from tartib.speech import digits
from tartib.speech.names import language, locale

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
    "zh-hant": {"IRT": "土曼", "UAH": "₴"},
}

# Persian writes the currency after the number ("۱۲۰٬۰۰۰ تومان"), whatever CLDR's pattern says; the mark before its
# minus keeps the minus on the number's left in a right-to-left line.
_PATTERNS: Final = {"fa": "#,##0.00\u00a0¤;\u200e\u2212#,##0.00\u00a0¤"}

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
    return known if known is not None else get_currency_symbol(currency, locale=locale(code))


@lru_cache(maxsize=4096)
def show(amount: Decimal, currency: str, code: str) -> str:
    """The amount with its currency in the language: "₴1,240.00", "۱۲۰٬۰۰۰ تومان", "HK$88.00"."""
    value = rounded(amount, currency)
    places = exponent(currency)
    if currency in _WHOLE_WHEN_WHOLE and value == value.to_integral_value():
        places = 0
    pattern, sign = _pattern(currency, language(code), places)
    text: str = pattern.apply(value, locale(code), currency=None, numbering_system="default")
    return digits.local(text.replace("¤", sign).replace("-", "−"), code)


@lru_cache(maxsize=512)
def _pattern(currency: str, code: str, places: int) -> tuple[NumberPattern, str]:
    """The number pattern of the language with so many decimals, and the currency's sign with the space it needs."""
    own = _PATTERNS.get(code)
    if own is None and currency in _WORDS and code in ("en", "zh-hant"):
        own = _WORD_PATTERN
    pattern = parse_pattern(own or locale(code).currency_formats["standard"].pattern)
    pattern.frac_prec = (places, places)
    sign = symbol(currency, code)
    # CLDR: a sign that ends in a letter and stands right before the digits is set off by a space ("AED 12.00").
    if pattern.prefix[0].endswith("¤") and sign[-1:].isalpha():
        sign += "\u00a0"
    return pattern, sign
