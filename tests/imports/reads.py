"""Small helpers with which the import tests write files and read them back."""

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from tartib.imports.platforms import Options, platforms
from tartib.imports.records import OrderRecord, RowError

UKRAINE = Options(currency="UAH", country="UA")


def read(
    platform: str, content: bytes | str, options: Options = UKRAINE
) -> tuple[list[OrderRecord], list[RowError], list[RowError]]:
    """The orders of a file, and its errors and warnings."""
    data = content.encode() if isinstance(content, str) else content
    found = list(platforms()[platform].read(io.BytesIO(data), options))
    problems = [item for item in found if isinstance(item, RowError)]
    for problem in problems:
        assert problem.text  # every problem has words that its params fill
    return (
        [item for item in found if isinstance(item, OrderRecord)],
        [item for item in problems if item.level == "error"],
        [item for item in problems if item.level == "warning"],
    )


def one(platform: str, content: bytes | str, options: Options = UKRAINE) -> OrderRecord:
    """The only order of a file that has nothing wrong with it."""
    orders, errors, warnings = read(platform, content, options)
    assert not errors
    assert not warnings
    assert len(orders) == 1
    return orders[0]


def codes(problems: Iterable[RowError]) -> list[tuple[int, str]]:
    """Where and what."""
    return [(problem.row, problem.code) for problem in problems]


def shopify_order(**changes: Any) -> dict[str, Any]:
    """A paid, unfulfilled order as Shopify's Admin API gives it, with changes."""
    return {
        "id": 5001,
        "name": "#1001",
        "created_at": "2025-11-12T14:20:00+02:00",
        "processed_at": "2025-11-12T14:21:00+02:00",
        "currency": "UAH",
        "financial_status": "paid",
        "fulfillment_status": None,
        "gateway": "liqpay",
        "total_line_items_price": "1200.00",
        "subtotal_price": "1100.00",
        "total_discounts": "100.00",
        "total_tax": "0.00",
        "total_price": "1150.00",
        "shipping_lines": [{"title": "Nova Poshta", "price": "50.00"}],
        "email": "Olena@Example.com",
        "customer_locale": "uk-UA",
        "customer": {"id": 77, "first_name": "Олена", "last_name": "Коваль", "phone": None},
        "browser_ip": "203.0.113.7",
        "source_name": "web",
        "note": "Зателефонуйте",
        "note_attributes": [{"name": "gift", "value": "yes"}],
        "tags": "VIP, gift",
        "billing_address": {
            "name": "Олена Коваль",
            "address1": "вул. Хрещатик, 1",
            "city": "Київ",
            "zip": "01001",
            "country": "Ukraine",
            "country_code": "UA",
            "phone": "067 123 45 67",
        },
        "shipping_address": {"first_name": "Олена", "last_name": "Коваль", "city": "Львів", "country_code": "UA"},
        "line_items": [
            {"id": 1, "sku": "TEA", "title": "Чай", "variant_title": "зелений", "quantity": 2, "price": "600.00"},
        ],
        **changes,
    }


def woo_order(**changes: Any) -> dict[str, Any]:
    """A paid order as WooCommerce's REST API gives it, with changes."""
    return {
        "id": 727,
        "number": "727",
        "order_key": "wc_order_x",
        "created_via": "checkout",
        "status": "processing",
        "currency": "UAH",
        "date_created": "2025-11-12T16:20:00",
        "date_created_gmt": "2025-11-12T14:20:00",
        "date_paid_gmt": "2025-11-12T14:25:00",
        "date_completed_gmt": None,
        "discount_total": "10.00",
        "shipping_total": "50.00",
        "total_tax": "0.00",
        "total": "250.00",
        "customer_id": 26,
        "customer_ip_address": "203.0.113.7",
        "customer_note": "Tea &amp; cake",
        "billing": {
            "first_name": "Олена",
            "last_name": "Коваль",
            "address_1": "вул. Хрещатик, 1",
            "city": "Київ",
            "state": "UA30",
            "postcode": "01001",
            "country": "UA",
            "email": "olena@example.com",
            "phone": "067 123 45 67",
        },
        "shipping": {"first_name": "Олена", "last_name": "Коваль", "city": "Львів", "country": "UA"},
        "payment_method": "liqpay",
        "payment_method_title": "LiqPay",
        "meta_data": [{"key": "wpml_language", "value": "uk"}],
        "line_items": [
            {
                "id": 9,
                "name": "Tea &ndash; green",
                "variation_id": 5,
                "quantity": 2,
                "subtotal": "210.00",
                "total": "200.00",
                "sku": "TEA",
                "meta_data": [{"key": "pa_color", "value": "green"}, {"key": "_x", "value": "hidden"}],
            }
        ],
        "shipping_lines": [{"method_title": "Nova Poshta"}],
        "coupon_lines": [{"code": "spring"}],
        "refunds": [],
        **changes,
    }


def as_json(value: object) -> bytes:
    """A JSON file."""
    return json.dumps(value, ensure_ascii=False).encode()


def as_csv(*rows: Mapping[str, str] | str) -> str:
    """A CSV file of rows with the same columns."""
    tables = [row for row in rows if isinstance(row, Mapping)]
    written = (
        row if isinstance(row, str) else ",".join(f'"{value}"' if value else "" for value in row.values())
        for row in rows
    )
    return "\n".join([",".join(tables[0]), *written]) + "\n"
