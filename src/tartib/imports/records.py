"""An order as it comes from outside, whatever system it was in; and what is wrong with a row. Pure data, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from tartib.customers.address import Address

# Where an order may stand, in words that belong to no platform and to no workflow.
STATES: Final = (
    "incomplete",
    "pending",
    "failed",
    "paid",
    "processing",
    "on-hold",
    "shipped",
    "in-transit",
    "ready",
    "completed",
    "cancelled",
    "refunded",
    "returned",
)
PAYMENT_STATES: Final = (
    "unpaid",
    "authorized",
    "partly-paid",
    "paid",
    "partly-refunded",
    "refunded",
    "voided",
    "failed",
)
PAYMENT_METHODS: Final = ("online", "bank", "on-receipt", "card-present", "other")
# What a past event may be: a state that was reached, or one of these.
PAST_EVENTS: Final = ("created", "note", *STATES)

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """An order's money, none of it negative. `subtotal` is the lines before discount; `total` is what is asked for.

    `discount` is all there is of it, that of the lines included. `expected` is what the parts add up to where that is
    not the total, and None where it is: the total is what the order costs all the same.
    """

    subtotal: Decimal = _ZERO
    shipping: Decimal = _ZERO
    discount: Decimal = _ZERO
    tax: Decimal = _ZERO
    total: Decimal = _ZERO
    paid: Decimal = _ZERO
    refunded: Decimal = _ZERO
    tax_included: bool = False
    expected: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """The customer. `phone` is in the one form of `l10n.phones`; `language` one of ours, None if unknown.

    `phone_said` is what was written, where `phone` does not say all of it; `given_name` a part of `name`.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str | None = None
    group: str = ""
    external_id: str = ""
    phone_said: str = ""
    given_name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One position of an order. `total` is what it costs after its own discount, which may not be price × quantity.

    A position without name and SKU stands for all products of the order together: the file has their sum alone.
    """

    sku: str
    name: str
    variant: str
    quantity: int
    price: Decimal
    discount: Decimal
    total: Decimal
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Tracking:
    """A parcel of the order, as the platform knew it."""

    carrier: str
    number: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class SourceEvent:
    """Something that happened to the order before it came here; `state` is one of PAST_EVENTS."""

    at: datetime
    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One order read from a file. `row` is where it begins (see RowError); `history` is in order of time."""

    source: str
    external_id: str
    number: str
    placed_at: datetime
    currency: str
    state: str
    raw_status: str
    payment_state: str
    payment_method: str
    payment_method_name: str
    shipping_method: str
    amounts: Amounts
    customer: Person
    billing: Address
    shipping: Address
    lines: tuple[Line, ...]
    ip: str | None
    channel: str
    customer_note: str
    staff_note: str
    tracking: tuple[Tracking, ...]
    tags: tuple[str, ...]
    history: tuple[SourceEvent, ...]
    row: int


