"""WooCommerce: orders of the REST API (v1 to v3) as JSON, and the CSV files of the common order exporters."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tartib.customers.address import Address
from tartib.imports.reading import sheet, sums, values, words
from tartib.imports.reading.draft import ZERO, Draft, Options, address, history, once, parcel, person, position
from tartib.imports.reading.entries import Entry, entries
from tartib.imports.reading.text import Source, peek, starts_like_json
from tartib.imports.records import Line, OrderRecord, RowError, Tracking

_ADDRESS: Final = {"line1": "address_1", "line2": "address_2", "region": "state"}
# Column names that only WooCommerce's exporters use.
_MARKS: Final = (
    b"payment_method_title",
    b"Payment Method Title",
    b"order_key",
    b"cart_discount",
    b"(Billing)",
    b"line_item_1",
)
_LANGUAGE_KEYS: Final = ("wpml_language", "_wpml_language", "trp_language", "pll_language", "_locale")


class WooCommerce:
    """Reads what WooCommerce and its exporters write."""

    code = "woocommerce"

    def sniff(self, head: bytes, filename: str) -> float:
        """Sure by words that only WooCommerce's files have."""
        if starts_like_json(head):
            marks = (b'"order_key"', b'"date_created_gmt"', b'"customer_ip_address"', b'"line_items"', b'"cart_tax"')
            found = sum(mark in head for mark in marks)
            return 0.97 if found >= 3 else 0.3 * found
        first = head.split(b"\n", 1)[0]
        if any(mark in first for mark in _MARKS):
            return 0.9
        return 0.4 if "woo" in filename.lower() or "wc-orders" in filename.lower() else 0.0

    def read(self, stream: Source, options: Options) -> Iterator[OrderRecord | RowError]:
        """The orders of a JSON or CSV file."""
        if starts_like_json(peek(stream)):
            return once(_read_json(stream, options))
        return once(sheet.read_sheet(stream, options, self.code, clean=_text))


PLATFORM: Final = WooCommerce()


def _text(value: object) -> str:
    """WordPress keeps names and titles with HTML entities in them."""
    text = values.clean(value)
    return values.clean(html.unescape(text)) if "&" in text else text


def _read_json(stream: Source, options: Options) -> Iterator[OrderRecord | RowError]:
    for entry in entries(stream):
        if isinstance(entry, RowError):
            yield entry
        elif "status" not in entry.data or "line_items" not in entry.data:
            yield RowError(entry.row, "not-an-order")
        else:
            yield from _order(entry, options)


def _order(entry: Entry, options: Options) -> Iterator[OrderRecord | RowError]:
    data = entry.data
    draft = Draft(entry.row, options)
    external_id = values.clean(data.get("id"))
    draft.identity(external_id, "id")
    placed_at = _moment(draft, data, "date_created")
    if placed_at is None and not draft.failed:
        draft.error("no-date", "date_created_gmt")
    paid_at, completed_at = _moment(draft, data, "date_paid"), _moment(draft, data, "date_completed")
    currency = draft.currency(data.get("currency"), "currency")
    raw_status = values.clean(data.get("status"))
    has_paid = paid_at is not None
    state = draft.state(raw_status, "status", {}, "paid" if has_paid else "pending")
    refunded = sum((draft.magnitude(item.get("total"), "refunds.total") for item in _items(data, "refunds")), ZERO)
    lines, amounts = draft.amounts(
        *_readings(draft, data),
        paid=lambda total: total if has_paid or state in ("completed", "refunded") else ZERO,
        refunded=refunded,
        currency=currency,
    )
    billing, shipping = _address(draft, data.get("billing")), _address(draft, data.get("shipping"))
    meta = {values.clean(item.get("key")): item.get("value") for item in _items(data, "meta_data")}
    customer_id = values.clean(data.get("customer_id"))
    who = person(
        draft,
        billing,
        shipping,
        given_name=_text(billed.get("first_name")) if isinstance(billed := data.get("billing"), dict) else "",
        email=billing.email,
        phone=billing.phone,
        language=next((meta[key] for key in _LANGUAGE_KEYS if meta.get(key)), None),
        external_id="" if customer_id == "0" else customer_id,
    )
    ip = draft.ip(data.get("customer_ip_address"), "customer_ip_address")
    method_code = values.clean(data.get("payment_method"))

    def build(placed_at: datetime) -> OrderRecord:
        return OrderRecord(
            source=PLATFORM.code,
            external_id=external_id,
            number=values.clean(data.get("number")) or external_id,
            placed_at=placed_at,
            currency=currency,
            state=state,
            raw_status=raw_status,
            payment_state=_payment_state(state, amounts.paid, refunded, amounts.total),
            payment_method=words.payment_method(f"{method_code} {_text(data.get('payment_method_title'))}"),
            payment_method_name=_text(data.get("payment_method_title")) or method_code,
            shipping_method=next((_text(item.get("method_title")) for item in _items(data, "shipping_lines")), ""),
            amounts=amounts,
            customer=who,
            billing=billing,
            shipping=shipping,
            lines=lines,
            ip=ip,
            channel=values.clean(data.get("created_via")),
            customer_note=_text(data.get("customer_note")),
            staff_note="\n".join(draft.remarks),
            tracking=_parcels(meta),
            tags=tuple(values.clean(item.get("code")) for item in _items(data, "coupon_lines") if item.get("code")),
            history=history(
                placed_at, (paid_at, "paid", values.clean(data.get("transaction_id"))), (completed_at, "completed", "")
            ),
            row=draft.row,
        )

    yield from draft.outcome(placed_at, build)


