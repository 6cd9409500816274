"""Orders from a table: one row an order, or several rows that share its number, a line each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from tartib.customers.address import Address
from tartib.imports.reading import values, words
from tartib.imports.reading.draft import (
    Draft,
    Options,
    address,
    derived_status,
    full_name,
    history,
    paid_of,
    parcel,
    person,
    split_tags,
    state_of,
)
from tartib.imports.reading.guess import guess, is_fee
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.opening import beginning, lacking_of
from tartib.imports.reading.sheet_sums import SheetSums
from tartib.imports.reading.survey import Survey, groups, survey
from tartib.imports.reading.text import Row, Source, Table
from tartib.imports.records import OrderRecord, RowError
from tartib.l10n import digits, money, numbers

_NUMBERED_ITEM: Final = re.compile(r"line_item_\d+", re.IGNORECASE)


def read_sheet(
    stream: Source,
    options: Options,
    source: str,
    mapping: ColumnMapping | None = None,
    clean: Callable[[str], str] = values.clean,
) -> Iterator[OrderRecord | RowError]:
    """The orders of a table file. Without a mapping, in `options` or given, the columns are guessed.

    The file is read twice: what its numbers and dates mean, and which rows belong together, only all of it tells.
    `clean` makes text of a cell, where a platform writes text in a way of its own.
    """
    table = Table(stream)
    opened = beginning(table)
    yield from opened.problems
    if not opened.header:
        return
    header = opened.header
    chosen = options.mapping or mapping or guess(header, opened.samples)
    places = {name: place for place, name in reversed(list(enumerate(header)))}
    missing = [column for column in chosen.columns.values() if column not in places]
    # A platform's own export may lack columns of later versions; a mapping that a person made must fit.
    if options.mapping and missing:
        yield from (RowError(opened.row, "unknown-column", column, {"column": column}) for column in missing)
        return
    index = {name: places[column] for name, column in chosen.columns.items() if column in places}
    if not opened.samples:
        yield RowError(0, "header-only")
        return
    lacking = lacking_of(index, header, opened.row)
    # Somebody who says what the columns are may know that there are no amounts.
    if lacking and not (options.mapping and lacking[0].code == "no-total-column"):
        yield lacking[0]
        return
    key = index.get("number", index.get("external_id", 0))
    found = survey(
        opened.rows(), chosen, index, key,
        separator=table.separator, currency=options.currency, country=options.country,
    )  # fmt: skip
    yield from found.problems
    if found.unusable:
        return
    packed = [place for place, name in enumerate(header) if _NUMBERED_ITEM.fullmatch(name)]
    fees = {name: place for name, place in places.items() if is_fee(name) and place not in index.values()}
    sheet = _Sheet(source, chosen, index, packed, fees, options, clean, found)
    for group in groups(opened.rows(), key, found.last):
        yield from (group,) if isinstance(group, RowError) else sheet.orders(group)


class _Sheet:
    """A table whose columns are known."""

    def __init__(
        self,
        source: str,
        mapping: ColumnMapping,
        index: Mapping[str, int],
        packed: Sequence[int],
        fees: Mapping[str, int],
        options: Options,
        clean: Callable[[str], str],
        found: Survey,
    ) -> None:
        self._source = source
        self._mapping = mapping
        self._index = index
        self._statuses = {words.squashed(word): state for word, state in mapping.statuses.items()}
        self._options = options
        self._clean = clean
        self._found = found
        self._damage_said = False
        self._sums = SheetSums(mapping, index, packed, fees, clean, found)
        self._has_addresses = {
            kind: any(name.startswith(kind) and name not in _NO_PARTS for name in index)
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

    def orders(self, group: list[Row]) -> Iterator[OrderRecord | RowError]:
        """The order that the rows make, after what is wrong with it."""
        by_row = [self._cells(row) for row in group]
        if len(group) > 1:
            yield from self._strangers(group, by_row)
        yield from self._order(group, by_row)

    def _strangers(self, group: list[Row], by_row: list[dict[str, str]]) -> Iterator[RowError]:
        """Take out the rows that are of another order with the same number, or the same rows once more, and say so."""
        first, taken = by_row[0], [group[0].number]
        seen = {tuple(group[0].cells)}
        said: set[str] = set()
        for place in range(1, len(group)):
            row, cells = group[place], by_row[place]
            apart = row.number - taken[-1] > 1 + sum(map(_line_breaks, group[place - 1].cells))
            code = (
                "other-order" if self._is_other(first, cells)
                else "duplicate-id" if apart and tuple(row.cells) in seen
                else ""
            )  # fmt: skip
            if code:
                if code not in said:
                    said.add(code)
                    yield RowError(row.number, code, params={"id": first.get("number") or first.get("external_id", "")})
                group[place] = _GONE
            else:
                seen.add(tuple(row.cells))
            taken.append(row.number)
        by_row[:] = [cells for row, cells in zip(group, by_row, strict=True) if row is not _GONE]
        group[:] = [row for row in group if row is not _GONE]

    def _is_other(self, first: Mapping[str, str], cells: Mapping[str, str]) -> bool:
        """Whether a row with the same number is of another order: of somebody else, or of another day or sum."""
        for name in _WHO:
            if name in first and name in cells:
                return first[name].casefold() != cells[name].casefold()
        if not self._sums.has_lines and first.get("total", "") != cells.get("total", first.get("total", "")):
            return True
        # Lines may have each a time of its own.
        days = [
            _CLOCK.sub("", found["placed_at"][: numbers.LONGEST]) for found in (first, cells) if "placed_at" in found
        ]
        return len(set(days)) > 1

    def _order(self, group: list[Row], by_row: list[dict[str, str]]) -> Iterator[OrderRecord | RowError]:
        found = self._found
        draft = Draft(group[0].number, self._options, found.decimal)
        draft.calendar, draft.date_order = self._mapping.calendar, found.date_order
        columns = self._mapping.columns
        # Of each field the first cell that is not empty; a default dictionary answers for the others without a call.
        cells: dict[str, str] = defaultdict(str)
        for row_cells in reversed(by_row):
            cells.update(row_cells)
        get = cells.__getitem__

        def at(name: str) -> str:
            return columns.get(name, name)

        if not self._damage_said and any("\ufffd" in "".join(row.cells) for row in group):
            self._damage_said = True
            draft.warn("damaged-text")
        number, external_id = self._identity(draft, get("number"), get("external_id"), at)
        placed_at = draft.moment(get("placed_at"), at("placed_at"))
        if placed_at is None and not draft.failed:
            draft.error("no-date", at("placed_at"))
        currency = draft.currency(self._sums.unit or get("currency") or self._mapping.currency, at("currency"))
        draft.exponent = money.exponent(currency)
        readings = tuple(self._sums.parts(draft, group, by_row, cells))
        times = {name: draft.moment(get(name), at(name)) for name in _TIMES if name in self._index}
        raw_payment = get("payment_status")
        method_name = get("payment_method")
        method = words.payment_method(method_name)
        refunded = self._sums.magnitude(draft, cells, "refunded")
        state = self._state(
            draft, get("status"), raw_payment, get("fulfillment_status"), bool(times.get("cancelled_at"))
        )
        payment_state = words.payment_state(raw_payment) or _payment_of(state, method, bool(times.get("paid_at")))
        outstanding = self._sums.magnitude(draft, cells, "outstanding")
        if outstanding and not raw_payment and payment_state == "unpaid":
            payment_state = "partly-paid"
        paid = self._sums.amount(draft, cells, "paid")
        lines, amounts = draft.amounts(
            *readings,
            paid=lambda total: paid if paid is not None else paid_of(payment_state, total, outstanding=outstanding),
            refunded=refunded,
            currency=currency,
        )
        if (outstanding and payment_state == "paid") or (not raw_payment and payment_state == "unpaid"):
            payment_state = state_of(amounts.paid, amounts.total)
        if refunded and (payment_state in ("paid", "partly-paid") or (not raw_payment and payment_state == "refunded")):
            payment_state = "refunded" if refunded >= min(amounts.total, amounts.paid) else "partly-refunded"
        if payment_state == "refunded" and words.is_closed(get("status")):
            state = "refunded"
        billing = self._address(draft, cells, "billing_")
        shipping = self._address(draft, cells, "shipping_")
        who = person(
            draft,
            billing,
            shipping,
            name=get("customer_name") or full_name(get("customer_first_name"), get("customer_last_name")),
            given_name=get("customer_first_name") or get("billing_first_name"),
            email=get("email"),
            phone=get("phone"),
            language=get("language"),
            group=get("customer_group"),
            external_id=draft.whole(get("customer_id"), at("customer_id")),
        )
        ip = draft.ip(get("ip"), at("ip"))
        tracking = draft.whole(get("tracking_number"), at("tracking_number"))

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
                staff_note="\n".join(filter(None, (get("staff_note"), *draft.remarks))),
                tracking=parcel(get("carrier"), tracking, get("tracking_url")),
                tags=split_tags(get("tags")),
                history=history(placed_at, *((at, _TIMES[name], "") for name, at in times.items())),
                row=draft.row,
            )

        yield from draft.outcome(placed_at, build)

    def _identity(self, draft: Draft, number: str, external_id: str, at: Callable[[str], str]) -> tuple[str, str]:
        """The order's number, and what it is known by: the number where a spreadsheet has cut the identifier."""
        number, external_id = digits.latin(values.code(number)), digits.latin(values.code(external_id))
        if external_id and values.is_cut(external_id) and (number or not external_id.isdigit()):
            draft.cut(external_id, at("external_id"))
            external_id = ""
        if number and values.is_cut(number) and not number.isdigit():
            draft.error("cut-id", at("number"), value=numbers.short(number))
        number = number or external_id
        external_id = external_id or number
        draft.identity(external_id, at("external_id" if "external_id" in self._index else "number"))
        return number, external_id

    def _address(self, draft: Draft, cells: dict[str, str], kind: str) -> Address:
        return address(draft, lambda part: cells.get(kind + part, "")) if self._has_addresses[kind] else _NO_ADDRESS

    def _state(self, draft: Draft, raw: str, raw_payment: str, fulfilment: str, cancelled: bool) -> str:
        payment = words.payment_state(raw_payment) or ""
        derived = derived_status(payment, fulfilment, cancelled=cancelled, closed=False)
        if not raw:
            return derived
        return draft.state(raw, self._mapping.columns.get("status", "status"), self._statuses, derived)


_GONE: Final = Row(0, [])
_CLOCK: Final = re.compile(r"[T\s,]*\d{1,2}:\d{2}.*")
_WHO: Final = ("email", "billing_email", "phone", "customer_name", "billing_name", "shipping_name")
_NO_PARTS: Final = frozenset({"shipping_total", "shipping_tax", "shipping_method"})


def _line_breaks(cell: str) -> int:
    return cell.count("\n")


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
