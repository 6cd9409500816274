"""Which column of a table is which part of an order: shown, edited, kept as TOML or JSON; `guess` guesses it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, cast

from tartib.imports.reading import moments, values
from tartib.imports.records import STATES
from tartib.l10n import numbers

ADDRESS_PARTS: Final = (
    "name",
    "first_name",
    "last_name",
    "company",
    "line1",
    "house",
    "line2",
    "city",
    "region",
    "postcode",
    "country",
    "phone",
    "email",
)

# Every part of an order that a column may hold, in the order in which a form shows them.
FIELDS: Final = (
    *("external_id", "number", "placed_at", "status", "payment_status", "fulfillment_status", "currency"),
    *("subtotal", "shipping_total", "discount", "tax", "shipping_tax", "tax_included", "fee", "total"),
    *("paid", "outstanding", "refunded"),
    *("payment_method", "shipping_method"),
    *("customer_name", "customer_first_name", "customer_last_name", "email", "phone"),
    *("language", "customer_group", "customer_id"),
    *(f"billing_{part}" for part in ADDRESS_PARTS),
    *(f"shipping_{part}" for part in ADDRESS_PARTS),
    *("line_sku", "line_name", "line_variant", "line_quantity", "line_price", "line_discount", "line_total", "line_id"),
    "items",
    *("paid_at", "shipped_at", "completed_at", "cancelled_at", "refunded_at"),
    *("carrier", "tracking_number", "tracking_url", "ip", "channel", "customer_note", "staff_note", "tags"),
)

_CHOICES: Final = {
    "decimal": ("auto", ".", ","),
    "date_order": ("auto", "dmy", "mdy"),
    "calendar": ("auto", "gregorian", "jalali", "hijri"),
}
# What an order cannot do without, and the columns that any one of can say it.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "number": ("number", "external_id"),
        "placed_at": ("placed_at",),
        "total": ("total", "subtotal", "line_price", "line_total", "items", "paid", "outstanding"),
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a mapping, and where in it."""

    place: str
    text: str


class MappingError(ValueError):
    """A mapping that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.place}: {problem.text}" for problem in self.problems))


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Field (one of FIELDS) -> name of its column; and how the cells are written.

    `statuses`: status words of this file -> our states, before the words that everybody knows. `decimal`: the decimal
    mark where an amount alone cannot tell; `date_order`: of day and month where a date alone cannot; "auto" tells them
    by the whole file. `calendar`: of the dates; "auto" tells by the year. `currency`: of orders whose row names none.
    """

    columns: Mapping[str, str]
    statuses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    decimal: numbers.DecimalMark = "auto"
    date_order: moments.DateOrder = "auto"
    calendar: str = "auto"
    currency: str = ""

    @classmethod
    def read(cls, text: str) -> ColumnMapping:
        """A mapping kept as TOML or JSON. Raises MappingError with every problem."""
        try:
            data = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        except ValueError as error:
            raise MappingError([Problem("file", f"this is neither TOML nor JSON: {error}")]) from error
        return cls.from_data(data)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ColumnMapping:
        """A mapping from plain data, as `as_data` gives it. Raises MappingError with every problem."""
        problems: list[Problem] = []
        known = {"columns", "statuses", "currency", *_CHOICES}
        problems.extend(Problem(key, "is not a part of a mapping") for key in data if key not in known)
        columns = _texts(data, "columns", problems)
        for name, column in columns.items():
            if name not in FIELDS:
                problems.append(Problem(f"columns.{name}", "is not a field of an order"))
            elif not column:
                problems.append(Problem(f"columns.{name}", "names no column"))
        statuses = _texts(data, "statuses", problems)
        for word, state in statuses.items():
            if state not in STATES:
                problems.append(Problem(f"statuses.{word}", f"{state!r} is not a state; choose of {', '.join(STATES)}"))
        for key, choices in _CHOICES.items():
            if key in data and data[key] not in choices:
                problems.append(Problem(key, f"must be one of {', '.join(choices)}"))
        currency = ""
        try:
            currency = values.currency(data.get("currency", ""))
        except numbers.BadValueError:
            problems.append(Problem("currency", "is not a currency code"))
        if not {"external_id", "number"} & columns.keys():
            problems.append(Problem("columns", "a column must be the order's number (external_id or number)"))
        if problems:
            raise MappingError(problems)
        return cls(
            columns=MappingProxyType(columns),
            statuses=MappingProxyType(statuses),
            decimal=cast("numbers.DecimalMark", data.get("decimal", "auto")),
            date_order=cast("moments.DateOrder", data.get("date_order", "auto")),
            calendar=data.get("calendar", "auto"),
            currency=currency,
        )

    @property
    def lacking(self) -> tuple[str, ...]:
        """What of NEEDED no column says."""
        return tuple(name for name, columns in NEEDED.items() if not self.columns.keys() & set(columns))

    def as_data(self) -> dict[str, Any]:
        """The mapping as plain data, for JSON and for a form."""
        return {
            "decimal": self.decimal,
            "date_order": self.date_order,
            "calendar": self.calendar,
            "currency": self.currency,
            "columns": {name: self.columns[name] for name in FIELDS if name in self.columns},
            "statuses": dict(self.statuses),
        }

    def as_toml(self) -> str:
        """The mapping as a TOML file that a person can read and change."""
        data = self.as_data()
        rows = ["# How the columns of an orders file are read: field of the order = name of the column.", ""]
        rows += [f"{key} = {_quoted(data[key])}" for key in ("decimal", "date_order", "calendar", "currency")]
        rows += ["", "[columns]", *(f"{name} = {_quoted(column)}" for name, column in data["columns"].items())]
        rows += ["", "[statuses]", *(f"{_quoted(word)} = {_quoted(state)}" for word, state in data["statuses"].items())]
        return "\n".join(rows) + "\n"


def _texts(data: Mapping[str, Any], key: str, problems: list[Problem]) -> dict[str, str]:
    found = data.get(key, {})
    if not isinstance(found, Mapping) or not all(isinstance(value, str) for value in found.values()):
        problems.append(Problem(key, "must be a table of texts"))
        return {}
    return {str(name): value for name, value in found.items()}


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, but that TOML also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