def _moment(draft: Draft, data: dict[str, Any], key: str) -> datetime | None:
    """The moment in UTC where the file has it so, else in the shop's zone."""
    gmt = f"{key}_gmt"
    return draft.gmt(data.get(gmt), gmt) if data.get(gmt) else draft.moment(data.get(key), key)


def _readings(draft: Draft, data: dict[str, Any]) -> Iterator[sums.Parts]:
    """The order's parts: with the tax in the prices, where they were entered so, else as they are told, without it.

    WooCommerce tells every amount without its tax, and the tax of each beside it.
    """
    gross = data.get("prices_include_tax") is True
    total = draft.amount(data.get("total"), "total")
    for with_tax in (True, False) if gross else (False,):
        draft.taken_off = ZERO
        draft.remarks.clear()
        lines = (*_lines(draft, data, with_tax=with_tax), *_fees(draft, data, with_tax=with_tax))
        shipping = _with_tax(draft, data, "shipping_total", "shipping_tax", with_tax=with_tax) or ZERO
        if shipping < 0:
            draft.take_off("", -shipping)
        yield sums.Parts(
            lines=lines,
            shipping=max(shipping, ZERO),
            discount=abs(_with_tax(draft, data, "discount_total", "discount_tax", with_tax=with_tax) or ZERO),
            taken_off=draft.taken_off,
            tax=draft.amount(data.get("total_tax"), "total_tax") or ZERO,
            total=total,
            tax_included=with_tax,
        )


def _with_tax(draft: Draft, data: dict[str, Any], key: str, tax: str, *, with_tax: bool) -> Decimal | None:
    """An amount, with its tax added where that is wanted; None where it is not told."""
    found = draft.signed(data.get(key), key)
    if found is None or not with_tax:
        return found
    return found + (draft.signed(data.get(tax), tax) or ZERO)


def _lines(draft: Draft, data: dict[str, Any], *, with_tax: bool) -> Iterator[Line]:
    for item in _items(data, "line_items"):
        written = item.get("quantity", "")
        quantity = draft.quantity(written, "line_items.quantity")
        if not quantity:
            continue
        total = _with_tax(draft, item, "total", "total_tax", with_tax=with_tax)
        subtotal = _with_tax(draft, item, "subtotal", "subtotal_tax", with_tax=with_tax)
        discount = subtotal - total if subtotal is not None and total is not None and subtotal > total else ZERO
        found = position(
            draft,
            sku=values.clean(item.get("sku")),
            name=_text(item.get("parent_name") or item.get("name")),
            variant=_variant(item),
            quantity=quantity,
            written=str(written),
            price=None
            if subtotal is not None or total is not None
            else draft.signed(item.get("price"), "line_items.price"),
            discount=discount,
            total=total,
            external_id=values.clean(item.get("id")),
        )
        if found is not None:
            yield found


def _fees(draft: Draft, data: dict[str, Any], *, with_tax: bool) -> Iterator[Line]:
    """A fee is a position that is no product; one below zero is a discount."""
    for item in _items(data, "fee_lines"):
        amount = _with_tax(draft, item, "total", "total_tax", with_tax=with_tax)
        found = position(draft, sku="", name=_text(item.get("name")), price=amount, total=amount) if amount else None
        if found is not None:
            yield found


def _variant(item: dict[str, Any]) -> str:
    """What was chosen of a variable product: the attributes that WooCommerce shows."""
    if not item.get("variation_id"):
        return ""
    chosen = (
        _text(meta.get("display_value") or meta.get("value"))
        for meta in _items(item, "meta_data")
        if not values.clean(meta.get("key")).startswith("_")
    )
    return ", ".join(filter(None, chosen))


def _payment_state(state: str, paid: Decimal, refunded: Decimal, total: Decimal) -> str:
    if refunded or state == "refunded":
        return "refunded" if state == "refunded" or refunded >= total else "partly-refunded"
    if paid:
        return "paid"
    return "failed" if state == "failed" else "unpaid"


def _address(draft: Draft, data: object) -> Address:
    known = data if isinstance(data, dict) else {}
    return address(draft, lambda part: _text(known.get(_ADDRESS.get(part, part))))


def _parcels(meta: dict[str, Any]) -> tuple[Tracking, ...]:
    """Parcels as the shipment-tracking extensions keep them in the order's meta data."""
    found: list[Tracking] = []
    kept = meta.get("_wc_shipment_tracking_items")
    for item in kept if isinstance(kept, list) else []:
        if isinstance(item, dict):
            carrier = item.get("tracking_provider") or item.get("custom_tracking_provider")
            found.extend(parcel(carrier, item.get("tracking_number"), item.get("custom_tracking_link")))
    number = meta.get("_tracking_number") or meta.get("tracking_number")
    if number and not found:
        found.extend(parcel(meta.get("_tracking_provider"), number, meta.get("_tracking_link")))
    return tuple(found)


def _items(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = data.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
