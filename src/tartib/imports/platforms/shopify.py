"""Shopify: orders of the Admin REST API as JSON (2008 to today), open checkouts, and the admin's orders CSV export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tartib.customers.address import Address
from tartib.imports.reading import sheet, sums, values, words
from tartib.imports.reading.draft import (
    ZERO,
    Draft,
    Options,
    address,
    derived_status,
    full_name,
    history,
    once,
    paid_of,
    parcel,
    person,
    position,
    split_tags,
    state_of,
)
from tartib.imports.reading.entries import Entry, entries
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.text import Source, peek, starts_like_json
from tartib.imports.records import Line, OrderRecord, RowError, Tracking

_ADDRESS: Final = {
    "line1": "address1",
    "line2": "address2",
    "region": "province",
    "postcode": "zip",
    "country": "country_code",
}

_COLUMNS: Final = ColumnMapping(
    columns={
        "external_id": "Id",
        "number": "Name",
        "email": "Email",
        "payment_status": "Financial Status",
        "paid_at": "Paid at",
        "fulfillment_status": "Fulfillment Status",
        "shipped_at": "Fulfilled at",
        "currency": "Currency",
        "subtotal": "Subtotal",
        "shipping_total": "Shipping",
        "tax": "Taxes",
        "fee": "Duties",
        "total": "Total",
        "discount": "Discount Amount",
        "shipping_method": "Shipping Method",
        "placed_at": "Created at",
        "line_quantity": "Lineitem quantity",
        "line_name": "Lineitem name",
        "line_price": "Lineitem price",
        "line_sku": "Lineitem sku",
        "line_discount": "Lineitem discount",
        **{
            f"{kind.lower()}_{field}": f"{kind} {column}"
            for kind in ("Billing", "Shipping")
            for field, column in {
                "name": "Name",
                "company": "Company",
                "line1": "Address1",
                "line2": "Address2",
                "city": "City",
                "region": "Province",
                "postcode": "Zip",
                "country": "Country",
                "phone": "Phone",
            }.items()
        },
        "customer_note": "Notes",
        "staff_note": "Note Attributes",
        "cancelled_at": "Cancelled at",
        "payment_method": "Payment Method",
        "refunded": "Refunded Amount",
        "outstanding": "Outstanding Balance",
        "tags": "Tags",
        "channel": "Source",
        "phone": "Phone",
    },
    calendar="gregorian",
)


class Shopify:
    """Reads what Shopify writes."""

    code = "shopify"

    def sniff(self, head: bytes, filename: str) -> float:
        """Sure by words that only Shopify's files have."""
        if starts_like_json(head):
            marks = (b'"financial_status"', b'"total_price"', b'"line_items"', b'"admin_graphql_api_id"')
            found = sum(mark in head for mark in marks)
            return 0.95 if found >= 2 else 0.4 * found
        first = head.split(b"\n", 1)[0]
        if b"Financial Status" in first and b"Lineitem" in first:
            # Squarespace calls all but the order's number as Shopify does.
            return 0.0 if first.lstrip(b'\xef\xbb\xbf"').startswith(b"Order ID") else 1.0
        return 0.3 if "shopify" in filename.lower() else 0.0

    def read(self, stream: Source, options: Options) -> Iterator[OrderRecord | RowError]:
        """The orders of a JSON or CSV file."""
        if starts_like_json(peek(stream)):
            return once(_read_json(stream, options))
        return once(sheet.read_sheet(stream, options, self.code, _COLUMNS))


PLATFORM: Final = Shopify()


def _read_json(stream: Source, options: Options) -> Iterator[OrderRecord | RowError]:
    for entry in entries(stream):
        if isinstance(entry, RowError):
            yield entry
        elif "line_items" not in entry.data or "created_at" not in entry.data:
            yield RowError(entry.row, "not-an-order")
        else:
            yield from _order(entry, options)


