"""An order's sums: which reading of a file's amounts comes out as its total, to the last cent. Pure.

Files say neither whether tax is within the prices nor whether a discount has been taken off them already, and they
mean different things by the total of a line. Each such reading is tried; the first that comes out is the right one.
Where none does, the order keeps its total, and what its parts add up to is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from tartib.imports.records import Line
from tartib.l10n import money

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a file says of an order's money, none of it negative.

    `discount` is the platform's, which may or may not be in the lines already; `taken_off` are negative positions,
    which are in nothing else. `tax_included` is None where the file does not say.
    """

    lines: tuple[Line, ...]
    shipping: Decimal
    discount: Decimal
    taken_off: Decimal
    tax: Decimal
    total: Decimal | None
    tax_included: bool | None = None
    subtotal: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The reading that was taken: `off` is the discount besides the lines', `expected` what the parts add up to."""

    lines: tuple[Line, ...]
    off: Decimal
    tax_included: bool
    total: Decimal
    expected: Decimal


def settle(parts: Parts, currency: str) -> Settled:
    """The reading of the parts that comes out as the total, else the usual one."""
    parts = _kept(parts, currency)
    lines = tuple(_exact(line, currency) for line in _priced(parts))
    if lines != parts.lines:
        parts = replace(parts, lines=lines)
    usual: Settled | None = None
    for found in _readings(parts, currency):
        usual = usual or found
        if found.expected == found.total:
            return found
    assert usual is not None
    return usual


def _kept(parts: Parts, currency: str) -> Parts:
    """The parts in amounts that can be kept."""
    said = (parts.shipping, parts.discount, parts.taken_off, parts.tax, parts.total or ZERO)
    kept = tuple(rounded(amount, currency) for amount in said)
    if kept == said:
        return parts
    shipping, discount, taken_off, tax, total = kept
    return replace(
        parts, shipping=shipping, discount=discount, taken_off=taken_off, tax=tax,
        total=None if parts.total is None else total,
    )  # fmt: skip


def _readings(parts: Parts, currency: str) -> Iterator[Settled]:
    """Every way to understand the parts, the likeliest first."""
    for lines in _lines(parts.lines, currency):
        net = sum((line.total for line in lines), ZERO)
        in_lines = sum((line.discount for line in lines), ZERO)
        offs = dict.fromkeys((max(parts.discount - in_lines, ZERO), parts.discount, ZERO))
        for included in _included(parts):
            for off in offs:
                added = ZERO if included else parts.tax
                expected = net + parts.shipping + added - off - parts.taken_off
                total = max(expected, ZERO) if parts.total is None else parts.total
                yield Settled(lines, off + parts.taken_off, included, total, expected)


def _included(parts: Parts) -> tuple[bool, ...]:
    if parts.tax_included is not None:
        return (parts.tax_included, not parts.tax_included) if parts.tax else (parts.tax_included,)
    if not parts.tax:
        return (False,)
    return (True, False) if parts.total is None and _is_inside(parts) else (False, True)


def _is_inside(parts: Parts) -> bool:
    """Whether a tax is a whole percent of what is taxed only as a part of its price; where no total decides it."""
    net = sum((line.total for line in parts.lines), ZERO) - parts.taken_off
    taxed = {net, net - parts.discount, net + parts.shipping, net + parts.shipping - parts.discount}

    def fits(base: Decimal) -> bool:
        return base > 0 and abs(base * (parts.tax * 100 / base).quantize(_WHOLE) / 100 - parts.tax) < _CENT

    return any(fits(base - parts.tax) for base in taxed) and not any(map(fits, taxed))


_WHOLE, _CENT = Decimal(1), Decimal("0.01")


def _lines(lines: tuple[Line, ...], currency: str) -> Iterator[tuple[Line, ...]]:
    """The lines as the file has them; with totals before their discounts; with totals worked out from the prices."""
    yield lines
    if any(line.discount and line.total >= line.discount for line in lines):
        yield tuple(
            replace(line, total=line.total - line.discount) if line.total >= line.discount else line for line in lines
        )
    computed = tuple(
        replace(line, total=max(rounded(line.price * line.quantity - line.discount, currency), ZERO))
        if line.price
        else line
        for line in lines
    )
    if computed != lines:
        yield computed


def _priced(parts: Parts) -> Sequence[Line]:
    """The lines, with the goods' sum on one of them where the file has no prices of any."""
    lines = parts.lines
    if parts.total is None or any(line.total or line.price for line in lines):
        return lines
    goods = parts.subtotal
    if goods is None:
        added = ZERO if parts.tax_included else parts.tax
        goods = parts.total - parts.shipping - added + parts.discount + parts.taken_off
    if goods <= 0:
        return lines
    if len(lines) == 1:
        only = lines[0]
        return (replace(only, price=(goods + only.discount) / only.quantity, total=goods),)
    return (*lines, Line("", "", "", 1, goods, ZERO, goods))


def _exact(line: Line, currency: str) -> Line:
    """The line in amounts that can be kept."""
    price = line.price if line.price == line.price.quantize(_PRICE) else line.price.quantize(_PRICE)
    discount, total = rounded(line.discount, currency), rounded(line.total, currency)
    if (price, discount, total) == (line.price, line.discount, line.total):
        return line
    return replace(line, price=price, discount=discount, total=total)


# What a price of one piece is kept in; that of three pieces for 100.00 is 33.333.
_PRICE: Final = Decimal("0.001")
_KEPT: Final = 3


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount as it can be kept: one of more than three decimals in those of its currency, and two at least."""
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= _KEPT:
        return amount
    return amount.quantize(Decimal(1).scaleb(-max(2, money.exponent(currency))), rounding=ROUND_HALF_UP)
