"""Orders of Shopify, from its API and from its CSV export, become records (A6, E2, E4)."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tartib.imports.platforms import detect
from tests.imports.reads import as_csv, as_json, codes, one, read, shopify_order

COLUMNS = {
    "Name": "#1001",
    "Email": "olena@example.com",
    "Financial Status": "paid",
    "Paid at": "2025-11-12 14:21:00 +0200",
    "Fulfillment Status": "unfulfilled",
    "Fulfilled at": "",
    "Currency": "UAH",
    "Subtotal": "1100.00",
    "Shipping": "50.00",
    "Taxes": "0.00",
    "Total": "1150.00",
    "Discount Code": "TEN",
    "Discount Amount": "100.00",
    "Shipping Method": "Nova Poshta",
    "Created at": "2025-11-12 14:20:00 +0200",
    "Lineitem quantity": "2",
    "Lineitem name": "Чай - зелений",
    "Lineitem price": "600.00",
    "Lineitem sku": "TEA",
    "Billing Name": "Олена Коваль",
    "Billing Address1": "вул. Хрещатик, 1",
    "Billing City": "Київ",
    "Billing Zip": "'01001",
    "Billing Country": "UA",
    "Billing Phone": "'067 123 45 67",
    "Shipping Name": "Олена Коваль",
    "Shipping City": "Львів",
    "Shipping Country": "UA",
    "Notes": "Зателефонуйте",
    "Cancelled at": "",
    "Payment Method": "LiqPay",
    "Refunded Amount": "0.00",
    "Outstanding Balance": "0.00",
    "Id": "5001",
    "Tags": "VIP, gift",
    "Source": "web",
    "Lineitem discount": "0.00",
    "Phone": "",
}
# How the export writes the further products of an order: only its name and the product.
FURTHER = {
    **dict.fromkeys(COLUMNS, ""),
    "Name": "#1001",
    "Lineitem quantity": "1",
    "Lineitem name": "Cup",
    "Lineitem price": "0.00",
    "Lineitem sku": "CUP",
}


def test_an_order_of_the_api_is_read_whole() -> None:
    order = one("shopify", as_json({"orders": [shopify_order()]}))
    assert (order.source, order.external_id, order.number) == ("shopify", "5001", "#1001")
    assert order.placed_at == datetime(2025, 11, 12, 12, 20, tzinfo=UTC)
    assert (order.state, order.raw_status, order.payment_state) == ("paid", "paid", "paid")
    assert (order.payment_method, order.payment_method_name) == ("online", "liqpay")
    assert order.amounts.subtotal == Decimal("1200.00")
    assert order.amounts.total == order.amounts.paid == Decimal("1150.00")
    assert (order.customer.name, order.customer.email) == ("Олена Коваль", "olena@example.com")
    assert (order.customer.phone, order.customer.language) == ("+380671234567", "uk")
    assert (order.billing.line1, order.billing.country) == ("вул. Хрещатик, 1", "UA")
    assert (order.shipping.name, order.shipping.city) == ("Олена Коваль", "Львів")
    assert [(line.sku, line.name, line.variant, line.quantity, line.total) for line in order.lines] == [
        ("TEA", "Чай", "зелений", 2, Decimal("1200.00"))
    ]
    assert order.ip == "203.0.113.7"
    assert (order.customer_note, order.staff_note, order.tags) == ("Зателефонуйте", "gift: yes", ("VIP", "gift"))
    assert [past.state for past in order.history] == ["created", "paid"]


@pytest.mark.parametrize(
    "content",
    [
        as_json([shopify_order()]),
        as_json({"order": shopify_order()}),
        as_json(shopify_order()),
        as_json(shopify_order()) + b"\n" + as_json(shopify_order(id=2)),
        json.dumps({"count": 1, "orders": [shopify_order()]}, indent=2).encode(),
        json.dumps([shopify_order()]).encode("utf-16"),
        b"\xef\xbb\xbf" + as_json([shopify_order()]),
    ],
)
def test_every_shape_of_file_is_read(content: bytes) -> None:
    orders, errors, _ = read("shopify", content)
    assert orders[0].number == "#1001"
    assert not errors


@pytest.mark.parametrize(
    ("changes", "state", "payment"),
    [
        ({"financial_status": "pending"}, "pending", "unpaid"),
        ({"financial_status": "authorized"}, "pending", "authorized"),
        ({"financial_status": "voided"}, "cancelled", "voided"),
        ({"financial_status": "expired"}, "failed", "failed"),
        ({"financial_status": "refunded"}, "refunded", "refunded"),
        ({"fulfillment_status": "partial"}, "processing", "paid"),
        ({"fulfillment_status": "fulfilled"}, "shipped", "paid"),
        ({"fulfillment_status": "restocked"}, "returned", "paid"),
        ({"fulfillment_status": "fulfilled", "closed_at": "2025-11-20T10:00:00Z"}, "completed", "paid"),
        (
            {"fulfillment_status": "fulfilled", "fulfillments": [{"shipment_status": "out_for_delivery"}]},
            "in-transit",
            "paid",
        ),
        (
            {"fulfillment_status": "fulfilled", "fulfillments": [{"shipment_status": "ready_for_pickup"}]},
            "ready",
            "paid",
        ),
        ({"fulfillment_status": "fulfilled", "fulfillments": [{"shipment_status": "delivered"}]}, "completed", "paid"),
        ({"cancelled_at": "2025-11-13T10:00:00Z", "cancel_reason": "customer"}, "cancelled", "paid"),
        ({"financial_status": "pending", "abandoned_checkout_url": "https://x"}, "incomplete", "unpaid"),
    ],
)
def test_payment_and_fulfilment_together_say_where_the_order_stands(
    changes: dict[str, Any], state: str, payment: str
) -> None:
    order = one("shopify", as_json([shopify_order(**changes)]))
    assert (order.state, order.payment_state) == (state, payment)


def test_what_happened_before_becomes_history_with_its_times() -> None:
    order = one(
        "shopify",
        as_json(
            [
                shopify_order(
                    financial_status="partially_refunded",
                    fulfillment_status="fulfilled",
                    closed_at="2025-11-20T10:00:00Z",
                    fulfillments=[
                        {
                            "created_at": "2025-11-14T08:00:00Z",
                            "status": "success",
                            "tracking_company": "Nova Poshta",
                            "tracking_number": "20450123456789",
                            "tracking_url": "https://novaposhta.ua/tracking/20450123456789",
                        },
                        {"created_at": "2025-11-13T08:00:00Z", "status": "cancelled"},
                    ],
                    refunds=[
                        {
                            "created_at": "2025-11-19T08:00:00Z",
                            "note": "broken",
                            "transactions": [{"kind": "refund", "status": "success", "amount": "100.00"}],
                        }
                    ],
                    transactions=[{"kind": "sale", "status": "success", "created_at": "2025-11-12T12:22:00Z"}],
                )
            ]
        ),
    )
    assert [(past.at.day, past.state, past.text) for past in order.history] == [
        (12, "created", ""),
        (12, "paid", ""),
        (14, "shipped", "20450123456789"),
        (19, "refunded", "broken"),
        (20, "completed", ""),
    ]
    assert order.amounts.refunded == Decimal("100.00")
    assert order.payment_state == "partly-refunded"
    assert order.tracking[0].carrier == "Nova Poshta"


def test_the_csv_export_is_read_with_its_further_lines() -> None:
    order = one("shopify", as_csv(COLUMNS, FURTHER))
    assert (order.external_id, order.number, order.row) == ("5001", "#1001", 2)
    assert order.placed_at == datetime(2025, 11, 12, 12, 20, tzinfo=UTC)
    assert order.state == order.payment_state == "paid"
    assert order.amounts.total == order.amounts.paid == Decimal("1150.00")
    assert [(line.sku, line.quantity) for line in order.lines] == [("TEA", 2), ("CUP", 1)]
    assert order.billing.postcode == "01001"
    assert order.customer.phone == "+380671234567"
    assert [past.state for past in order.history] == ["created", "paid"]


def test_orders_of_a_csv_export_are_told_apart_and_their_states_told() -> None:
    shipped = {
        **COLUMNS,
        "Name": "#1002",
        "Id": "5002",
        "Fulfillment Status": "fulfilled",
        "Financial Status": "pending",
    }
    cancelled = {**COLUMNS, "Name": "#1003", "Id": "5003", "Cancelled at": "2025-11-13 10:00:00 +0200"}
    partly = {
        **COLUMNS,
        "Name": "#1004",
        "Id": "5004",
        "Financial Status": "partially_paid",
        "Outstanding Balance": "150.00",
    }
    orders, errors, _ = read("shopify", as_csv(COLUMNS, FURTHER, shipped, cancelled, partly))
    assert not errors
    assert [(order.number, order.state) for order in orders] == [
        ("#1001", "paid"),
        ("#1002", "shipped"),
        ("#1003", "cancelled"),
        ("#1004", "pending"),
    ]
    assert orders[3].amounts.paid == Decimal("1000.00")
    assert orders[1].amounts.paid == 0


@pytest.mark.parametrize(
    ("outstanding", "paid", "state"), [("450.00", "700.00", "partly-paid"), ("0.00", "1150.00", "paid")]
)
def test_what_is_outstanding_of_an_order_called_paid_has_not_come_in(outstanding: str, paid: str, state: str) -> None:
    by_api = one("shopify", as_json(shopify_order(total_outstanding=outstanding)))
    row = COLUMNS | {"Outstanding Balance": outstanding}
    by_csv = one("shopify", as_csv(row))
    assert (by_api.amounts.paid, by_api.payment_state) == (Decimal(paid), state)
    assert (by_csv.amounts.paid, by_csv.payment_state) == (by_csv.amounts.total - Decimal(outstanding), state)


def test_an_older_export_without_newer_columns_is_read() -> None:
    older = {
        name: cell for name, cell in COLUMNS.items() if name not in ("Id", "Lineitem discount", "Outstanding Balance")
    }
    assert one("shopify", as_csv(older)).external_id == "#1001"


def test_bad_orders_are_reported_and_the_others_read() -> None:
    good = shopify_order(id=9)
    orders, errors, warnings = read(
        "shopify",
        as_json(
            [
                shopify_order(id=None),
                shopify_order(id=2, created_at="yesterday"),
                shopify_order(id=3, total_price="-5"),
                shopify_order(id=4, line_items=[{"quantity": "some", "price": "1"}]),
                {"hello": 1},
                shopify_order(id=6, total_price="9999.00", email="no address", browser_ip="here"),
                good,
                good,
            ]
        ),
    )
    assert [order.external_id for order in orders] == ["6", "9"]
    assert codes(errors) == [
        (1, "no-id"),
        (2, "bad-date"),
        (3, "negative-amount"),
        (4, "bad-quantity"),
        (5, "not-an-order"),
        (8, "duplicate-id"),
    ]
    assert [code for _, code in codes(warnings) if _ == 6] == ["totals-differ", "bad-email", "bad-ip"]


def test_its_files_are_recognised() -> None:
    assert detect(as_json({"orders": [shopify_order()]}), "orders.json").code == "shopify"
    assert detect(as_csv(COLUMNS).encode(), "orders_export_1.csv").code == "shopify"
