"""What each piece of an order and its delivery cost the customer, and how much of that is tax.

The parts of an order come to just what it costs: what was taken off it is spread over its positions as at the checkout,
and each position and the delivery bear the tax by their own rates. Where these are not known, the tax is shared out by
price.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tartib.l10n import money
from tartib.orders.models import Line, Order
from tartib.orders.totals import ZERO, Item, Off, Reduction, Totals, add_up, spread


@dataclass(frozen=True, slots=True)
class Share:
    """What a part of an order cost the customer, and the tax that is in this."""

    cost: Decimal = ZERO
    tax: Decimal = ZERO

    def __add__(self, other: Share) -> Share:
        return Share(self.cost + other.cost, self.tax + other.tax)

    def __sub__(self, other: Share) -> Share:
        return Share(self.cost - other.cost, self.tax - other.tax)

    def part(self, counted: Decimal | int, of: Decimal | int, currency: str) -> Share:
        """So much of it as `counted` is of `of`, in whole quanta."""
        if not of:
            return Share()
        cost, tax = (money.rounded(amount * counted / of, currency) for amount in (self.cost, self.tax))
        return Share(cost, tax)


@dataclass(frozen=True, slots=True)
class Shares:
    """The parts of an order: its lines by their ids, and the delivery."""

    lines: dict[int, Share]
    delivery: Share
    currency: str

    def pieces(self, line: Line, count: int, gone: int | None = None) -> Share:
        """The share of so many pieces of a line after its `gone` first ones, by default those that have come back.

        One by one, all pieces of a line come to just what the line cost.
        """
        whole, before = self.lines[line.pk], line.came_back if gone is None else gone
        first, more = (whole.part(counted, line.quantity, self.currency) for counted in (before, before + count))
        return more - first


def together(parts: Iterable[Share]) -> Share:
    """What several parts come to."""
    return sum(parts, Share())


def shares(order: Order, lines: Sequence[Line]) -> Shares:
    """The parts of an order, of which `lines` are all; no query."""
    currency, off = order.case.currency, (order.discount_else, order.paid_by_points)
    rated = by_rates(order, lines, *off)
    sums = rated or _add_up(order, [Item(line.total, 1) for line in lines], off)
    goods = [position.amount - position.off for position in sums.positions]
    # What elsewhere was taken off above what the goods cost was taken off the delivery.
    parts = [*goods, max(ZERO, sums.shipping - max(ZERO, order.discount - sums.discount))]
    taxed = [*goods, parts[-1] if order.case.shop.tax_shipping else ZERO]
    if rated:
        of_goods = [position.tax for position in sums.positions]
        taxed = [*of_goods, sums.tax - sum(of_goods, ZERO)]
    taxes = spread(order.tax, taxed if any(taxed) else parts, currency)
    costs = parts if order.tax_included else [part + tax for part, tax in zip(parts, taxes, strict=True)]
    *each, delivery = [Share(cost, tax) for cost, tax in zip(costs, taxes, strict=True)]
    return Shares({line.pk: share for line, share in zip(lines, each, strict=True)}, delivery, currency)


def by_rates(order: Order, lines: Sequence[Line], *off: Decimal) -> Totals | None:
    """The sums of an order by the rates by which it was taxed, with these amounts taken off one after the other.

    None where its rates are not known: of orders from elsewhere, and where somebody wrote the tax.
    """
    items = [Item(line.total, 1, line.tax_percent) for line in lines if line.tax_percent is not None]
    if order.shipping_tax_percent is None or len(items) < len(lines):
        return None
    return _add_up(order, items, off, order.shipping_tax_percent)


def _add_up(order: Order, items: Sequence[Item], off: Iterable[Decimal], on_delivery: Decimal = ZERO) -> Totals:
    return add_up(
        items, order.shipping, [Reduction(Off.AMOUNT, amount) for amount in off], order.case.currency,
        tax_included=order.tax_included, shipping_tax_percent=on_delivery,
    )  # fmt: skip
