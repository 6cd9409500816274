"""Orders from a table: one row an order, or several rows that share its number, a line each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Final

from tartib.customers.address import Address
from tartib.integrations.reading import values, words
from tartib.integrations.reading.draft import (
    ZERO,
    Draft,
    Options,
    address,
    full_name,
    history,
    line,
    paid_of,
    parcel,
    person,
    split_tags,
    standing,
)
from tartib.integrations.reading.mapping import ColumnMapping, guess
from tartib.integrations.reading.text import Row, Source, rows
from tartib.integrations.records import Line, OrderRecord, RowError
from tartib.speech import digits

_SAMPLES: Final = 20
_NUMBERED_ITEM: Final = re.compile(r"line_item_\d+", re.IGNORECASE)


def read(
    stream: Source,
    options: Options,
    source: str,
    mapping: ColumnMapping | None = None,
    clean: Callable[[str], str] = values.clean,
) -> Iterator[OrderRecord | RowError]:
    """The orders of a table file. Without a mapping, in `options` or given, the columns are guessed.

    `clean` makes text of a cell, where a platform writes text in a way of its own.
    """
    table = rows(stream)
    header: list[str] | None = None
    for item in table:
        if isinstance(item, RowError):
            yield item
        else:
            header = [name.strip().lstrip("\ufeff") for name in item.cells]
            break
    if header is None:
        return
    first = list(islice(table, _SAMPLES))
    samples = [row.cells for row in first if isinstance(row, Row)]
    chosen = options.mapping or mapping or guess(header, samples)
    places = {name: place for place, name in reversed(list(enumerate(header)))}
    missing = [column for column in chosen.columns.values() if column not in places]
    # A platform's own export may lack columns of later versions; a mapping that a person made must fit.
    if options.mapping and missing:
        yield from (RowError(1, "unknown-column", column, {"column": column}) for column in missing)
        return
    index = {name: places[column] for name, column in chosen.columns.items() if column in places}
    if "number" not in index and "external_id" not in index:
        yield RowError(1, "no-id-column")
        return
    if not first:
        yield RowError(0, "header-only")
        return
    packed = [place for place, name in enumerate(header) if _NUMBERED_ITEM.fullmatch(name)]
    sheet = _Sheet(source, chosen, index, packed, options, clean)
    key = index.get("number", index.get("external_id", 0))
    for group in _groups(chain(first, table), key):
        yield from (group,) if isinstance(group, RowError) else sheet.order(group)


def _groups(table: Iterator[Row | RowError], key: int) -> Iterator[list[Row] | RowError]:
    """Neighbouring rows with the same order number, or with none after one that has it."""
    group: list[Row] = []
    current = ""
    for row in table:
        if isinstance(row, RowError):
            yield row
            continue
        number = row.cells[key].strip() if key < len(row.cells) else ""
        if group and (not number or number == current) and len(group) < _MOST_ROWS:
            group.append(row)
            continue
        if group:
            yield group
        group, current = [row], number
    if group:
        yield group


# No order has more lines; a file without order numbers must not fill the memory.
_MOST_ROWS: Final = 5000


class _Sheet:
    """A table whose columns are known."""

    def __init__(
        self,
        source: str,
        mapping: ColumnMapping,
        index: dict[str, int],
        packed: Sequence[int],
        options: Options,
        clean: Callable[[str], str],
    ) -> None:
        self._source = source
        self._mapping = mapping
        self._index = index
        self._packed = packed
        self._statuses = {words.squashed(word): state for word, state in mapping.statuses.items()}
        self._options = options
        self._clean = clean
        self._has_lines = bool({"line_name", "line_sku", "line_quantity"} & index.keys())
        self._has_addresses = {
            kind: any(name.startswith(kind) and name != "shipping_total" for name in index)
            for kind in ("billing_", "shipping_")
        }

    def _cells(self, row: Row) -> dict[str, str]:
        """Field -> the cleaned cell of its column, for those that are not empty."""
        cells, clean = row.cells, self._clean
        return {
            name: text
            for name, place in self._index.items()
            if place < len(cells) and (cell := cells[place]) and (text := clean(cell))
        }

    def order(self, group: list[Row]) -> Iterator[OrderRecord | RowError]:
        """The order that the rows make, after what is wrong with it."""
        draft = Draft(group[0].number, self._options, self._mapping.decimal)
        draft.calendar, draft.date_order = self._mapping.calendar, self._mapping.date_order
        columns = self._mapping.columns
        by_row = [self._cells(row) for row in group]
        # Of each field the first cell that is not empty; a default dictionary answers for the others without a call.
        cells: dict[str, str] = defaultdict(str)
        for found in reversed(by_row):
            cells.update(found)
        get = cells.__getitem__

        def at(name: str) -> str:
            return columns.get(name, name)

        if any("\ufffd" in "".join(row.cells) for row in group):
            draft.warn("damaged-text")
        number = digits.latin(get("number") or get("external_id"))
        external_id = digits.latin(get("external_id")) or number
        draft.identity(external_id, at("external_id" if "external_id" in self._index else "number"))
        placed_at = draft.moment(get("placed_at"), at("placed_at"))
        if placed_at is None and not draft.failed:
            draft.error("no-date", at("placed_at"))
        currency = draft.currency(get("currency") or self._mapping.currency, at("currency"))
        lines = tuple(self._lines(draft, group, by_row, get("items")))
        times = {name: draft.moment(get(name), at(name)) for name in _TIMES if name in self._index}
        raw_payment = get("payment_status")
        method_name = get("payment_method")
        method = words.payment_method(method_name)
        refunded = draft.magnitude(get("refunded"), at("refunded"))
        state = self._state(
            draft, get("status"), raw_payment, get("fulfillment_status"), bool(times.get("cancelled_at"))
        )
        payment_state = words.payment_state(raw_payment) or _payment_of(state, method, bool(times.get("paid_at")))
        outstanding = draft.magnitude(get("outstanding"), at("outstanding"))
        paid = draft.amount(get("paid"), at("paid"))
        amounts = draft.amounts(
            lines,
            subtotal=draft.amount(get("subtotal"), at("subtotal")),
            shipping=draft.amount(get("shipping_total"), at("shipping_total")) or ZERO,
            discount=draft.magnitude(get("discount"), at("discount")),
            tax=draft.amount(get("tax"), at("tax")) or ZERO,
            total=draft.amount(get("total"), at("total")),
            paid=lambda total: paid if paid is not None else paid_of(payment_state, total, outstanding=outstanding),
            refunded=refunded,
            currency=currency,
        )
        if refunded and payment_state == "paid":
            payment_state = "refunded" if refunded >= amounts.total else "partly-refunded"
        billing = self._address(draft, cells, "billing_")
        shipping = self._address(draft, cells, "shipping_")
        who = person(
            draft,
            billing,
            shipping,
            name=get("customer_name") or full_name(get("customer_first_name"), get("customer_last_name")),
            email=get("email"),
            phone=get("phone"),
            language=get("language"),
            group=get("customer_group"),
            external_id=get("customer_id"),
        )
        ip = draft.ip(get("ip"), at("ip"))

        def build(placed_at: datetime) -> OrderRecord:
            return OrderRecord(
                source=self._source,
                external_id=external_id,
                number=number,
                placed_at=placed_at,
                currency=currency,
                state=state,
                raw_status=get("status") or "/".join(filter(None, (raw_payment, get("fulfillment_status")))),
                payment_state=payment_state,
                payment_method=method,
                payment_method_name=method_name,
                shipping_method=get("shipping_method"),
                amounts=amounts,
                customer=who,
                billing=billing,
                shipping=shipping,
                lines=lines,
                ip=ip,
                channel=get("channel"),
                customer_note=get("customer_note"),
                staff_note=get("staff_note"),
                tracking=parcel(get("carrier"), get("tracking_number"), get("tracking_url")),
                tags=split_tags(get("tags")),
                history=history(placed_at, *((at, _TIMES[name], "") for name, at in times.items())),
                row=draft.row,
            )

        yield from draft.outcome(placed_at, build)

    def _address(self, draft: Draft, cells: dict[str, str], kind: str) -> Address:
        return address(draft, lambda part: cells.get(kind + part, "")) if self._has_addresses[kind] else _NO_ADDRESS

    def _state(self, draft: Draft, raw: str, raw_payment: str, fulfilment: str, cancelled: bool) -> str:
        payment = words.payment_state(raw_payment) or ""
        derived = standing(payment, fulfilment, cancelled=cancelled, closed=False)
        if not raw:
            return derived
        return draft.state(raw, self._mapping.columns.get("status", "status"), self._statuses, derived)

    def _lines(self, draft: Draft, group: list[Row], by_row: list[dict[str, str]], items: str) -> Iterator[Line]:
        if self._has_lines:
            for row, cells in zip(group, by_row, strict=True):
                found = self._line(draft, row.number, cells)
                if found is not None:
                    yield found
            return
        texts = [row.cells[place] for row in group for place in self._packed if place < len(row.cells)]
        if not self._packed and items:
            texts = _split_items(items)
        for text in texts:
            if text.strip():
                found = _packed_line(draft, self._clean(text))
                if found is not None:
                    yield found

    def _line(self, draft: Draft, row: int, cells: dict[str, str]) -> Line | None:
        def cell(name: str) -> str:
            return cells.get(name, "")

        def at(name: str) -> str:
            return self._mapping.columns.get(name, name)

        sku, name = cell("line_sku").lstrip("'"), cell("line_name")
        raw_quantity = cell("line_quantity")
        if not (sku or name or raw_quantity):
            return None
        quantity = draft.quantity(raw_quantity, at("line_quantity"), row) if raw_quantity else 1
        if quantity == 0:
            return None
        return line(
            sku=sku,
            name=name,
            variant=cell("line_variant"),
            quantity=quantity,
            price=draft.amount(cell("line_price"), at("line_price"), row),
            discount=draft.magnitude(cell("line_discount"), at("line_discount")),
            total=draft.amount(cell("line_total"), at("line_total"), row),
            external_id=cell("line_id"),
        )


_NO_ADDRESS: Final = Address()

_TIMES: Final = {
    "paid_at": "paid",
    "shipped_at": "shipped",
    "completed_at": "completed",
    "cancelled_at": "cancelled",
    "refunded_at": "refunded",
}


def _payment_of(state: str, method: str, has_paid_date: bool) -> str:
    """The payment's state where the file does not tell it."""
    if state == "refunded":
        return "refunded"
    if has_paid_date or state in ("paid", "completed") or (state == "processing" and method == "online"):
        return "paid"
    return "failed" if state == "failed" else "unpaid"


