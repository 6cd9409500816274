"""A file's sums come out as its totals to the last cent, however it writes them; or the order says so."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.imports.platforms import Options
from tartib.imports.records import OrderRecord
from tartib.l10n import money
from tests.imports.reads import as_csv, as_json, codes, one, read, shopify_order, woo_order

D = Decimal


def parts(order: OrderRecord) -> Decimal:
    """What an order's parts add up to, as it will be placed."""
    amounts = order.amounts
    in_lines = sum((line.discount for line in order.lines), D(0))
    goods = sum((line.total for line in order.lines), D(0))
    added = D(0) if amounts.tax_included else amounts.tax
    return goods + amounts.shipping + added - (amounts.discount - in_lines)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str, list[Decimal]]:
    """A table of orders in any convention, its currency, and the totals of its orders."""
    currency = draw(st.sampled_from(("UAH", "KWD", "IRT", "JPY")))
    places = money.exponent(currency)
    mark = draw(st.sampled_from(".,")) if places else "."
    separator = ";" if mark == "," else draw(st.sampled_from(",;\t"))
    included, discounted, with_totals = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    names = ["Order number", "Date", "Currency", "Product", "Quantity", "Price", "Shipping", "Discount", "Tax", "Total"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow([*names, "Line total"] if with_totals else names)
    cents = st.integers(1, 10**6).map(lambda number: D(number).scaleb(-places))
    totals = []
    for number in range(draw(st.integers(1, 4))):
        lines = draw(st.lists(st.tuples(st.integers(1, 9), cents), min_size=1, max_size=3))
        goods = sum((quantity * price for quantity, price in lines), D(0))
        shipping, tax = draw(cents), draw(cents)
        discount = min(draw(cents), goods) if discounted else D(0)
        total = goods + shipping - discount + (D(0) if included else tax)
        totals.append(total)
        shown = [f"{amount:.{places}f}".replace(".", mark) for amount in (shipping, discount, tax, total)]
        for quantity, price in lines:
            each, together = (f"{amount:.{places}f}".replace(".", mark) for amount in (price, quantity * price))
            row = [str(1001 + number), "2026-11-03", currency, "Mug", str(quantity), each, *shown]
            writer.writerow([*row, together] if with_totals else row)
    return out.getvalue(), currency, totals


@given(files())
def test_a_file_in_any_convention_comes_out_with_its_totals(file: tuple[str, str, list[Decimal]]) -> None:
    content, currency, totals = file
    orders, errors, _warnings = read("csv", content, Options(currency=currency, country="UA"))
    assert not errors
    assert [order.amounts.total for order in orders] == totals
    assert all(parts(order) == order.amounts.total and order.amounts.expected is None for order in orders)


@given(
    st.lists(st.tuples(st.decimals(-99, 999, places=4), st.decimals(-9, 9, places=2)), max_size=4),
    st.decimals(0, 999, places=3),
    st.decimals(0, 99, places=3),
)
def test_whatever_a_file_says_comes_out_or_is_said(
    lines: list[tuple[Decimal, Decimal]], total: Decimal, tax: Decimal
) -> None:
    rows = [
        {"number": "1", "date": "2026-11-03", "product": f"P{place}", "quantity": str(quantity), "price": str(price),
         "tax": str(tax), "total": str(total), "currency": "AED"}
        for place, (price, quantity) in enumerate(lines)
    ] or [{"number": "1", "date": "2026-11-03", "tax": str(tax), "total": str(total), "currency": "AED"}]  # fmt: skip
    orders, errors, warnings = read("csv", as_csv(*rows))
    assert not errors
    (order,) = orders
    kept = order.amounts.total
    # Rows whose amounts come out when each has its own are read so: their totals are added up.
    assert kept == total or kept == total * len(rows) == parts(order)
    assert all(line.total >= 0 and line.quantity > 0 for line in order.lines)
    said = [warning for warning in warnings if warning.code == "totals-differ"]
    assert bool(said) == (parts(order) != kept) == (order.amounts.expected is not None)


def test_tax_within_the_prices_is_seen_from_the_sums_or_said_by_the_file() -> None:
    base = {"number": "1", "date": "2026-11-03", "product": "Cup", "quantity": "2", "price": "105.00", "tax": "10.00"}
    assert one("csv", as_csv({**base, "total": "210.00"})).amounts.tax_included
    assert not one("csv", as_csv({**base, "total": "220.00"})).amounts.tax_included
    told = shopify_order(
        taxes_included=True, total_tax="191.67", subtotal_price="1200.00", total_discounts="0.00", total_price="1250.00"
    )
    order = one("shopify", as_json([told]))
    assert (order.amounts.tax_included, parts(order)) == (True, D(1250))


def test_woocommerce_prices_with_tax_are_told_with_it() -> None:
    item = {"id": 1, "name": "Cup", "quantity": 1, "subtotal": "100.00", "subtotal_tax": "5.00", "total": "90.00",
            "total_tax": "4.50"}  # fmt: skip
    data = woo_order(
        prices_include_tax=True, line_items=[item], discount_total="10.00", discount_tax="0.50", shipping_total="20.00",
        shipping_tax="1.00", total_tax="5.50", total="115.50", fee_lines=[],
    )  # fmt: skip
    order = one("woocommerce", as_json([data]))
    assert (order.amounts.tax_included, order.lines[0].total, order.amounts.shipping) == (True, D("94.50"), D(21))
    assert parts(order) == D("115.50")


def test_fractions_fees_and_negative_positions_of_woocommerce() -> None:
    def lines(*items: tuple[str, object, str]) -> list[dict[str, object]]:
        return [
            {"id": place, "name": name, "quantity": quantity, "subtotal": total, "total": total, "sku": ""}
            for place, (name, quantity, total) in enumerate(items)
        ]

    base = {"discount_total": "0.00", "shipping_total": "0.00", "total_tax": "0.00"}
    fees = [{"name": "Cash on delivery fee", "total": "251.00"}]
    supply = lines(("Power supply", 1, "449.00"))
    fee = one("woocommerce", as_json([woo_order(**base, line_items=supply, total="700.00", fee_lines=fees)]))
    assert [(line.name, line.sku, line.total) for line in fee.lines][1] == ("Cash on delivery fee", "", D(251))
    half = one("woocommerce", as_json([woo_order(**base, line_items=lines(("Linen", 1.5, "150.00")), total="150.00")]))
    assert [(line.quantity, line.variant, line.total) for line in half.lines] == [(1, "1.5", D(150))]
    rug = lines(("Rug", 1, "100"), ("Trade-in", 1, "-10"))
    less = one("woocommerce", as_json([woo_order(**base, line_items=rug, total="90.00")]))
    assert (len(less.lines), less.amounts.discount, less.staff_note) == (1, D(10), "Trade-in: −10")
    third = one("woocommerce", as_json([woo_order(**base, line_items=lines(("Three", 3, "100.00")), total="100.00")]))
    assert (third.lines[0].quantity, third.lines[0].total) == (3, D(100))
    assert all(parts(order) == order.amounts.total for order in (fee, half, less, third))


def test_fees_shipping_tax_and_negative_shipping_of_a_table() -> None:
    row = {"number": "1", "date": "2026-11-03", "product": "Mug", "quantity": "1", "price": "10.00", "shipping": "5.00",
           "fee": "2.50", "tax": "1.00", "shipping tax": "0.50", "total": "19.00"}  # fmt: skip
    order = one("csv", as_csv(row))
    assert ([line.name for line in order.lines], order.amounts.tax) == (["Mug", "fee"], D("1.50"))
    assert parts(order) == D(19)
    free = one("csv", as_csv({**row, "shipping": "-1.00", "shipping tax": "", "tax": "", "fee": "", "total": "9.00"}))
    assert (free.amounts.shipping, free.amounts.discount, parts(free)) == (D(0), D(1), D(9))


def test_amounts_of_each_row_are_added_where_they_are_the_rows_own() -> None:
    base = {"Order": "1", "Placed": "2026-11-03", "Product": "A", "Qty": "1", "Price": "10.00", "Freight": "2.00"}
    second = {**base, "Product": "B", "Price": "20.00", "Freight": "3.00", "Total": "23.00"}
    orders, errors, warnings = read("csv", as_csv({**base, "Total": "12.00"}, second))
    assert not errors + warnings
    assert (orders[0].amounts.total, orders[0].amounts.shipping) == (D(35), D(5))
    order = one("csv", as_csv({**base, "Total": "24.00"}, {**base, "Product": "B", "Total": "24.00"}))
    assert (order.amounts.shipping, parts(order)) == (D(4), D(24))


def test_products_without_prices_have_their_sum_together() -> None:
    base = {"number": "1", "date": "2026-11-03", "items": "A (x2) | B (x1)", "shipping": "5", "total": "30.00"}
    order = one("csv", as_csv(base))
    assert [(line.name, line.quantity, line.total) for line in order.lines] == [
        ("A", 2, D(0)), ("B", 1, D(0)), ("", 1, D(25)),
    ]  # fmt: skip
    assert parts(order) == D(30)
    alone = one("csv", as_csv({**base, "items": "A (x2)"}))
    assert [(line.price, line.total) for line in alone.lines] == [(D("12.50"), D(25))]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("2× Tea, 1× Cup", [("Tea", 2), ("Cup", 1)]),
        ("Tea (x2) | Cup (x1)", [("Tea", 2), ("Cup", 1)]),
        ("Tea x2, Cup x1", [("Tea", 2), ("Cup", 1)]),
        ("کتاب (x۲)، دفتر (x۱)", [("کتاب", 2), ("دفتر", 1)]),
        ("Shirt, blue (L)", [("Shirt, blue (L)", 1)]),
        ("name:Tea|sku:T|quantity:2|total:10;name:Cup|quantity:1|total:5", [("Tea", 2), ("Cup", 1)]),
    ],
)
def test_products_of_one_cell_are_told_apart(items: str, expected: list[tuple[str, int]]) -> None:
    order = one("csv", as_csv({"number": "1", "date": "2026-11-03", "items": items, "total": "15.00"}))
    assert [(line.name, line.quantity) for line in order.lines if line.name] == expected


