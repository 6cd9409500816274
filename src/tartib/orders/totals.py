"""What an order comes to: the one place where it is computed. Pure, exact, in whole quanta of the currency.

Rounding happens once a position, halves away from zero, so that what the positions say is what the order costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from tartib.l10n import money

ZERO = Decimal(0)
_HUNDRED = Decimal(100)


class Off(StrEnum):
    """What a reduction takes off: a share of the goods, an amount of them, or the delivery."""

    PERCENT = "percent"
    AMOUNT = "amount"
    SHIPPING = "shipping"


@dataclass(frozen=True, slots=True)
class Reduction:
    """Something taken off, in the order in which it is taken: `value` is percent or money, as `off` says.

    `source` says what gave it (a code, for instance), for the page and the order to name it.
    """

    off: Off
    value: Decimal = ZERO
    source: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A position: price of one piece, how many, and the percent of tax on it."""

    price: Decimal
    quantity: int
    tax_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Position:
    """What a position comes to: `amount` as priced, what is taken `off` of it, and the tax in it or on it.

    `tax_percent` is None where the tax of the order is not by percents.
    """

    amount: Decimal
    off: Decimal
    tax: Decimal
    tax_percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of an order. `tax` is part of the other amounts where prices include it, else it is added to them.

    The percents are those by which it was taxed; None where somebody wrote the tax instead (`with_tax`).
    """

    positions: tuple[Position, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    tax_included: bool
    total: Decimal
    shipping_tax_percent: Decimal | None
    taken: tuple[tuple[Reduction, Decimal], ...] = ()

    def with_tax(self, tax: Decimal) -> Totals:
        """The same with a tax that somebody wrote. Where it is another than that by the percents, these do not hold."""
        if tax == self.tax:
            return self
        more = ZERO if self.tax_included else tax - self.tax
        positions = tuple(replace(position, tax_percent=None) for position in self.positions)
        return replace(self, tax=tax, total=self.total + more, positions=positions, shipping_tax_percent=None)


def add_up(
    items: Sequence[Item],
    shipping: Decimal,
    reductions: Sequence[Reduction],
    currency: str,
    *,
    tax_included: bool,
    shipping_tax_percent: Decimal = ZERO,
) -> Totals:
    """The sums of these positions and their delivery, reduced and taxed.

    A reduction never takes more than there is. It is spread over the positions by what they cost, so that each is
    taxed on what is paid for it.
    """
    amounts = [money.rounded(item.price * item.quantity, currency) for item in items]
    left = list(amounts)
    sending = money.rounded(shipping, currency)
    taken: list[tuple[Reduction, Decimal]] = []
    for reduction in reductions:
        if reduction.off == Off.SHIPPING:
            taken.append((reduction, sending))
            sending = ZERO
            continue
        worth = sum(left, ZERO)
        asked = worth * reduction.value / _HUNDRED if reduction.off == Off.PERCENT else reduction.value
        off = min(worth, max(ZERO, money.rounded(asked, currency)))
        left = [amount - share for amount, share in zip(left, spread(off, left, currency), strict=True)]
        taken.append((reduction, off))
    positions = tuple(
        Position(amount, amount - rest, _tax(rest, item.tax_percent, currency, included=tax_included), item.tax_percent)
        for item, amount, rest in zip(items, amounts, left, strict=True)
    )
    subtotal, paid = sum(amounts, ZERO), sum(left, ZERO)
    tax = sum((position.tax for position in positions), ZERO)
    tax += _tax(sending, shipping_tax_percent, currency, included=tax_included)
    total = paid + sending + (ZERO if tax_included else tax)
    off = subtotal - paid
    return Totals(positions, subtotal, off, sending, tax, tax_included, total, shipping_tax_percent, tuple(taken))


def spread(amount: Decimal, over: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`amount` shared out by these weights in whole quanta: nothing is lost, and no share is above its weight.

    `amount` is at most the sum of the weights. What rounding leaves over goes to where it was cut off most.
    """
    whole = sum(over, ZERO)
    if not whole:
        return [ZERO] * len(over)
    quantum = money.quantum(currency)
    exact = [amount * weight / whole for weight in over]
    shares = [part.quantize(quantum, rounding=ROUND_FLOOR) for part in exact]
    missing = int((amount - sum(shares, ZERO)) / quantum)
    most_cut = sorted(range(len(over)), key=lambda place: shares[place] - exact[place])
    for place in most_cut[:missing]:
        shares[place] += quantum
    return shares


def _tax(amount: Decimal, percent: Decimal, currency: str, *, included: bool) -> Decimal:
    return money.rounded(amount * percent / (_HUNDRED + percent if included else _HUNDRED), currency)
