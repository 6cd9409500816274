"""Tables for spreadsheets: decimals of the currency, mark and separator of the reader's country."""

from decimal import Decimal

import pytest

from tartib.l10n import tables


@pytest.mark.parametrize(
    ("value", "currency", "language", "shown"),
    [
        ("71.950", "GBP", "en", "71.95"),
        ("71.950", "GBP", "uk", "71,95"),
        ("10700000.000", "IRR", "fa", "10700000"),
        ("-12.5", "KWD", "ar", "-12.500"),
        ("-0.000", "UAH", "uk", "0,00"),
    ],
)
def test_amounts_are_written_as_the_readers_spreadsheet_reads_them(
    value: str, currency: str, language: str, shown: str
) -> None:
    assert tables.amount(Decimal(value), currency, language) == shown


def test_cells_are_separated_as_the_readers_spreadsheet_separates_them() -> None:
    assert tables.line(["a", "b;c"], "uk") == 'a;"b;c"\r\n'
    assert tables.line(["a", "b,c"], "zh-hant") == 'a,"b,c"\r\n'