@pytest.mark.parametrize(
    ("currency", "separator", "cells", "expected"),
    [
        ("KWD", ";", ("12,500", "4,750"), ("12.500", "4.750")),
        ("KWD", ",", ("12.500", "4.750"), ("12.500", "4.750")),
        ("IRT", ",", ("120.000", "1.250.000"), ("120000", "1250000")),
        ("JPY", ";", ("1,500", "12,000"), ("1500", "12000")),
        ("EUR", ";", ("1.234", "1.234,50"), ("1234", "1234.50")),
        ("UAH", ",", ("1,234", "12.50"), ("1234", "12.50")),
        ("UAH", ";", ("1,234", "12,50"), ("1.234", "12.50")),
    ],
)
def test_three_digits_after_a_mark_are_read_by_the_whole_file(
    currency: str, separator: str, cells: tuple[str, str], expected: tuple[str, str]
) -> None:
    rows = [["number", "date", "currency", "total"], *(["1001", "2026-11-03", currency, cell] for cell in cells)]
    rows[2][0] = "1002"
    content = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    orders, errors, warnings = read("csv", content, Options(currency=currency))
    assert not errors + warnings
    assert [order.amounts.total for order in orders] == [D(amount) for amount in expected]


def test_numbers_that_may_be_read_two_ways_are_asked_about_once() -> None:
    base = {"number": "1", "date": "2026-11-03", "total": "12,500"}
    orders, errors, warnings = read("csv", as_csv(base, {**base, "number": "2", "total": "4,750"}))
    assert not errors
    assert codes(warnings) == [(0, "amounts-either-way")]
    assert [order.amounts.total for order in orders] == [12500, 4750]
    orders, _, warnings = read("csv", "number;date;total\n1;2026-11-03;1.234\n2;2026-11-03;5.000\n")
    assert codes(warnings) == [(0, "amounts-either-way")]
    assert [order.amounts.total for order in orders] == [1234, 5000]


