"""Exports of shop systems and marketplaces that are read as any table is, by their names and by what they hold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tartib.imports.platforms import Options
from tests.imports.reads import one

D = Decimal
EXPORTS = Path(__file__).parent / "exports"
GERMANY = Options(currency="EUR", country="DE")


@pytest.mark.parametrize(
    ("file", "number", "total", "shipping", "lines"),
    [
        ("etsy-items.csv", "2221", "55.50", "4.50", [("Spoon", 2, "24.00"), ("Bowl", 1, "30.00")]),
        ("etsy-orders.csv", "2221", "55.50", "4.50", [("SP-1", 1, "54.00")]),
        ("ebay.csv", "12-34", "55.00", "3.99", [("Spoon", 2, "50.00")]),
        ("amazon.txt", "111-1", "30.99", "3.99", [("Spoon", 2, "20.00"), ("Bowl", 1, "5.00")]),
        ("ecwid.csv", "25", "36.2", "5", [("Spoon", 2, "30"), ("handling_fee", 1, "1.5")]),
        ("tiendanube.csv", "100", "13300.50", "2500.50", [("Spoon", 2, "10000.00"), ("Bowl", 1, "2000.00")]),
        ("prestashop.csv", "KHWLI", "1069.90", "0", [("", 1, "1069.90")]),
        ("magento.csv", "000000001", "34.00", "5.00", [("", 1, "29.00")]),
    ],
)  # fmt: skip
def test_sums_number_and_address_of_an_export(
    file: str, number: str, total: str, shipping: str, lines: list[tuple[str, int, str]]
) -> None:
    order = one("csv", (EXPORTS / file).read_bytes(), GERMANY)
    assert (order.number, f"{order.placed_at:%Y-%m-%d}") == (number, "2026-11-23")
    assert (order.amounts.total, order.amounts.shipping) == (D(total), D(shipping))
    assert [(line.name, line.quantity, line.total) for line in order.lines] == [
        (name, quantity, D(amount)) for name, quantity, amount in lines
    ]
    assert order.customer.name in ("Jane Doe", "janedoe")
    if order.shipping.postcode:
        assert (order.shipping.city, order.shipping.postcode) == ("Boston", "02110")