# Code -> English, with the params it takes. Faces translate by code.
PROBLEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "empty-file": "The file is empty.",
        "header-only": "The file has column names and no orders below them.",
        "no-orders": "No orders were found in the file.",
        "unknown-encoding": "The text of the file could not be read: it is neither UTF-8 nor UTF-16 nor in a code page "
        "that is known. Save it as UTF-8 and try again.",
        "damaged-text": "Some letters of the file could not be read and are shown as “\ufffd”, first in this row.",
        "bad-json": "This is not valid JSON: the mistake is at character {position}.",
        "cut-json": "The file ends in the middle of an order.",
        "not-an-order": "This entry is not an order.",
        "too-large": "This record is larger than {limit} bytes and was left out.",
        "bad-row": "This could not be read as a row of a table.",
        "unclosed-quote": "A quotation mark opened in this row is never closed.",
        "no-id-column": "Which column holds the order's number? None of these could be recognised: {columns}.",
        "no-date-column": "Which column holds the day on which an order was placed? None of these could be recognised: "
        "{columns}.",
        "no-total-column": "Which column holds the order's total, or the price of a piece? None of these could be "
        "recognised: {columns}.",
        "cut-numbers": "The order numbers of this file were cut by a spreadsheet: “{value}” is not whole. Export the "
        "file again and import it without opening it in a spreadsheet.",
        "cut-id": "The order's number “{value}” was cut by a spreadsheet.",
        "cut-number": "“{value}” was cut by a spreadsheet and was left out.",
        "phone-unread": "“{value}” is no phone number that can be dialled. It is kept as it was written.",
        "phone-more": "“{value}” says more than one phone number. {number} is used, the rest is kept beside it.",
        "phone-abroad": "“{value}” was read as the number {number}.",
        "rows-apart": "The rows of many orders are not together: more than {limit} rows stand apart from the others of "
        "their order. Sort the file by the order number and import it again.",
        "too-many-rows": "The order has more than {limit} rows and was left out.",
        "amounts-either-way": "Amounts such as “{value}” can be read in two ways; they were read as {read}. If that is "
        "wrong, say what the decimal mark is.",
        "dates-either-way": "Some dates of this file have the day first and others the month. A spreadsheet may have "
        "turned them; check the days of these orders.",
        "other-order": "Order {id} is in the file more than once, and this row is of another order: another customer, "
        "day or total. The first one was taken. If two stores are in one file, import each from a file of its own.",
        "other-here": "Order {id} is here already as another order: of {day} for {total}, while in the file it is of "
        "{own_day} for {own_total}. If the file is of another store, name the store and import it again.",
        "unknown-column": "The mapping names a column “{column}” that the file does not have.",
        "no-id": "The order has no number.",
        "long-id": "The order's number is longer than {limit} characters.",
        "duplicate-id": "Order {id} is in the file more than once; the first one was taken.",
        "no-date": "The order has no date.",
        "bad-date": "“{value}” is not a date.",
        "bad-amount": "“{value}” is not an amount of money.",
        "negative-amount": "The amount {value} is negative.",
        "no-currency": "The order has no currency, and no default was given.",
        "bad-currency": "“{value}” is not a currency.",
        "bad-quantity": "“{value}” is not a quantity.",
        "unknown-status": "The status “{value}” is not known; the order was taken as “{state}”.",
        "totals-differ": "The parts of the order add up to {expected}, but its total is {total}.",
        "bad-email": "“{value}” is not an e-mail address and was left out.",
        "bad-ip": "“{value}” is not an IP address and was left out.",
        "bad-items": "The products “{value}” could not be read.",
        "future-date": "The order's date, {value}, is in the future.",
        "stock-short": "There are too few pieces of {product}: {available} of {wanted}. The order is in, "
        "and nothing was taken for it.",
        "not-stored": "This holds a value that cannot be kept, such as a number that is too large. "
        "Please check the row.",
        "no-goods-columns": "The columns of SKU, name and price are not known. Say in the mapping which they are.",
        "no-sku": "The product has no SKU.",
        "no-title": "The product has no name.",
        "no-price": "The product has no price.",
        "no-variants": "Nothing is sold of this product: no row of it has a price.",
        "no-parent": "The product that this variation belongs to, “{value}”, is not in the file.",
        "other-goods": "Products of the kind “{value}” are not sold here; it was left out.",
        "many-variants": "A product can have {limit} variants; those after them were left out.",
        "duplicate-goods": "The product {id} is in the file more than once; the first one was taken.",
        "negative-stock": "The stock {value} is below zero; nothing was counted.",
        "stock-reserved": "Of {id}, {reserved} pieces are promised to orders; its stock was left as it is.",
        "goods-not-stored": "The product could not be taken: {reason}",
    }
)


_OF_FILE: Final = frozenset(
    {"no-id-column", "no-date-column", "no-total-column", "unknown-column", "no-goods-columns", "damaged-text"}
)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row. An error's order was left out; a warning's order follows it.

    `row` is the line of a table file (1 is the column names) or of an NDJSON file, and the order's place, from 1, in
    any other JSON file; 0 when it is the file as a whole.
    """

    row: int
    code: str
    column: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    level: Literal["error", "warning"] = "error"

    @property
    def of_file(self) -> bool:
        """Whether it is about the file as a whole: what it is asked once, and not of each row."""
        return self.row == 0 or self.code in _OF_FILE

    @property
    def text(self) -> str:
        """The problem in English."""
        return PROBLEMS[self.code].format_map(self.params)


_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER_LETTERS: Final = frozenset("0123456789.,")


def safe_cell(text: str) -> str:
    """A text for a cell of a table file that we write, which a spreadsheet will not run as a formula.

    Text that begins like a formula gets an apostrophe before it, as spreadsheets themselves mark text; plain signed
    numbers ("-12.50", "+380671234567") stay as they are.
    """
    if not text.startswith(_FORMULA_STARTS):
        return text
    if len(text) > 1 and text[0] in "+-" and _NUMBER_LETTERS.issuperset(text[1:]):
        return text
    return f"'{text}"