def _order(entry: Entry, options: Options) -> Iterator[OrderRecord | RowError]:
    data = entry.data
    draft = Draft(entry.row, options)
    external_id = values.clean(data.get("id"))
    draft.identity(external_id, "id")
    placed_at = draft.moment(data.get("created_at"), "created_at")
    if placed_at is None and not draft.failed:
        draft.error("no-date", "created_at")
    currency = draft.currency(data.get("currency"), "currency")
    raw_payment = values.clean(data.get("financial_status"))
    payment_state = words.payment_state(raw_payment) or "unpaid"
    outstanding = draft.magnitude(data.get("total_outstanding"), "total_outstanding")
    included = data.get("taxes_included")
    parts = sums.Parts(
        lines=(*_lines(draft, data), *_fees(draft, data)),
        shipping=_sum(draft, data, "shipping_lines", "price"),
        discount=draft.magnitude(data.get("total_discounts"), "total_discounts"),
        taken_off=draft.taken_off,
        tax=draft.amount(data.get("total_tax"), "total_tax") or ZERO,
        total=draft.amount(data.get("total_price"), "total_price"),
        tax_included=included if isinstance(included, bool) else None,
        subtotal=draft.amount(data.get("total_line_items_price"), "total_line_items_price"),
    )
    lines, amounts = draft.amounts(
        parts,
        paid=lambda total: paid_of(payment_state, total, outstanding=outstanding),
        refunded=_refunded(draft, data),
        currency=currency,
    )
    if outstanding and payment_state == "paid":
        payment_state = state_of(amounts.paid, amounts.total)
    billing = _address(draft, data.get("billing_address"))
    shipping = _address(draft, data.get("shipping_address"))
    customer = _mapping(data.get("customer"))
    who = person(
        draft,
        billing,
        shipping,
        name=full_name(values.clean(customer.get("first_name")), values.clean(customer.get("last_name"))),
        given_name=customer.get("first_name"),
        email=data.get("email") or data.get("contact_email") or customer.get("email"),
        phone=data.get("phone") or customer.get("phone"),
        language=data.get("customer_locale"),
        external_id=customer.get("id"),
    )
    ip = draft.ip(data.get("browser_ip") or _mapping(data.get("client_details")).get("browser_ip"), "browser_ip")
    past = _past(draft, data)
    gateways = [values.clean(name) for name in _list(data, "payment_gateway_names")]
    method = values.clean(data.get("gateway")) or ", ".join(filter(None, gateways))

    def build(placed_at: datetime) -> OrderRecord:
        return OrderRecord(
            source=PLATFORM.code,
            external_id=external_id,
            number=values.clean(data.get("name") or data.get("order_number")) or external_id,
            placed_at=placed_at,
            currency=currency,
            state=_state(data, payment_state),
            raw_status="/".join(filter(None, (raw_payment, values.clean(data.get("fulfillment_status"))))),
            payment_state=payment_state,
            payment_method=words.payment_method(method),
            payment_method_name=method,
            shipping_method=next((values.clean(item.get("title")) for item in _items(data, "shipping_lines")), ""),
            amounts=amounts,
            customer=who,
            billing=billing,
            shipping=shipping,
            lines=lines,
            ip=ip,
            channel=values.clean(data.get("source_name")),
            customer_note=values.clean(data.get("note")),
            staff_note="\n".join(filter(None, (_attributes(data), *draft.remarks))),
            tracking=_parcels(data),
            tags=(*split_tags(values.clean(data.get("tags"))), *(("test",) if data.get("test") is True else ())),
            history=history(placed_at, *past),
            row=draft.row,
        )

    yield from draft.outcome(placed_at, build)


def _lines(draft: Draft, data: dict[str, Any]) -> Iterator[Line]:
    for item in _items(data, "line_items"):
        written = item.get("quantity", "")
        quantity = draft.quantity(written, "line_items.quantity")
        if not quantity:
            continue
        found = position(
            draft,
            sku=values.clean(item.get("sku")),
            name=values.clean(item.get("title") or item.get("name")),
            variant=values.clean(item.get("variant_title")),
            quantity=quantity,
            written=str(written),
            price=draft.signed(item.get("price"), "line_items.price"),
            discount=draft.magnitude(item.get("total_discount"), "line_items.total_discount"),
            total=None,
            external_id=values.clean(item.get("id")),
        )
        if found is not None:
            yield found


# What is asked for besides goods and shipping, as the API names it.
_FEES: Final = {"total_tip_received": "Tip"}