_COUNTED: Final = re.compile(r"(?:(?P<before>\d+)\s*[x×*]\s*(?P<name>.+)|(?P<title>.+?)\s*[x×*]\s*(?P<after>\d+))")


def _split_items(text: str) -> list[str]:
    """The items of one cell: "name:A|sku:1|quantity:2;name:B…", or "2× A, 1× B"."""
    if "|" in text and ":" in text:
        return text.split(";")
    return re.split(r"\s*[,;\n]\s*(?=\d+\s*[x×*])|\n|;", text)


def _packed_line(draft: Draft, text: str) -> Line | None:
    """One item of a cell: "name:A|sku:1|quantity:2|total:10", "2× A" or "A × 2"."""
    if "|" in text and ":" in text:
        parts = {
            key.strip().lower(): value.strip() for key, _, value in (pair.partition(":") for pair in text.split("|"))
        }
        quantity = draft.quantity(parts.get("quantity") or parts.get("qty") or "1", "items")
        if not quantity:
            return None
        total = draft.amount(parts.get("total"), "items")
        subtotal = draft.amount(parts.get("sub_total") or parts.get("subtotal"), "items")
        discount = subtotal - total if subtotal is not None and total is not None and subtotal > total else ZERO
        return line(
            sku=parts.get("sku", ""),
            name=parts.get("name", "") or parts.get("product", ""),
            variant=parts.get("variation", ""),
            quantity=quantity,
            price=draft.amount(parts.get("price"), "items"),
            discount=discount,
            total=total,
            external_id=parts.get("id", ""),
        )
    found = _COUNTED.fullmatch(text.strip())
    quantity = int(found["before"] or found["after"]) if found else 1
    name = (found["name"] or found["title"]) if found else text
    if quantity == 0 or quantity > 10**9:
        draft.error("bad-items", "items", value=values.short(text))
        return None
    return line(sku="", name=name.strip(), quantity=quantity, price=Decimal(0), discount=ZERO, total=None)
