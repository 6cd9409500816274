"""Which column of a table is which part of an order, guessed by its name and by what it holds.

Names are known in thirteen languages (`columns.toml`), with or without a unit in brackets. What the cells hold settles
what a name leaves open ("State" may be a status or a part of an address, "Amount" an order's total or a line's) and
finds the date, the number, the e-mail, the telephone and the total in columns of names that nobody has heard of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Final

from tartib.imports.reading import moments, values, words
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.names_of_columns import (
    LONGEST,
    address_parts,
    column_names,
    is_vague,
    kinds_of_words,
    part_of_address,
)
from tartib.l10n import digits, numbers

AMOUNTS: Final = (
    "total", "subtotal", "line_price", "line_total", "shipping_total", "discount", "tax", "shipping_tax", "fee", "paid",
    "outstanding", "refunded", "line_discount",
)  # fmt: skip
_IN_BRACKETS: Final = re.compile(r"\s*[(\[（]([^)\]）]*)[)\]）]\s*")
_AFTER: Final = re.compile(r"[,،:/|]\s*([^,،:/|]+)$|\s(\S+)$")
_PHONE: Final = re.compile(r"'?\+?[\d\s().\-]{9,20}")
_NUMBER: Final = re.compile(r"'?#?[A-Za-z]{0,6}[-_/]?\d{2,18}")
# So much of what a column holds has to fit before it is taken for something that its name does not say.
_MOSTLY: Final = 0.8


def unit(heading: str) -> str:
    """The currency that stands in a column's name, as in "Amount (USD)" and «مبلغ (تومان)»; "" if none does."""
    return _heading(heading)[1] if len(heading) <= LONGEST else ""


def known_names(cells: Sequence[str]) -> int:
    """How many of the cells are names that columns have."""
    return sum(bool(_meanings(cell.strip())) for cell in cells if len(cell) < 80)


def is_fee(heading: str) -> bool:
    """Whether a column of that name is what is asked for besides goods, shipping and tax."""
    return "fee" in _meanings(heading)