def _fees(draft: Draft, data: dict[str, Any]) -> Iterator[Line]:
    """A fee is a position that is no product."""
    duties = _mapping(_mapping(data.get("original_total_duties_set")).get("shop_money")).get("amount")
    said = [(name, data.get(key), key) for key, name in _FEES.items()]
    for name, value, key in (*said, ("Duties", duties, "original_total_duties_set")):
        amount = draft.signed(value, key)
        found = position(draft, sku="", name=name, price=amount, total=amount) if amount else None
        if found is not None:
            yield found


def _state(data: dict[str, Any], payment_state: str) -> str:
    if "abandoned_checkout_url" in data and not data.get("completed_at"):
        return "incomplete"
    found = derived_status(
        payment_state,
        values.clean(data.get("fulfillment_status")),
        cancelled=bool(data.get("cancelled_at")),
        closed=bool(data.get("closed_at")),
    )
    if found == "shipped":
        parcels = {values.clean(item.get("shipment_status")) for item in _items(data, "fulfillments")}
        if parcels and parcels <= {"delivered", "picked_up"}:
            return "completed"
        if parcels & {"ready_for_pickup"}:
            return "ready"
        if parcels & {"in_transit", "out_for_delivery", "attempted_delivery"}:
            return "in-transit"
    return found


def _past(draft: Draft, data: dict[str, Any]) -> list[tuple[datetime | None, str, str]]:
    """What happened to the order, from its own times, its fulfilments, its refunds and its transactions."""
    past: list[tuple[datetime | None, str, str]] = [
        (draft.moment(data.get("cancelled_at"), "cancelled_at"), "cancelled", values.clean(data.get("cancel_reason"))),
        (draft.moment(data.get("closed_at"), "closed_at"), "completed", ""),
    ]
    for item in _items(data, "fulfillments"):
        if values.clean(item.get("status")) not in ("cancelled", "error", "failure"):
            number = values.clean(item.get("tracking_number"))
            past.append((draft.moment(item.get("created_at"), "fulfillments.created_at"), "shipped", number))
    for item in _items(data, "refunds"):
        at = draft.moment(item.get("created_at"), "refunds.created_at")
        past.append((at, "refunded", values.clean(item.get("note"))))
    paid = [
        item
        for item in _items(data, "transactions")
        if item.get("kind") in ("sale", "capture") and item.get("status") == "success"
    ]
    times = [draft.moment(item.get("created_at"), "transactions.created_at") for item in paid]
    if not paid and words.payment_state(values.clean(data.get("financial_status"))) == "paid":
        times = [draft.moment(data.get("processed_at"), "processed_at")]
    past.extend((at, "paid", "") for at in times)
    return past


def _refunded(draft: Draft, data: dict[str, Any]) -> Decimal:
    return sum(
        (
            draft.magnitude(item.get("amount"), "refunds.transactions.amount")
            for refund in _items(data, "refunds")
            for item in _items(refund, "transactions")
            if item.get("kind", "refund") == "refund" and item.get("status", "success") == "success"
        ),
        ZERO,
    )


def _parcels(data: dict[str, Any]) -> tuple[Tracking, ...]:
    found: dict[Tracking, None] = {}
    for item in _items(data, "fulfillments"):
        numbers = _list(item, "tracking_numbers") or [item.get("tracking_number")]
        urls = _list(item, "tracking_urls") or [item.get("tracking_url")]
        for place, number in enumerate(numbers):
            url = urls[place] if place < len(urls) else ""
            found.update(dict.fromkeys(parcel(item.get("tracking_company"), number, url)))
    return tuple(found)


def _attributes(data: dict[str, Any]) -> str:
    pairs = (
        (values.clean(item.get("name")), values.clean(item.get("value"))) for item in _items(data, "note_attributes")
    )
    return "\n".join(f"{name}: {value}" for name, value in pairs if name or value)


def _address(draft: Draft, data: object) -> Address:
    known = _mapping(data)
    return address(draft, lambda part: values.clean(known.get(_ADDRESS.get(part, part)) or known.get(part)))


def _sum(draft: Draft, data: dict[str, Any], key: str, field: str) -> Decimal:
    return sum((draft.amount(item.get(field), f"{key}.{field}") or ZERO for item in _items(data, key)), ZERO)


def _list(data: dict[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    return found if isinstance(found, list) else []


def _items(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in _list(data, key) if isinstance(item, dict)]


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
