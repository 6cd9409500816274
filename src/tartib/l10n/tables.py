"""Tables that are written for a reader's spreadsheet: its separator, its decimal mark, cells that it does not run.

A spreadsheet opens a CSV file as its country writes numbers: where decimals have a comma, cells are separated by
semicolons, and "71.95" would be a text, or a number of thousands.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from babel.numbers import get_decimal_symbol

from tartib.l10n import money
from tartib.l10n.names import locale

# By this a spreadsheet knows that a file is in UTF-8.
MARK: Final = "\ufeff"


SEPARATORS: Final = {"comma": ",", "semicolon": ";", "tab": "\t"}
"""What may stand between cells where somebody says so, whatever their language's spreadsheets expect."""


def amount(value: Decimal, currency: str, code: str, separator: str = "") -> str:
    """An amount in the decimals of its currency, ungrouped, with the decimal mark of the language's spreadsheets.

    Beside a comma as the chosen `separator` it is a point: programs read such tables so.
    """
    rounded = money.rounded(value, currency)
    # Zero has no sign: of what had no tax none is taken back.
    return number(rounded if rounded else abs(rounded), code, separator)


def number(value: Decimal, code: str, separator: str = "") -> str:
    """A number with all its decimals, written like an `amount`."""
    plain = f"{value:f}"
    return plain if separator == "," else plain.replace(".", _mark(code))


def line(cells: Iterable[object], code: str, separator: str = "") -> str:
    """One line of a table, its cells apart by `separator` or, for "", as the language's spreadsheets expect.

    Texts that begin like formulas have been made safe by whoever knows that they are texts.
    """
    out = io.StringIO()
    csv.writer(out, delimiter=separator or (";" if _mark(code) == "," else ",")).writerow(cells)
    return out.getvalue()


def _mark(code: str) -> str:
    return get_decimal_symbol(locale(code), numbering_system="latn")