@pytest.mark.parametrize(
    ("cells", "mark", "expected"),
    [
        (("3,00", "1,00"), ".", [3, 1]),
        (("1,000", "2,000"), ".", [1, 2]),
        (("1,000", "2"), ".", [1000, 2]),
        (("2 шт", "۳"), ".", [2, 3]),
    ],
)
def test_quantities_are_whole_however_they_are_written(cells: tuple[str, str], mark: str, expected: list[int]) -> None:
    base = {"date": "2026-11-03", "product": "Mug", "total": "30.00"}
    rows = [{"number": str(1001 + place), **base, "quantity": cell} for place, cell in enumerate(cells)]
    orders, errors, _ = read("csv", as_csv(*rows))
    assert not errors
    assert [order.lines[0].quantity for order in orders] == expected


def test_the_unit_of_a_column_is_that_of_its_amounts() -> None:
    header = "شماره سفارش;تاریخ و ساعت;مبلغ (تومان);هزینه ارسال (ریال);نام کالا"
    content = f"{header}\n7;۱۴۰۵/۰۸/۱۲ ۱۰:۱۵;۲۵۰٬۰۰۰;۵۰۰٬۰۰۰;عسل\n"
    order = one("csv", content, Options(currency="IRR", country="IR"))
    assert (order.currency, order.amounts.total, order.amounts.shipping) == ("IRT", D(250000), D(50000))
    assert order.lines[0].total == D(200000)