def guess(header: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> ColumnMapping:
    """The likeliest mapping of a table with these column names and these first rows.

    Of two columns that fit the one with the plainer name is taken, or else the first. The rows tell the decimal mark,
    the order of day and month, and the currency where amounts have it beside them, as far as they decide it. A mapping
    that lacks something is no error here: a person completes it.
    """
    seen = [_Column(place, name, samples) for place, name in enumerate(header)]
    columns = _by_name(seen)
    if not {"number", "external_id", "customer_id"} & columns.keys():
        identity = next((column.name for column in seen if words.squashed(column.name) in _IDENTITIES), None)
        if identity is not None:
            columns["external_id"] = identity
    columns |= _by_words([column for column in seen if column.name not in columns.values()], columns)
    columns |= _by_content([column for column in seen if column.name not in columns.values()], columns)
    by_name = {column.name: column for column in reversed(seen)}

    def cells(*fields: str) -> Iterator[str]:
        return (cell for field in fields if field in columns for cell in by_name[columns[field]].cells)

    marks = numbers.MarkEvidence()
    for cell in cells(*AMOUNTS):
        marks.add(cell)
    beside = (values.currency_in(cell) for cell in cells("total"))
    in_names = (unit(columns[field]) for field in AMOUNTS if field in columns)
    return ColumnMapping(
        columns=MappingProxyType(columns),
        decimal=marks.mark() if marks.certain else "auto",
        date_order=moments.order_of(cells("placed_at")),
        currency=next(filter(None, (*in_names, *beside)), ""),
        statuses=_statuses(header),
    )


def _statuses(header: Sequence[str]) -> Mapping[str, str]:
    """What status words mean in this table other than in most: Magento closes an order once all its money went back."""
    magento = len(_MAGENTO & {words.squashed(name) for name in header if len(name) < LONGEST}) > 1
    return MappingProxyType(dict.fromkeys(words.closed_words(), "refunded") if magento else {})


@dataclass(frozen=True)
class _Column:
    """A column of a table, and what the first rows have in it."""

    place: int
    name: str
    samples: Sequence[Sequence[str]]

    @cached_property
    def said(self) -> frozenset[str]:
        """Of which kinds the words in its name are."""
        return kinds_of_words(self.name)

    @property
    def cells(self) -> list[str]:
        """Its cells that are not empty."""
        rows = (row for row in self.samples if self.place < len(row))
        return [text for row in rows if (text := row[self.place][:LONGEST].strip())]

    def holds(self, fits: Callable[[str], bool], least: float = _MOSTLY) -> bool:
        """Whether most of its cells fit; a column without any holds nothing."""
        cells = self.cells
        return bool(cells) and sum(map(fits, cells)) >= least * len(cells)


def _by_name(seen: Sequence[_Column]) -> dict[str, str]:
    """The columns by their names: what a name means first before what it means else, plain names before vague ones."""
    content = _Content(seen)
    columns: dict[str, str] = {}
    taken: set[int] = set()
    claims = sorted(
        (turn, is_vague(column.name), column.place, field)
        for column in seen
        for turn, field in enumerate(_meanings(column.name))
    )
    for _turn, _vague_name, place, field in claims:
        if field not in columns and place not in taken and content.allows(seen[place], field):
            columns[field] = seen[place].name
            taken.add(place)
    return columns


class _Content:
    """Whether what a column holds does not speak against what its name says."""

    def __init__(self, seen: Sequence[_Column]) -> None:
        self._dated = [column for column in seen if column.holds(_is_date)]
        self._totals = [column for column in seen if "total" in _meanings(column.name)]
        self._quantity = next((column for column in seen if "line_quantity" in _meanings(column.name)[:1]), None)
        self._price = next((column for column in seen if "line_price" in _meanings(column.name)[:1]), None)
        said = {field for column in seen for field in _meanings(column.name) if not is_vague(column.name)}
        # Amazon, which alone calls them so, writes one price of all pieces that were purchased.
        self._priced_together = any(words.squashed(column.name) in _AMAZON for column in seen)
        self._priced_to_the_cent = any(
            column.holds(_has_decimals, 0.3) for column in seen if {"line_price", "total"} & {*_meanings(column.name)}
        )
        self._has_lines = bool(said & {"line_sku", "line_quantity", "line_price"})
        self._names_people = bool(said & _PEOPLE)
        self._names_lines = "line_name" in said
        self._names_orders = bool(said & {"number", "external_id"})
        self._has_street = bool(said & {"shipping_line1", "billing_line1"})

    def allows(self, column: _Column, field: str) -> bool:
        """Whether a column may be that part of an order."""
        if not column.cells:
            return True
        if field == "placed_at":
            return not self._dated or column in self._dated
        if field == "status" and len(_meanings(column.name)) > 1:
            return column.holds(lambda cell: words.state(cell) is not None, 0.3)
        if field == "payment_status" and len(_meanings(column.name)) > 1:
            return column.holds(lambda cell: words.payment_state(cell) is not None, 0.3)
        if field in AMOUNTS and not column.holds(_is_amount, 0.5):
            return False
        if field == "tax" and self._priced_to_the_cent and _is_rate(column):
            return False
        if field == "total":
            # Beside another total, what is quantity by price in each row is the row's.
            return not self._is_of_line(column) or all(map(self._is_of_line, self._totals))
        if field == "line_total" and "total" in _meanings(column.name):
            return self._is_of_line(column)
        if words.squashed(column.name) == "itemprice" and field in ("line_price", "line_total"):
            return (field == "line_total") is self._priced_together
        if field.endswith("_house") and is_vague(column.name):
            # "Número" is a house's beside a street, where something else is the order's.
            return self._has_street and self._names_orders
        if field == "line_quantity":
            return column.holds(_is_amount, 0.5)
        if field in ("customer_name", "customer_first_name") and is_vague(column.name):
            # Beside the names of people and things without one, "Name" is the things'.
            return not (self._has_lines and self._names_people and not self._names_lines)
        if field == "line_name" and column.holds(str.isdigit):
            return False
        return field != "line_name" or not is_vague(column.name) or self._has_lines

    def _is_of_line(self, column: _Column) -> bool:
        """Whether its cells are mostly the quantity of their row times its price."""
        if self._quantity is None or self._price is None:
            return False
        agree = compared = 0
        for row in column.samples:
            quantity, price, amount = (_amount_of(one, row) for one in (self._quantity, self._price, column))
            if quantity is not None and price is not None and amount is not None:
                compared += 1
                agree += quantity * price == amount
        return agree * 2 > compared


_PEOPLE: Final = frozenset(
    {"customer_name", "customer_first_name", "customer_last_name", "billing_name", "shipping_name",
     "billing_first_name", "shipping_first_name"}
)  # fmt: skip
# Columns that only Amazon calls so.
_AMAZON: Final = frozenset({"quantitypurchased", "amazonorderid"})
# Columns that Magento's exports have and others have not, by its grid of orders and by its tables.
_MAGENTO: Final = frozenset(
    {"purchasepoint", "billtoname", "shiptoname", "grandtotalbase", "grandtotalpurchased", "incrementid",
     "basegrandtotal", "basetotalrefunded"}
)  # fmt: skip
# Columns that tell orders apart where nothing better does.
_IDENTITIES: Final = ("id", "transactionid")


def _amount_of(column: _Column, row: Sequence[str]) -> Decimal | None:
    try:
        return numbers.amount(row[column.place][:LONGEST]) if column.place < len(row) else None
    except numbers.BadValueError:
        return None


@dataclass(frozen=True)
class _Wording:
    """Which kinds of words a column's name has that is `field`: all of `has`, and none of `lacks`."""

    field: str
    has: tuple[str, ...]
    lacks: tuple[str, ...] = ()

    def fits(self, column: _Column) -> bool:
        """Whether the name is worded so, and the cells are what they would be."""
        said = column.said
        if not said.issuperset(self.has) or said & {*self.lacks, "back"}:
            return False
        if self.field in AMOUNTS:
            return column.holds(_is_amount) and not (self.field == "tax" and _is_rate(column))
        if self.field == "line_quantity":
            return column.holds(_is_amount)
        return self.field == "number" or not column.holds(_is_amount)


_WORDINGS: Final = (
    _Wording("number", ("order", "number"), ("item", "total", "quantity")),
    _Wording("line_quantity", ("quantity",), ("total",)),
    _Wording("line_name", ("item", "name"), ("number", "price")),
    _Wording("line_price", ("item", "price"), ("total", "shipping", "tax", "discount")),
    _Wording("shipping_total", ("shipping", "cost"), ("tax", "discount", "item")),
    _Wording("discount", ("discount",), ("item", "shipping", "number")),
    _Wording("tax", ("tax", "total"), ("item", "shipping", "price", "order")),
    _Wording("total", ("order", "total"), ("item", "shipping", "tax", "discount", "quantity")),
)
"""How names are worded that no list knows whole: by their words, the columns' cells permitting."""
# What an order already has in another way is not looked for by words.
_INSTEAD: Final = {
    "number": {"number", "external_id"},
    "line_name": {"line_name", "items"},
    "line_quantity": {"line_quantity", "items"},
    "line_price": {"line_price", "line_total"},
}  # fmt: skip


def _by_words(unused: Sequence[_Column], columns: Mapping[str, str]) -> dict[str, str]:
    """What columns mean by single words in their names, of the parts of an order that are still looked for."""
    found: dict[str, str] = {}
    for wording in _WORDINGS:
        if not _INSTEAD.get(wording.field, {wording.field}) & columns.keys():
            fits = (one.name for one in unused if one.name not in found.values() and wording.fits(one))
            if (name := next(fits, None)) is not None:
                found[wording.field] = name
    return found


def _is_rate(column: _Column) -> bool:
    """Whether its cells are percents without their sign: few whole numbers, none larger than any tax's percent."""
    told = {digits.latin(cell) for cell in column.cells} - {"0"}
    return bool(told) and len(told) <= _MOST_RATES and all(cell.isdigit() and int(cell) <= _HIGHEST for cell in told)


_MOST_RATES, _HIGHEST = 3, 27


def _by_content(unused: Sequence[_Column], columns: Mapping[str, str]) -> dict[str, str]:
    """What columns of unknown names hold, of the parts of an order that are still looked for."""
    found: dict[str, str] = {}
    left = list(unused)

    def take(field: str, fits: Iterable[_Column]) -> None:
        chosen = next(iter(fits), None)
        if chosen is not None:
            found[field] = chosen.name
            left.remove(chosen)

    if "placed_at" not in columns:
        take("placed_at", sorted((column for column in left if column.holds(_is_date)), key=_earliest))
    if "email" not in columns:
        take("email", [column for column in left if column.holds(lambda cell: "@" in cell and "." in cell)])
    if not {"number", "external_id"} & columns.keys():
        take("number", [column for column in left if _counts_up(column)])
    if "phone" not in columns:
        take("phone", [column for column in left if column.holds(_is_phone)])
    if not {"total", "subtotal", "line_price", "line_total", "items"} & columns.keys():
        amounts = [column for column in left if column.holds(_is_amount) and column.holds(_has_decimals, 0.5)]
        take("total", amounts if len(amounts) == 1 else [])
    return found


def _is_date(cell: str) -> bool:
    # A bare number may be a serial number of a day, and much else.
    if cell.replace(".", "").isdigit() and len(cell) != 8:
        return False
    for order in ("dmy", "mdy"):
        try:
            return moments.moment(cell, order=order) is not None
        except numbers.BadValueError:
            continue
    return False


def _earliest(column: _Column) -> str:
    """Orders are placed before they are paid for and sent: of several dates the first is the order's."""
    try:
        return min(str(moments.moment(cell)) for cell in column.cells)
    except numbers.BadValueError:
        return "~"


def _is_amount(cell: str) -> bool:
    try:
        return numbers.amount(cell) is not None
    except numbers.BadValueError:
        return False


def _has_decimals(cell: str) -> bool:
    return bool(re.search(r"\d[.,]\d{2,3}\b", digits.latin(cell)) or values.currency_in(cell))


def _is_phone(cell: str) -> bool:
    text = digits.latin(cell)
    return bool(_PHONE.fullmatch(text)) and text.lstrip("'")[:1] in "+0" and sum(map(str.isdigit, text)) >= 9


def _counts_up(column: _Column) -> bool:
    """Whether its cells are numbers that only grow, or only fall, from order to order."""
    cells = list(dict.fromkeys(map(digits.latin, column.cells)))
    if len(cells) < 3 or not all(map(_NUMBER.fullmatch, cells)):
        return False
    numbers = [int(re.sub(r"\D", "", cell)) for cell in cells]
    return numbers in (sorted(set(numbers)), sorted(set(numbers), reverse=True))


@lru_cache(maxsize=1024)
def _meanings(name: str) -> tuple[str, ...]:
    """The fields that a column of that name may be, the likeliest first."""
    if len(name) > LONGEST or "%" in name:
        # A rate is no amount.
        return ()
    whole = words.squashed(name)
    plain = words.squashed(_heading(name)[0])
    found = dict.fromkeys(column_names().get(whole, ()))
    found |= dict.fromkeys(filter(None, [part_of_address(whole)]))
    if plain != whole:
        found |= dict.fromkeys(column_names().get(plain, ()))
        found |= dict.fromkeys(filter(None, [part_of_address(plain)]))
    # A part of an address that does not say whose is where the goods go.
    part = address_parts().get(whole) or address_parts().get(plain)
    if part in ("line1", "house", "line2", "city", "region", "postcode", "country", "company"):
        found |= {f"shipping_{part}": None}
    return tuple(found)


@lru_cache(maxsize=1024)
def _heading(name: str) -> tuple[str, str]:
    """A column's name without a unit, and the currency that the unit is; "" if it is none."""
    for pattern in (_IN_BRACKETS, _AFTER):
        found = pattern.search(name)
        said = next(filter(None, found.groups()), "") if found else ""
        currency = _currency(said)
        if found and (currency or pattern is _IN_BRACKETS):
            return f"{name[: found.start()]} {name[found.end() :]}".strip(), currency
    return name, ""


def _currency(text: str) -> str:
    code = text.strip()
    try:
        found = values.currency(code)
    except numbers.BadValueError:
        return ""
    # Three letters may be any word.
    return found if len(code) != 3 or not code.isascii() or values.is_currency(found) else ""
