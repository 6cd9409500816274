"""A first reading of a table: what only the whole file can tell. In bounded memory, whatever its length.

How its numbers and dates are written, which order numbers come again further down, and whether a spreadsheet has
damaged the numbers by which orders are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from tartib.imports.reading import moments, values
from tartib.imports.reading.guess import AMOUNTS
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.text import Row
from tartib.imports.records import RowError
from tartib.l10n import digits, money, numbers

# So many rows that stand apart from their order's first ones are gathered; a file with more is to be sorted first.
MOST_APART: Final = 100_000
_FILTER_BITS: Final = 1 << 26
_THREE_DECIMALS: Final = re.compile(r"\d+[.,]\d{3}")


@dataclass(slots=True)
class Survey:
    """What a whole file shows. `last` says of orders whose rows are not neighbours where their last stretch begins."""

    decimal: numbers.DecimalMark = "auto"
    date_order: moments.DateOrder = "dmy"
    quantity_mark: numbers.DecimalMark = "."
    last: Mapping[str, int] = field(default_factory=dict)
    problems: list[RowError] = field(default_factory=list)
    unusable: bool = False


def survey(
    rows: Iterable[Row | RowError],
    mapping: ColumnMapping,
    index: Mapping[str, int],
    key: int,
    *,
    separator: str,
    currency: str,
    country: str,
) -> Survey:
    """What the rows show under a mapping; `key` is the column of the order number."""
    exponent = money.exponent(mapping.currency or currency)
    amounts, dates = numbers.MarkEvidence(), moments.OrderEvidence()
    amount_places = [index[name] for name in AMOUNTS if name in index]
    date_place, quantity_place = index.get("placed_at"), index.get("line_quantity")
    quantities = _Quantities()
    runs = _Runs()
    cut = total = 0
    example = ""
    last_date = ""
    for row in rows:
        if isinstance(row, RowError):
            continue
        cells = row.cells
        width = len(cells)
        number = cells[key] if key < width else ""
        if runs.see(number, row.number):
            total += 1
            if "E" in number or "e" in number or number.startswith("#"):
                spoiled = values.is_cut(values.code(number.strip()))
                cut += spoiled
                example = example or (number.strip() if spoiled else "")
        if amounts.certain < _ENOUGH:
            for place in amount_places:
                if place < width and (cell := cells[place]):
                    amounts.add(cell[:_LONGEST])
        if quantity_place is not None and quantity_place < width and (cell := cells[quantity_place]):
            quantities.add(cell[:_LONGEST])
        if date_place is not None and date_place < width and (cell := cells[date_place]) != last_date:
            last_date = cell
            dates.add(cell[:_LONGEST])
    found = Survey(last=runs.last)
    found.decimal = amounts.mark(separator, exponent) if mapping.decimal == "auto" else mapping.decimal
    otherwise: moments.DateOrder = "mdy" if country in ("US", "PH") else "dmy"
    found.date_order = dates.order(otherwise) if mapping.date_order == "auto" else mapping.date_order
    found.quantity_mark = quantities.mark(found.decimal)
    if cut * 2 > total:
        found.problems.append(RowError(0, "cut-numbers", "", {"value": numbers.short(example)}))
        found.unusable = True
    elif runs.apart > MOST_APART:
        found.problems.append(RowError(0, "rows-apart", "", {"limit": str(MOST_APART)}))
        found.unusable = True
    elif mapping.decimal == "auto" and (unclear := amounts.unclear(exponent)):
        read = numbers.amount(unclear, found.decimal, exponent)
        params = {"value": numbers.short(unclear), "read": str(read)}
        found.problems.append(RowError(0, "amounts-either-way", "", params, "warning"))
    if dates.contradictory and mapping.date_order == "auto":
        found.problems.append(RowError(0, "dates-either-way", "", {}, "warning"))
    return found


# So many numbers that can be read one way only say enough of the others.
_ENOUGH: Final = 2_000
_LONGEST: Final = 100


class _Quantities:
    """How quantities are written: a system that writes three decimals of each has "1,000" for one piece."""

    def __init__(self) -> None:
        self._others = self._three = 0
        self._separator = ""

    def add(self, cell: str) -> None:
        """Take one more quantity into account."""
        if cell.isdigit() and cell.isascii():
            self._others += 1
            return
        number = digits.latin(cell).strip()
        if _THREE_DECIMALS.fullmatch(number):
            self._three += 1
            self._separator = "." if "." in number else ","
        else:
            self._others += 1

    def mark(self, otherwise: numbers.DecimalMark) -> numbers.DecimalMark:
        """The decimal mark of quantities with three digits after it."""
        if self._three and not self._others:
            return "." if self._separator == "." else ","
        return otherwise


class _Runs:
    """Stretches of neighbouring rows with the same order number; notes the numbers that have more than one.

    Which numbers have been seen is kept in a filter of bits (Bloom's), 8 MiB for any number of orders. It may take a
    new number for a known one, once in thousands: such an order has its only stretch noted as its last, which is true.
    """

    def __init__(self) -> None:
        self._bits = bytearray(_FILTER_BITS // 8)
        self._current = ""
        self._apart = False
        self.apart = 0
        self.last: dict[str, int] = {}

    def see(self, cell: str, row: int) -> bool:
        """Take a row's number into account; says whether a stretch begins with it."""
        number = cell.strip() if cell else ""
        if not number or number == self._current:
            self.apart += self._apart
            return False
        self._current = number
        self._apart = self._known(number)
        if self._apart:
            self.last[number] = row
            self.apart += 1
        return True

    def _known(self, number: str) -> bool:
        bits, known = self._bits, True
        for place in _places(hash(number), hash(number[::-1])):
            mask = 1 << (place & 7)
            if not bits[place >> 3] & mask:
                known = False
                bits[place >> 3] |= mask
        return known


def _places(one: int, other: int) -> Iterator[int]:
    return ((one + turn * other) % _FILTER_BITS for turn in range(4))


def groups(table: Iterable[Row | RowError], key: int, last: Mapping[str, int]) -> Iterator[list[Row] | RowError]:
    """The rows of each order: neighbours with the same number, or with none after one that has it; and those further
    down, as `last` tells."""
    held: dict[str, list[Row]] = {}
    for found in _stretches(table, key):
        if isinstance(found, RowError):
            yield found
            continue
        number = _number(found[0], key)
        if number not in last:
            yield found
            continue
        rows = held.setdefault(number, [])
        rows += found
        if found[0].number >= last[number]:
            yield held.pop(number)


def _stretches(table: Iterable[Row | RowError], key: int) -> Iterator[list[Row] | RowError]:
    """Neighbouring rows of one order; too many are an error: a file without numbers must not fill the memory."""
    group: list[Row] = []
    current = ""
    over = 0
    for row in chain(table, (None,)):
        if isinstance(row, RowError):
            yield row
            continue
        number = _number(row, key) if row is not None else ""
        if row is not None and group and (not number or number == current):
            if len(group) < _MOST_ROWS:
                group.append(row)
            else:
                over += 1
            continue
        if over:
            yield RowError(group[0].number, "too-many-rows", params={"limit": str(_MOST_ROWS)})
        elif group:
            yield group
        over = 0
        if row is not None:
            group, current = [row], number


_MOST_ROWS: Final = 5_000


def _number(row: Row, key: int) -> str:
    return row.cells[key].strip() if key < len(row.cells) else ""
