"""The words of imports that people read, marked for translation: problems, states, fields of an order, platforms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from tartib.imports.records import RowError
from tartib.l10n import dates, money
from tartib.l10n.names import isolate, language

# The sentences of `records.PROBLEMS`, here where they are gathered for translation; a test keeps the two in step.
SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "empty-file": _("The file is empty."),
        "header-only": _("The file has column names and no orders below them."),
        "no-orders": _("No orders were found in the file."),
        "unknown-encoding": _(
            "The text of the file could not be read: it is neither UTF-8 nor UTF-16 nor in a code page that is "
            "known. Save it as UTF-8 and try again."
        ),
        "damaged-text": _("Some letters of the file could not be read and are shown as “\ufffd”, first in this row."),
        "bad-json": _("This is not valid JSON: the mistake is at character {position}."),
        "cut-json": _("The file ends in the middle of an order."),
        "not-an-order": _("This entry is not an order."),
        "too-large": _("This record is larger than {limit} bytes and was left out."),
        "bad-row": _("This could not be read as a row of a table."),
        "unclosed-quote": _("A quotation mark opened in this row is never closed."),
        "no-id-column": _("Which column holds the order's number? None of these could be recognised: {columns}."),
        "no-date-column": _(
            "Which column holds the day on which an order was placed? None of these could be recognised: {columns}."
        ),
        "no-total-column": _(
            "Which column holds the order's total, or the price of a piece? None of these could be recognised: "
            "{columns}."
        ),
        "cut-numbers": _(
            "The order numbers of this file were cut by a spreadsheet: “{value}” is not whole. Export the file "
            "again and import it without opening it in a spreadsheet."
        ),
        "cut-id": _("The order's number “{value}” was cut by a spreadsheet."),
        "cut-number": _("“{value}” was cut by a spreadsheet and was left out."),
        "phone-unread": _("“{value}” is no phone number that can be dialled. It is kept as it was written."),
        "phone-more": _("“{value}” says more than one phone number. {number} is used, the rest is kept beside it."),
        "phone-abroad": _("“{value}” was read as the number {number}."),
        "rows-apart": _(
            "The rows of many orders are not together: more than {limit} rows stand apart from the others of "
            "their order. Sort the file by the order number and import it again."
        ),
        "too-many-rows": _("The order has more than {limit} rows and was left out."),
        "amounts-either-way": _(
            "Amounts such as “{value}” can be read in two ways; they were read as {read}. If that is wrong, say "
            "what the decimal mark is."
        ),
        "dates-either-way": _(
            "Some dates of this file have the day first and others the month. A spreadsheet may have turned "
            "them; check the days of these orders."
        ),
        "other-order": _(
            "Order {id} is in the file more than once, and this row is of another order: another customer, "
            "day or total. The first one was taken. If two stores are in one file, import each from a file of "
            "its own."
        ),
        "other-here": _(
            "Order {id} is here already as another order: of {day} for {total}, while in the file it "
            "is of {own_day} for {own_total}. If the file is of another store, name the store and "
            "import it again."
        ),
        "unknown-column": _("The mapping names a column “{column}” that the file does not have."),
        "no-id": _("The order has no number."),
        "long-id": _("The order's number is longer than {limit} characters."),
        "duplicate-id": _("Order {id} is in the file more than once; the first one was taken."),
        "no-date": _("The order has no date."),
        "bad-date": _("“{value}” is not a date."),
        "bad-amount": _("“{value}” is not an amount of money."),
        "negative-amount": _("The amount {value} is negative."),
        "no-currency": _("The order has no currency, and no default was given."),
        "bad-currency": _("“{value}” is not a currency."),
        "bad-quantity": _("“{value}” is not a quantity."),
        "unknown-status": _("The status “{value}” is not known; the order was taken as “{state}”."),
        "totals-differ": _("The parts of the order add up to {expected}, but its total is {total}."),
        "bad-email": _("“{value}” is not an e-mail address and was left out."),
        "bad-ip": _("“{value}” is not an IP address and was left out."),
        "bad-items": _("The products “{value}” could not be read."),
        "future-date": _("The order's date, {value}, is in the future."),
        "stock-short": _(
            "There are too few pieces of {product}: {available} of {wanted}. The order is in, and nothing was "
            "taken for it."
        ),
        "not-stored": _(
            "This holds a value that cannot be kept, such as a number that is too large. Please check the row."
        ),
        "no-goods-columns": _("The columns of SKU, name and price are not known. Say in the mapping which they are."),
        "no-sku": _("The product has no SKU."),
        "no-title": _("The product has no name."),
        "no-price": _("The product has no price."),
        "no-variants": _("Nothing is sold of this product: no row of it has a price."),
        "no-parent": _("The product that this variation belongs to, “{value}”, is not in the file."),
        "other-goods": _("Products of the kind “{value}” are not sold here; it was left out."),
        "many-variants": _("A product can have {limit} variants; those after them were left out."),
        "duplicate-goods": _("The product {id} is in the file more than once; the first one was taken."),
        "negative-stock": _("The stock {value} is below zero; nothing was counted."),
        "stock-reserved": _("Of {id}, {reserved} pieces are promised to orders; its stock was left as it is."),
        "goods-not-stored": _("The product could not be taken: {reason}"),
    }
)
LEVELS: Final[Mapping[str, str]] = MappingProxyType({"error": _("Left out"), "warning": _("Warning")})
PLATFORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "shopify": "Shopify",
        "woocommerce": "WooCommerce",
        "csv": _("Table (CSV)"),
        "shopify-products": _("Products of Shopify"),
        "woocommerce-products": _("Products of WooCommerce"),
        "products": _("Table of products (CSV)"),
    }
)
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "incomplete": _("Checkout not finished"),
        "pending": _("Waiting for payment"),
        "failed": _("Payment failed"),
        "paid": _("Paid"),
        "processing": _("In processing"),
        "on-hold": _("On hold"),
        "shipped": _("Shipped"),
        "in-transit": _("In transit"),
        "ready": _("Ready for pick-up"),
        "completed": _("Completed"),
        "cancelled": _("Cancelled"),
        "refunded": _("Refunded"),
        "returned": _("Returned"),
    }
)
# Every field of `goods.mapping.FIELDS`.
GOODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sku": _("SKU"),
        "title": _("Product name"),
        "group": _("Group (rows that are variants of one product)"),
        "price": _("Price"),
        "compare_at": _("Former price"),
        "pieces": _("Pieces in stock"),
        "category": _("Category"),
        "summary": _("In one sentence"),
        "description": _("Description"),
        "weight_grams": _("Weight in grams"),
        "published": _("Published (yes or no)"),
        "photos": _("Addresses of photos"),
        "option1_name": _("First option: its name"),
        "option1_value": _("First option: its value"),
        "option2_name": _("Second option: its name"),
        "option2_value": _("Second option: its value"),
        "option3_name": _("Third option: its name"),
        "option3_value": _("Third option: its value"),
    }
)
_ADDRESS: Final = {
    "name": _("Full name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "company": _("Company"),
    "line1": _("Address"),
    "house": _("House number"),
    "line2": _("Address, second line"),
    "city": _("City"),
    "region": _("Region"),
    "postcode": _("Postcode"),
    "country": _("Country"),
    "phone": _("Phone"),
    "email": _("E-mail"),
}
# Every field of `reading.mapping.FIELDS`, in the groups in which a form shows them.
GROUPS: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    (
        _("Order"),
        {
            "number": _("Order number"),
            "external_id": _("Identifier in the other system"),
            "placed_at": _("Date placed"),
            "status": _("Status"),
            "payment_status": _("Payment status"),
            "fulfillment_status": _("Delivery status"),
            "channel": _("Channel"),
            "customer_note": _("Customer's note"),
            "staff_note": _("Internal note"),
            "tags": _("Tags"),
            "ip": _("IP address"),
        },
    ),
    (
        _("Money"),
        {
            "total": _("Total"),
            "currency": _("Currency"),
            "subtotal": _("Subtotal"),
            "shipping_total": _("Shipping cost"),
            "discount": _("Discount"),
            "tax": _("Tax"),
            "shipping_tax": _("Tax on shipping"),
            "tax_included": _("Whether the prices include the tax"),
            "fee": _("Fee"),
            "paid": _("Amount paid"),
            "outstanding": _("Amount outstanding"),
            "refunded": _("Amount refunded"),
            "payment_method": _("Payment method"),
        },
    ),
    (
        _("Customer"),
        {
            "customer_name": _("Full name"),
            "customer_first_name": _("First name"),
            "customer_last_name": _("Last name"),
            "email": _("E-mail"),
            "phone": _("Phone"),
            "language": _("Language"),
            "customer_group": _("Customer group"),
            "customer_id": _("Customer's identifier"),
        },
    ),
    (
        _("Products"),
        {
            "line_name": _("Product"),
            "line_sku": _("SKU"),
            "line_variant": _("Variant"),
            "line_quantity": _("Quantity"),
            "line_price": _("Price of a piece"),
            "line_discount": _("Discount on the line"),
            "line_total": _("Total of the line"),
            "line_id": _("Identifier of the line"),
            "items": _("All products in one cell"),
        },
    ),
    (
        _("Delivery"),
        {
            "shipping_method": _("Shipping method"),
            "carrier": _("Carrier"),
            "tracking_number": _("Freight reference number"),
            "tracking_url": _("Tracking link"),
            "paid_at": _("Date paid"),
            "shipped_at": _("Date sent"),
            "completed_at": _("Date completed"),
            "cancelled_at": _("Date cancelled"),
            "refunded_at": _("Date refunded"),
        },
    ),
    (_("Delivery address"), {f"shipping_{part}": label for part, label in _ADDRESS.items()}),
    (_("Billing address"), {f"billing_{part}": label for part, label in _ADDRESS.items()}),
)


def sentence(problem: RowError, calendar: str = "gregorian") -> str:
    """What is wrong, in the words and figures of the active language; days in the reader's calendar."""
    params = dict(problem.params)
    code = language(get_language() or "en")
    if problem.code == "unknown-status":
        params["state"] = gettext(STATES[params["state"]])
    for name, unit in (("total", "currency"), ("expected", "currency"), ("own_total", "own_currency")):
        if name in params and params.get(unit):
            params[name] = isolate(money.show(Decimal(params[name]), params[unit], code))
    for name in ("day", "own_day"):
        if name in params:
            params[name] = isolate(dates.show_date(date.fromisoformat(params[name]), code, calendar, "UTC"))
    return gettext(SENTENCES[problem.code]).format_map(params)
