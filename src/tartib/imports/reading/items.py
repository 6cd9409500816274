"""Products that a table has in one cell: "name:A|sku:1|quantity:2;name:B", "2× A, 1× B", "A (x2) | B (x1)"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from tartib.imports.reading.draft import ZERO, Draft, position
from tartib.imports.records import Line
from tartib.l10n import digits, numbers

_LONGEST: Final = 1_000
_COUNT: Final = r"\d{1,9}(?:[.,]\d{1,3})?"
_COUNTED: Final = re.compile(
    rf"(?P<before>{_COUNT})\s*[x×*хХ]\s+?(?P<name>.+)|(?P<bare_before>{_COUNT})\s*[×*]\s*(?P<bare_name>.+)"
    rf"|(?P<title>.+?)\s*[(\[（]\s*(?:(?:[x×*хХ]|qty\s*:|Qty\s*:)\s*(?P<inside>{_COUNT})|(?P<inside_before>{_COUNT})\s*[x×*хХ])\s*[)\]）]"
    rf"|(?P<thing>.+?)\s*[x×*хХ]\s*(?P<after>{_COUNT})"
)
_OF_PRODUCT: Final = re.compile(r"(?:^|,)\s*Product\s+(?=(?:[A-Z]\w+\s){0,2}[A-Z]\w+\s*:)")
_SKU: Final = re.compile(r"\s*\(SKU\s*:([^()]*)\)", re.IGNORECASE)
_COUNTS: Final = ("before", "bare_before", "inside", "inside_before", "after")
# A count that begins an item, so that a comma before it ends the one before.
_NEXT: Final = re.compile(r"(?<!\s)\s*[,،、]\s*(?=\d+\s*[x×*])|(?<=[)\]）])\s*[,،、]\s*|\n|[;؛；]")


def split_items(text: str) -> list[str]:
    """The items of one cell."""
    if "|" in text and ":" in text and re.search(r"\b(?:name|product|sku|quantity)\s*:", text, re.IGNORECASE):
        return text.split(";")
    if "|" in text:
        return text.split("|")
    parts = _NEXT.split(text)
    # "A x2, B x1": a comma that ends a count ends an item.
    return [item for part in parts for item in re.split(r"(?<=[x×*]\d)\s*[,،、]\s*|(?<=[x×*]\d\d)\s*[,،、]\s*", part)]


def packed_line(draft: Draft, text: str) -> Line | None:
    """One item of a cell: "name:A|sku:1|quantity:2|total:10", "2× A", "A × 2" or "A (x2)"."""
    if "|" in text and ":" in text:
        return _labelled(draft, text)
    if _OF_PRODUCT.match(text):
        # "Product ID: 5, Product Qty: 2, Product Name: Hat", as BigCommerce writes it.
        return _labelled(draft, _OF_PRODUCT.sub("|", text))
    sku = ""
    if known := _SKU.match(text):
        sku, text = known[1].strip(), text[known.end() :]
    plain = digits.latin(text.strip())
    found = _COUNTED.fullmatch(plain) if len(plain) <= _LONGEST else None
    if not found:
        return position(draft, sku=sku, name=text.strip(), price=None, total=None)
    count = next(
        filter(None, (found["before"], found["bare_before"], found["inside"], found["inside_before"], found["after"]))
    )
    start, end = next(
        found.span(name) for name in ("name", "bare_name", "title", "thing") if found[name] is not None
    )  # fmt: skip
    quantity = draft.quantity(count, "items")
    if not quantity:
        draft.error("bad-items", "items", value=numbers.short(text))
        return None
    name = text.strip()[start:end].strip()
    return position(draft, sku=sku, name=name, quantity=quantity, written=count, price=None, total=None)


def _labelled(draft: Draft, text: str) -> Line | None:
    parts = {key.strip().lower(): value.strip() for key, _, value in (pair.partition(":") for pair in text.split("|"))}
    written = parts.get("quantity") or parts.get("qty") or "1"
    total = draft.signed(parts.get("total"), "items")
    subtotal = draft.signed(parts.get("sub_total") or parts.get("subtotal"), "items")
    discount = subtotal - total if subtotal is not None and total is not None and subtotal > total else ZERO
    return position(
        draft,
        sku=parts.get("sku", ""),
        name=parts.get("name", "") or parts.get("product", ""),
        variant=parts.get("variation", ""),
        quantity=draft.quantity(written, "items"),
        written=written,
        price=_price(draft, parts.get("price")),
        discount=discount,
        total=total,
        external_id=parts.get("id", ""),
    )


def _price(draft: Draft, text: str | None) -> Decimal | None:
    return draft.signed(text, "items") if text else None
