"""Exports of shop systems and marketplaces that are read as any table is, by their names and by what they hold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tartib.imports.platforms import Options
from tartib.imports.records import OrderRecord
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


def _magento(*changes: tuple[str, str]) -> OrderRecord:
    text = (EXPORTS / "magento.csv").read_text()
    for old, new in (("processing", "closed"), *changes):
        text = text.replace(old, new)
    return one("csv", text, GERMANY)


def test_an_order_that_magento_closed_was_refunded() -> None:
    order = _magento()
    assert (order.state, order.payment_state, order.amounts.paid) == ("refunded", "refunded", D("34.00"))


@pytest.mark.parametrize(
    ("back", "status", "state"), [("34.00", "Closed", "refunded"), ("10.00", "Закрито", "partly-refunded")]
)
def test_with_the_money_that_went_back_where_that_is_told(back: str, status: str, state: str) -> None:
    order = _magento(
        ("closed", status),
        ('"Payment Method"', '"Payment Method","Total Refunded"'),
        ('"checkmo"', f'"checkmo","{back}"'),
    )
    assert (order.state, order.payment_state, order.amounts.refunded) == ("refunded", state, D(back))


@pytest.mark.parametrize(("back", "state"), [("", "completed"), ("12.50", "refunded"), ("5.00", "completed")])
def test_elsewhere_closed_means_done_with_unless_all_of_the_money_went_back(back: str, state: str) -> None:
    table = f"Order,Date,Status,Total,Payment status,Refunded\n1,2026-11-23,closed,12.50,paid,{back}\n"
    assert one("csv", table, GERMANY).state == state


def test_a_house_number_in_a_column_of_its_own_joins_its_street() -> None:
    order = one("csv", (EXPORTS / "tiendanube.csv").read_bytes(), Options(currency="USD", country="AR"))
    assert (order.shipping.line1, order.shipping.line2) == ("Av. Main 1234", "4 B")


def test_a_column_called_number_is_the_orders_where_nothing_else_is() -> None:
    order = one("csv", "Número;Fecha;Dirección;Total\n77;23/11/2026;Calle Mayor 5;10,00\n", GERMANY)
    assert (order.number, order.shipping.line1) == ("77", "Calle Mayor 5")
