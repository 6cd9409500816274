"""Amounts in what gateways count in: the one place where money becomes whole numbers and comes back.

Most count the smallest coin (cents, halalas); some count whole units of a currency that has coins nobody uses (TWD with
ECPay), thousandths (KWD), or rials for a shop that prices in toman. Nothing is ever rounded: an amount that a gateway
cannot express is refused before the customer is sent there.
"""

from __future__ import annotations

from decimal import Decimal

from tartib.l10n import money
from tartib.payments.gateways.protocol import Refused

RIALS_IN_A_TOMAN = 10


def minor(amount: Decimal, currency: str, places: int | None = None) -> int:
    """The amount in units of which 10^`places` make one of the currency: ISO 4217's own number where not given.

    Raises `Refused` when the amount has smaller parts than that, so that nothing is rounded away.
    """
    whole = amount.scaleb(_places(currency, places))
    if whole != whole.to_integral_value():
        raise Refused(f"{amount} {currency} has parts that the gateway cannot express")
    return int(whole)


def major(number: int | str, currency: str, places: int | None = None) -> Decimal:
    """The amount that so many of those units are. Raises `ValueError` for what is not a whole number."""
    return Decimal(int(number)).scaleb(-_places(currency, places))


def rials(amount: Decimal, currency: str) -> int:
    """An amount in rials (IRR) or toman (IRT) in rials, as Iranian gateways count. Raises `Refused` for others."""
    if currency not in ("IRR", "IRT"):
        raise Refused(f"{currency} is not paid in rials")
    return minor(amount * (RIALS_IN_A_TOMAN if currency == "IRT" else 1), "IRR")


def from_rials(number: int | str, currency: str) -> Decimal:
    """So many rials in the currency the shop prices in, IRR or IRT."""
    count = Decimal(int(number))
    return count / RIALS_IN_A_TOMAN if currency == "IRT" else count


def plain(amount: Decimal, currency: str) -> str:
    """The amount as gateways read decimal text: "1240.00", "12.500", "1500"; raises `Refused` like `minor`."""
    minor(amount, currency)
    return format(amount.quantize(money.quantum(currency)), "f")


def _places(currency: str, places: int | None) -> int:
    return money.exponent(currency) if places is None else places
