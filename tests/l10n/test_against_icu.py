"""Days, numbers and amounts beside what ICU makes of them (X5); `icu.mjs` says how `icu.tsv` was made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tartib.l10n import dates, digits, money, typed_dates

# Marks of direction, and two signs that are the same minus.
PLAIN = str.maketrans({"\u200e": "", "\u200f": "", "\u061c": "", "-": "\u2212"})


def said(kind: str) -> list[tuple[str, str, str, str]]:
    rows = [line.split("\t") for line in (Path(__file__).parent / "icu.tsv").read_text(encoding="utf-8").splitlines()]
    return [(tag, about, value, text) for of, tag, about, value, text in rows if of == kind]


@pytest.mark.parametrize("calendar", ["gregorian", "jalali", "hijri"])
def test_a_day_has_the_number_year_and_weekday_of_icu_and_its_month_is_read(calendar: str) -> None:
    """Months may be spelled in other ways; each way of ICU means the same month to the reader of typed days."""
    rows = [(tag, date.fromisoformat(day), text) for tag, about, day, text in said("day") if about == calendar]
    assert len(rows) == 96
    wrong = []
    for tag, day, text in rows:
        number, month, year, weekday = text.split("|")
        shown = dates.show_date(day, tag, calendar, "UTC", "long")
        typed = (
            f"{year}年{month}月{number}日 {weekday}" if tag.startswith("zh") else f"{weekday} {number} {month} {year}"
        )
        read = typed_dates.read_date(typed, calendar, tag, date(2026, 11, 30))
        if read != day or not all(part in shown for part in (number, year, weekday)):
            wrong.append((tag, day, text, shown))
    assert not wrong


def test_numbers_are_those_of_icu() -> None:
    rows = [(digits.number(Decimal(value), tag), text) for tag, _about, value, text in said("number")]
    assert len(rows) == 64
    assert [(ours, icu) for ours, icu in rows if ours.translate(PLAIN) != icu.translate(PLAIN)] == []


def test_amounts_have_the_number_of_icu() -> None:
    """Where the sign or the word of the currency stands is the house's choice; digits, groups and decimals are not."""
    rows = [(money.show(Decimal(value), currency, tag), text) for tag, currency, value, text in said("money")]
    assert len(rows) == 224
    assert [(ours, icu) for ours, icu in rows if icu not in ours] == []
