"""How Stripe counts money: most currencies in hundredths, some in whole units, five in thousandths that end in 0.

https://docs.stripe.com/currencies: its presentment currencies, those without decimals and those with three.
"""

from __future__ import annotations

from decimal import Decimal

from tartib.payments.gateways import units
from tartib.payments.gateways.protocol import Refused

_WHOLE = {
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"
}  # fmt: skip
_THOUSANDTHS = {"BHD", "JOD", "KWD", "OMR", "TND"}
_HUNDREDTHS = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND",
    "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CVE", "CZK", "DKK", "DOP",
    "DZD", "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF",
    "IDR", "ILS", "INR", "ISK", "JMD", "KES", "KGS", "KHR", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD",
    "MDL", "MKD", "MMK", "MNT", "MOP", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
    "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "SAR", "SBD", "SCR", "SEK", "SGD", "SHP",
    "SLE", "SOS", "SRD", "STD", "SZL", "THB", "TJS", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
    "UZS", "WST", "XCD", "YER", "ZAR", "ZMW",
}  # fmt: skip
CURRENCIES = frozenset(_WHOLE | _THOUSANDTHS | _HUNDREDTHS)
"""What Stripe takes money in."""


def minor(amount: Decimal, currency: str) -> int:
    """The amount as Stripe counts it. Raises `Refused` for what it cannot express, such as 0.125 KWD."""
    number = units.minor(amount, currency, _places(currency))
    if currency in _THOUSANDTHS and number % 10:
        raise Refused(f"{amount} {currency}: Stripe takes two decimals")
    return number


def major(number: int, currency: str) -> Decimal:
    """The amount that Stripe counts so."""
    return units.major(number, currency, _places(currency))


def _places(currency: str) -> int:
    return 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
