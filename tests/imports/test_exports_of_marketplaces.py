"""Exports of shop systems and marketplaces that are read as any table is, by their names and by what they hold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tartib.imports.platforms import Options, detect
from tartib.imports.records import OrderRecord
from tests.imports.reads import one, read

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
        ("ecwid.csv", "25", "36.2", "5", [("Spoon", 2, "30"), ("Handling fee", 1, "1.5")]),
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


@pytest.mark.parametrize(
    ("file", "currency", "country", "number", "day", "sums", "lines"),
    [
        ("amazon-all-orders.txt", "GBP", "GB", "026-1-1", "02", "21.99 3.99 2.00 3.33", [("Mug", 2, "10")]),
        ("bigcommerce.csv", "AUD", "AU", "118", "03", "66 11 0 6", [("Hat", 2, "27.5")]),
        ("ebay-uk.csv", "GBP", "GB", "12-09876-54321", "03", "28.49 3.50 0 0", [("Lamp", 1, "24.99")]),
        ("mercadolibre.csv", "MXN", "MX", "2000004567890123", "03", "697 99 0 0", [("Taza azul", 2, "299")]),
        ("ozon.csv", "RUB", "RU", "0123456-0001", "03", "1500 0 0 0",
         [("Кружка «Север»", 2, "500"), ("Чайник", 1, "500")]),
        ("salla.csv", "SAR", "SA", "184512233", "03", "215 25 10 0", [("عطر", 2, "100")]),
        ("shopline.csv", "HKD", "HK", "20251103140500123", "03", "310 30 20 0",
         [("茶杯", 2, "100"), ("茶葉", 1, "100")]),
        ("shopware.csv", "EUR", "DE", "20015", "03", "95.8 5.9 10 0", [("Lampe", 2, "49.95")]),
        ("spreadsheet.csv", "UAH", "UA", "1001", "03", "3000 0 0 0", [("Чашка", 2, "1500")]),
        ("squarespace.csv", "USD", "US", "00123", "03", "95.04 8 0 7.04", [("Print", 1, "80")]),
        ("trendyol.csv", "TRY", "TR", "9876543210", "03", "2401 0 100 0", [("Kupa", 2, "1250.5")]),
        ("wix.csv", "USD", "US", "10007", "03", "44.24 5 0 3.24", [("Candle", 2, "18")]),
        ("woocommerce-advanced.csv", "EUR", "DE", "10231", "03", "46.90 4.90 0 7.49",
         [('T-Shirt "Blau"', 2, "15"), ("Mütze", 1, "12")]),
    ],
)  # fmt: skip
def test_the_first_order_of_further_exports(
    file: str, currency: str, country: str, number: str, day: str, sums: str, lines: list[tuple[str, int, str]]
) -> None:
    """Total, delivery, discount and tax; a tax that no total decides is inside where it is a whole percent only so."""
    data = (EXPORTS / file).read_bytes()
    orders, errors, warnings = read(detect(data, file).code, data, Options(currency=currency, country=country))
    order, amounts = orders[0], orders[0].amounts
    assert not errors and not [one for one in warnings if one.code == "totals-differ"]
    assert (order.number, f"{order.placed_at:%d}") == (number, day)
    assert [amounts.total, amounts.shipping, amounts.discount, amounts.tax] == list(map(D, sums.split()))
    assert amounts.expected is None
    assert [(line.name, line.quantity, line.price) for line in order.lines] == [
        (name, quantity, D(price)) for name, quantity, price in lines
    ]
    assert currency == "UAH" or order.currency == currency


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
