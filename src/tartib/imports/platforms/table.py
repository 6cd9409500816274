"""Any table of orders: a CSV of any shop or spreadsheet, with a mapping of its columns, given or guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tartib.imports.reading import sheet
from tartib.imports.reading.draft import Options, once
from tartib.imports.reading.guess import guess
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.opening import beginning
from tartib.imports.reading.text import Source, starts_like_json
from tartib.imports.reading.text import Table as Tabular
from tartib.imports.records import OrderRecord, RowError

_PREVIEWED: Final = 20


class Table:
    """Reads tables."""

    code = "csv"

    def sniff(self, head: bytes, filename: str) -> float:
        """Anything may be a table; what looks like JSON is not."""
        if starts_like_json(head):
            return 0.01
        return 0.3 if filename.lower().endswith((".csv", ".tsv", ".txt")) else 0.1

    def read(self, stream: Source, options: Options) -> Iterator[OrderRecord | RowError]:
        """The orders of a table file, by the options' mapping or by a guessed one."""
        return once(sheet.read_sheet(stream, options, self.code))


PLATFORM: Final = Table()


def preview(stream: Source, count: int = _PREVIEWED) -> tuple[list[str], list[list[str]], ColumnMapping]:
    """For a mapping form: the column names, the first rows, and the guessed mapping. Empty for a file without rows."""
    found = beginning(Tabular(stream), count)
    return found.header, found.samples, guess(found.header, found.samples)
