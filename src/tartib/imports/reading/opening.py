"""The beginning of a table: where its column names are, the first rows below them, and what no column says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tartib.imports.reading.guess import known_names
from tartib.imports.reading.mapping import NEEDED
from tartib.imports.reading.text import Row, Table
from tartib.imports.records import RowError
from tartib.l10n import numbers

_SAMPLES: Final = 20
# Column names are in one of so many first rows.
_TITLES: Final = 6
_NAMED: Final = 12


@dataclass(frozen=True, slots=True)
class Beginning:
    """The column names of a table, on which line they are, the first rows below them, and how to read all of those."""

    table: Table
    header: list[str]
    row: int
    samples: list[list[str]]
    problems: list[RowError]

    def rows(self) -> Iterator[Row | RowError]:
        """The rows below the column names."""
        return (found for found in self.table.rows() if _line_of(found) > self.row)


def _line_of(found: Row | RowError) -> int:
    return found.row if isinstance(found, RowError) else found.number


def beginning(table: Table, count: int = _SAMPLES) -> Beginning:
    """Where the column names of a table are: in its first row, or below the title that a spreadsheet has above them."""
    problems: list[RowError] = []
    first: list[Row] = []
    for item in table.rows():
        if isinstance(item, RowError):
            if not first:
                problems.append(item)
        else:
            first.append(item)
        if len(first) > count + _TITLES:
            break
    if not first:
        return Beginning(table, [], 0, [], problems)
    place = max(range(min(len(first), _TITLES)), key=lambda place: (known_names(first[place].cells), -place))
    header = [name.strip().lstrip("\ufeff") for name in first[place].cells]
    below = [row.cells for row in first[place + 1 : place + 1 + count]]
    return Beginning(table, header, first[place].number, below, problems)


def lacking_of(index: Mapping[str, int], header: Sequence[str], row: int) -> list[RowError]:
    """One error for each thing that an order cannot do without and no column says."""
    codes = {"number": "no-id-column", "placed_at": "no-date-column", "total": "no-total-column"}
    shown = ", ".join(f"“{name}”" for name in header[:_NAMED] if name) + ("…" if len(header) > _NAMED else "")
    return [
        RowError(row, codes[name], "", {"columns": numbers.short(shown)})
        for name, columns in NEEDED.items()
        if not index.keys() & set(columns)
    ]
