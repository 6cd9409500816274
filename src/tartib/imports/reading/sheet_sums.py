"""What the rows of an order in a table say of its money: positions, fees, and its amounts in every way to read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Final

from tartib.imports.reading import sums, words
from tartib.imports.reading.draft import ZERO, Draft, position
from tartib.imports.reading.guess import AMOUNTS, unit
from tartib.imports.reading.items import packed_line, split_items
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.survey import Survey
from tartib.imports.reading.text import Row
from tartib.imports.records import Line
from tartib.l10n import numbers

_OF_ITEM: Final = re.compile("(?:line)?item|line|product(?!s)")
_ONE: Final = Decimal(1)
_SCALES: Final = {("IRR", "IRT"): Decimal("0.1"), ("IRT", "IRR"): Decimal(10)}
_YES_NO: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class SheetSums:
    """Reads the money of a table whose columns are known.

    `index` is field -> place of its column, `packed` the places of columns with an item each, `fees` name -> place of
    columns that may hold fees. `unit` is IRR or IRT where the names of the columns say which, else "".
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        index: Mapping[str, int],
        packed: Sequence[int],
        fees: Mapping[str, int],
        clean: Callable[[str], str],
        found: Survey,
    ) -> None:
        self._mapping = mapping
        self._index = index
        self._packed = packed
        self._more_fees = fees
        self._clean = clean
        self._found = found
        self._units = {name: unit(mapping.columns[name]) for name in AMOUNTS if name in index}
        self.unit = self._units.get("total") or next(filter(None, self._units.values()), "")
        self._of_items = {
            name for name in AMOUNTS if name in index and _OF_ITEM.match(words.squashed(mapping.columns[name]))
        }
        self.has_lines = bool({"line_name", "line_sku", "line_quantity"} & index.keys())

    def _scale(self, name: str) -> Decimal:
        """By what an amount of a column in rials is to be multiplied among amounts in tomans, and the other way."""
        return _SCALES.get((self._units.get(name, ""), self.unit), _ONE)

    def amount(self, draft: Draft, cells: Mapping[str, str], name: str, row: int | None = None) -> Decimal | None:
        """An amount of one of the fields, in the table's currency; None where there is none."""
        if name not in cells:
            return None
        found = draft.amount(cells.get(name, ""), self._mapping.columns.get(name, name), row)
        return None if found is None else found * self._scale(name)

    def _signed(self, draft: Draft, cells: Mapping[str, str], name: str, row: int | None = None) -> Decimal | None:
        if name not in cells:
            return None
        found = draft.signed(cells.get(name, ""), self._mapping.columns.get(name, name), row)
        return None if found is None else found * self._scale(name)

    def magnitude(self, draft: Draft, cells: Mapping[str, str], name: str) -> Decimal:
        """An amount that some write with a minus; 0 where there is none."""
        if name not in cells:
            return ZERO
        return draft.magnitude(cells.get(name, ""), self._mapping.columns.get(name, name)) * self._scale(name)

    def parts(
        self, draft: Draft, group: list[Row], by_row: list[dict[str, str]], cells: Mapping[str, str]
    ) -> Iterator[sums.Parts]:
        """What the rows say of the money: amounts that stand in each row are the order's, or each row's share of it."""
        lines = tuple(self._lines(draft, group, by_row, cells.get("items", "")))
        fees = tuple(self._fees(draft, by_row))
        more = tuple(self._other_fees(draft, group)) if cells.get("total") else ()
        amounts = {name: self.amount(draft, cells, name) for name in ("subtotal", "total")}
        amounts |= {name: self.magnitude(draft, cells, name) for name in ("discount", "tax")}
        shipping = self._signed(draft, cells, "shipping_total") or ZERO
        if shipping < 0:
            draft.take_off(self._mapping.columns["shipping_total"], -shipping)
            shipping = ZERO
        amounts["shipping_total"] = shipping
        shipping_tax = self.magnitude(draft, cells, "shipping_tax")
        included = _YES_NO.get(words.squashed(cells.get("tax_included", "")))
        shares = [
            name
            for name in ("total", "shipping_total", "discount", "tax", "subtotal")
            if name in self._index and sum(name in row for row in by_row) > 1
        ]
        together = {
            name: sum((self.magnitude(draft, row, name) for row in by_row), ZERO) for name in shares
        }  # fmt: skip
        differing = {name for name in shares if len({row[name] for row in by_row if name in row}) > 1}
        # Amounts that differ from row to row, or are an item's by name, are each row's own; of others the sum decides.
        choices = [(True,) if name in differing or name in self._of_items else (False, True) for name in shares]
        added_taxes = (ZERO, shipping_tax) if shipping_tax else (ZERO,)
        added_fees = (fees, (*fees, *more)) if more else (fees,)
        for choice, added, asked in product(product(*choices), added_taxes, added_fees):
            said = amounts | {name: together[name] for name, shared in zip(shares, choice, strict=True) if shared}
            yield sums.Parts(
                lines=(*lines, *asked),
                shipping=said["shipping_total"] or ZERO,
                discount=said["discount"] or ZERO,
                taken_off=draft.taken_off,
                tax=(said["tax"] or ZERO) + added,
                total=said["total"],
                tax_included=included,
                subtotal=said["subtotal"],
            )

    def _fees(self, draft: Draft, by_row: list[dict[str, str]]) -> Iterator[Line]:
        """A fee is a position that is no product; it has the name of its column."""
        if "fee" not in self._index:
            return
        name = _readable(self._mapping.columns["fee"])
        said = [row for row in by_row if "fee" in row]
        # In each row of an order the same fee stands once more.
        for row in said[:1] if len({row["fee"] for row in said}) == 1 else said:
            amount = self._signed(draft, row, "fee")
            found = position(draft, sku="", name=name, price=amount, total=amount) if amount else None
            if found is not None:
                yield found

    def _other_fees(self, draft: Draft, group: list[Row]) -> Iterator[Line]:
        """What further columns of fees may add if the sums say so: some hold a marketplace's own, or no amounts."""
        for name, place in self._more_fees.items():
            written = dict.fromkeys(self._clean(row.cells[place]) for row in group if place < len(row.cells))
            for text in written:
                try:
                    amount = numbers.amount(text, draft.decimal, draft.exponent) or ZERO
                except numbers.BadValueError:
                    continue
                found = (
                    position(draft, sku="", name=_readable(name), price=amount, total=amount) if amount > 0 else None
                )
                if found is not None:
                    yield found

    def _lines(self, draft: Draft, group: list[Row], by_row: list[dict[str, str]], items: str) -> Iterator[Line]:
        if self.has_lines:
            own = "line_total" not in self._index and len({cells["total"] for cells in by_row if "total" in cells}) > 1
            for row, cells in zip(group, by_row, strict=True):
                found = self._line(draft, row.number, cells, "total" if own else "line_total")
                if found is not None:
                    yield found
            return
        texts = [row.cells[place] for row in group for place in self._packed if place < len(row.cells)]
        if not self._packed and items:
            texts = split_items(items)
        for text in texts:
            if text.strip():
                found = packed_line(draft, self._clean(text))
                if found is not None:
                    yield found

    def _line(self, draft: Draft, row: int, cells: dict[str, str], total: str) -> Line | None:
        at = self._mapping.columns.get
        name, written = cells.get("line_name", ""), cells.get("line_quantity", "")
        sku = draft.whole(cells.get("line_sku", ""), at("line_sku", "line_sku"))
        if not (sku or name or written):
            return None
        column = at("line_quantity", "line_quantity")
        return position(
            draft,
            sku=sku,
            name=name,
            variant=cells.get("line_variant", ""),
            quantity=draft.quantity(written, column, row, self._found.quantity_mark) if written else _ONE,
            written=written,
            price=self._signed(draft, cells, "line_price", row),
            discount=self.magnitude(draft, cells, "line_discount"),
            total=self._signed(draft, cells, total, row) if total in cells else None,
            external_id=draft.whole(cells.get("line_id", ""), at("line_id", "line_id")),
        )


def _readable(heading: str) -> str:
    """The name of a column as people read it: "cod_fee" as "Cod fee"."""
    return heading.replace("_", " ").strip().capitalize() if "_" in heading else heading
