"""Orders of WooCommerce, from its API and from its exporters, become records (A6, E4)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tartib.imports.platforms import Options, detect
from tests.imports.reads import as_csv, as_json, codes, one, read, woo_order


def test_an_order_of_the_api_is_read_whole_without_html_entities() -> None:
    order = one("woocommerce", as_json([woo_order()]))
    assert (order.source, order.external_id, order.number) == ("woocommerce", "727", "727")
    assert order.placed_at == datetime(2025, 11, 12, 14, 20, tzinfo=UTC)
    assert (order.state, order.raw_status, order.payment_state) == ("processing", "processing", "paid")
    assert (order.payment_method, order.payment_method_name) == ("online", "LiqPay")
    assert order.amounts.subtotal == Decimal("210.00")
    assert order.amounts.discount == Decimal("10.00")
    assert order.amounts.paid == Decimal("250.00")
    line = order.lines[0]
    assert (line.name, line.variant, line.quantity) == ("Tea – green", "green", 2)
    assert (line.price, line.discount, line.total) == (Decimal(105), Decimal("10.00"), Decimal("200.00"))
    assert (order.customer.name, order.customer.language, order.customer.external_id) == ("Олена Коваль", "uk", "26")
    assert order.customer.given_name == "Олена"
    assert order.billing.line1 == "вул. Хрещатик, 1"
    assert order.customer_note == "Tea & cake"
    assert (order.shipping_method, order.tags) == ("Nova Poshta", ("spring",))
    assert [past.state for past in order.history] == ["created", "paid"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", "pending"),
        ("wc-processing", "processing"),
        ("on-hold", "on-hold"),
        ("completed", "completed"),
        ("cancelled", "cancelled"),
        ("refunded", "refunded"),
        ("failed", "failed"),
        ("checkout-draft", "incomplete"),
        ("trash", "cancelled"),
    ],
)
def test_statuses(status: str, state: str) -> None:
    assert one("woocommerce", as_json([woo_order(status=status)])).state == state


def test_an_unknown_status_is_taken_by_its_payment_with_a_warning() -> None:
    orders, errors, warnings = read("woocommerce", as_json([woo_order(status="waiting-for-moon")]))
    assert not errors
    assert orders[0].state == "paid"
    assert orders[0].raw_status == "waiting-for-moon"
    assert codes(warnings) == [(1, "unknown-status")]


@pytest.mark.parametrize(
    ("changes", "paid", "payment"),
    [
        ({"payment_method": "cod", "date_paid_gmt": None}, 0, "unpaid"),
        ({"status": "completed", "date_paid_gmt": None}, 250, "paid"),
        ({"refunds": [{"total": "-40.00"}]}, 250, "partly-refunded"),
        ({"refunds": [{"total": "-250.00"}]}, 250, "refunded"),
        ({"status": "failed", "date_paid_gmt": None}, 0, "failed"),
    ],
)
def test_recorded_is_not_paid(changes: dict[str, Any], paid: int, payment: str) -> None:
    order = one("woocommerce", as_json([woo_order(**changes)]))
    assert order.amounts.paid == paid
    assert order.payment_state == payment


def test_fees_are_positions_and_negative_ones_discounts() -> None:
    order = one(
        "woocommerce",
        as_json(
            [woo_order(total="235.00", fee_lines=[{"name": "Gift", "total": "5"}, {"name": "Loyal", "total": "-20"}])]
        ),
    )
    assert [(line.name, line.total) for line in order.lines] == [("Tea – green", Decimal(200)), ("Gift", Decimal(5))]
    assert order.amounts.discount == Decimal("30.00")  # 10 on the line, 20 on the order
    assert order.staff_note == "Loyal: −20"


def test_parcels_of_the_tracking_extension() -> None:
    kept = [{"tracking_provider": "ukrposhta", "tracking_number": "0500", "custom_tracking_link": "javascript:x"}]
    order = one("woocommerce", as_json([woo_order(meta_data=[{"key": "_wc_shipment_tracking_items", "value": kept}])]))
    assert [(parcel.carrier, parcel.number, parcel.url) for parcel in order.tracking] == [("ukrposhta", "0500", "")]


def test_local_dates_are_read_in_the_shops_zone() -> None:
    data = woo_order(date_created_gmt=None)
    order = one("woocommerce", as_json([data]), Options(zone=ZoneInfo("Europe/Kyiv")))
    assert order.placed_at == datetime(2025, 11, 12, 14, 20, tzinfo=UTC)


WEBTOFFEE = {
    "order_id": "727",
    "order_number": "727",
    "order_date": "2025-11-12 16:20:00",
    "paid_date": "2025-11-12 16:25:00",
    "status": "processing",
    "shipping_total": "50.00",
    "tax_total": "0",
    "discount_total": "10.00",
    "order_total": "240.00",
    "order_currency": "UAH",
    "payment_method": "liqpay",
    "payment_method_title": "LiqPay",
    "customer_ip_address": "203.0.113.7",
    "customer_email": "olena@example.com",
    "billing_first_name": "Олена",
    "billing_last_name": "Коваль",
    "billing_phone": "0671234567",
    "billing_address_1": "вул. Хрещатик, 1",
    "billing_country": "UA",
    "shipping_city": "Львів",
    "customer_note": "",
    "line_item_1": "name:Tea|product_id:5|sku:TEA|quantity:2|total:190.00|sub_total:200.00",
    "line_item_2": "name:Cup &amp; saucer|sku:CUP|quantity:1|total:10.00|sub_total:10.00",
}


def test_an_exporters_file_with_packed_items() -> None:
    orders, errors, _ = read("woocommerce", as_csv(WEBTOFFEE))
    assert not errors
    order = orders[0]
    assert (order.external_id, order.state, order.amounts.total) == ("727", "processing", Decimal("240.00"))
    assert [(line.sku, line.quantity, line.price) for line in order.lines] == [
        ("TEA", 2, Decimal("100.00")),
        ("CUP", 1, Decimal("10.00")),
    ]
    assert (order.billing.name, order.billing.line1, order.shipping.city) == (
        "Олена Коваль",
        "вул. Хрещатик, 1",
        "Львів",
    )
    assert order.lines[1].name == "Cup & saucer"
    assert order.ip == "203.0.113.7"


ALGOL = {
    "Order Number": "727",
    "Order Status": "Completed",
    "Order Date": "2025-11-12 16:20",
    "Customer Note": "",
    "First Name (Billing)": "Олена",
    "Last Name (Billing)": "Коваль",
    "Address 1&2 (Billing)": "вул. Хрещатик, 1",
    "City (Billing)": "Київ",
    "Country Code (Billing)": "UA",
    "Email (Billing)": "olena@example.com",
    "Phone (Billing)": "0671234567",
    "City (Shipping)": "Львів",
    "Payment Method Title": "Cash on delivery",
    "Order Subtotal Amount": "210.00",
    "Order Shipping Amount": "50.00",
    "Cart Discount Amount": "10.00",
    "Order Total Amount": "250.00",
    "SKU": "TEA",
    "Item Name": "Tea",
    "Quantity": "2",
    "Item Cost": "100.00",
}


def test_an_exporters_file_with_a_row_for_each_product() -> None:
    cup = {**ALGOL, "SKU": "CUP", "Item Name": "Cup", "Quantity": "1", "Item Cost": "10.00"}
    orders, errors, warnings = read("woocommerce", as_csv(ALGOL, cup))
    assert not errors
    assert not warnings
    order = orders[0]
    assert (order.state, order.payment_method) == ("completed", "on-receipt")
    assert (order.billing.city, order.shipping.city, order.customer.name) == ("Київ", "Львів", "Олена Коваль")
    assert [(line.sku, line.quantity) for line in order.lines] == [("TEA", 2), ("CUP", 1)]


def test_products_in_one_cell_with_counts() -> None:
    row = {"Order #": "5", "Date": "2025-11-12", "Status": "Processing", "Product(s)": "2× Tea, green, 1× Cup"}
    orders, _, _ = read("woocommerce", as_csv(row))
    assert [(line.name, line.quantity) for line in orders[0].lines] == [("Tea, green", 2), ("Cup", 1)]


def test_its_files_are_recognised() -> None:
    assert detect(as_json([woo_order()]), "orders.json").code == "woocommerce"
    assert detect(as_csv(WEBTOFFEE).encode(), "export.csv").code == "woocommerce"
    assert detect(as_csv(ALGOL).encode(), "export.csv").code == "woocommerce"