def test_fees_of_several_columns_count_where_the_sums_say_so() -> None:
    header = "Order,Date,Product,Quantity,Price,Handling fee,Gift wrap,COD fee,Total\n"
    orders, errors, warnings = read(
        "csv",
        f"{header}1,2026-11-03,Cup,2,10.00,2.00,1.00,3.00,26.00\n2,2026-11-03,Cup,2,10.00,0.00,yes,5.00,20.00\n",
    )
    assert not errors + warnings
    assert {(line.name, line.total) for line in orders[0].lines} == {
        ("Cup", D("20.00")), ("Handling fee", D("2.00")), ("Gift wrap", D("1.00")), ("COD fee", D("3.00"))
    }  # fmt: skip
    assert [line.name for line in orders[1].lines] == ["Cup"]


@pytest.mark.parametrize(
    ("header", "cells", "state", "paid", "refunded"),
    [
        ("Paid", "10.00", "partly-paid", "10.00", "0"),
        ("Paid", "25.00", "paid", "25.00", "0"),
        ("Paid", "0.00", "unpaid", "0.00", "0"),
        ("Paid?", "yes", "paid", "25.00", "0"),
        ("Balance due", "10.00", "partly-paid", "15.00", "0"),
        ("Refunded amount", "-5.00", "refunded", "5.00", "5.00"),
        ("Paid,Refunded amount", "25.00,5.00", "partly-refunded", "25.00", "5.00"),
    ],
)
def test_what_was_paid_is_told_by_its_sum(header: str, cells: str, state: str, paid: str, refunded: str) -> None:
    order = one("csv", f"Order,Date,Total,{header}\n1,2026-11-03,25.00,{cells}\n")
    assert order.payment_state == state
    assert (order.amounts.paid, order.amounts.refunded) == (D(paid), D(refunded))
