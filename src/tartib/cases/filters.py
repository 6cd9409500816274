"""The filters of a list of cases: read from and written to the address of the page, so that a list can be sent on."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tartib.speech import dates, digits

SORTS = {
    "-placed": ("placed_at", True),
    "placed": ("placed_at", False),
    "-updated": ("updated_at", True),
    "due": ("due_at", False),
    "-amount": ("amount", True),
    "amount": ("amount", False),
}
DEFAULT_SORT = "-placed"
_MANY = ("status", "phase", "payment", "channel")
_DATES = ("placed_from", "placed_to")
_AMOUNTS = ("amount_from", "amount_to")
# Beyond these a moment cannot be told in every zone, and an amount cannot be stored.
_YEARS = range(1900, 2200)
_LARGEST_AMOUNT = Decimal(10**12)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; everything given must hold. `problems` names what could not be understood."""

    text: str = ""
    status: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    owner: int | None = None
    customer: str = ""
    phone: str = ""
    placed_from: date | None = None
    placed_to: date | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    late: bool = False
    open: bool = False
    sort: str = DEFAULT_SORT
    problems: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def read(cls, query: Mapping[str, Sequence[str]], calendar: str = "gregorian") -> Filters:
        """Read filters from query parameters, each with its list of values.

        Dates are in `calendar`, or ISO (as addresses carry them); digits may be local. What cannot be understood is
        left out of the filter and named in `problems`; unknown parameters are ignored.
        """
        values: dict[str, object] = {}
        problems = []
        for name in (part.name for part in fields(cls) if part.name != "problems"):
            given = [value.strip() for value in query.get(name, ()) if value.strip()]
            if not given:
                continue
            try:
                values[name] = _read(name, given, calendar)
            except (ValueError, InvalidOperation):
                problems.append(name)
        return cls(**values, problems=tuple(problems))  # type: ignore[arg-type]

    def as_query(self, **changes: object) -> str:
        """The address part that reads back to these filters, with `changes` applied; empty when nothing is filtered."""
        changed = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        pairs: list[tuple[str, str]] = []
        for part in fields(changed):
            value = getattr(changed, part.name)
            if part.name == "problems" or value == part.default:
                continue
            if isinstance(value, tuple):
                pairs += [(part.name, item) for item in value]
            else:
                pairs.append((part.name, "1" if value is True else str(value)))
        return urlencode(pairs)

    @property
    def active(self) -> list[str]:
        """Names of the filters that narrow the list."""
        return [
            part.name
            for part in fields(self)
            if part.name not in ("sort", "problems") and getattr(self, part.name) != part.default
        ]

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for in the cases' search texts."""
        return tuple(text for text in (self.text, self.customer, self.phone) if text)

    def placed_between(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """The moments from which and before which a case was placed, days taken in the shop's zone."""
        start = datetime.combine(self.placed_from, time(), zone) if self.placed_from else None
        end = datetime.combine(self.placed_to + timedelta(days=1), time(), zone) if self.placed_to else None
        return start, end


def write_cursor(value: object, case_id: int) -> str:
    """A place in a list, opaque to the reader."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, case_id]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, column: str) -> tuple[datetime | Decimal, int] | None:
    """The place a cursor names in a list sorted by `column`; None when it is not one, as after a change of sort."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text, case_id = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(text, str) or not isinstance(case_id, int) or not 0 < case_id < 2**63:
            return None
        value = Decimal(text) if column == "amount" else datetime.fromisoformat(text)
    except (ValueError, TypeError, InvalidOperation, binascii.Error, RecursionError):
        return None
    if isinstance(value, Decimal):
        # Anything else would not fit beside the amounts in the database.
        return (value, case_id) if value.is_finite() and abs(value.adjusted()) <= 13 else None
    return (value, case_id) if value.tzinfo is not None and 1 < value.year < 9999 else None


def _read(name: str, given: list[str], calendar: str) -> object:
    if name in _MANY:
        return tuple(dict.fromkeys(given))
    value = given[-1]
    if name == "owner":
        return int(digits.latin(value))
    if name in _DATES:
        return _date(digits.latin(value), calendar)
    if name in _AMOUNTS:
        amount = Decimal(digits.latin(value).replace(",", "").replace("٬", ""))
        if not amount.is_finite() or abs(amount) > _LARGEST_AMOUNT:
            raise ValueError(value)
        return amount
    if name in ("late", "open"):
        return value == "1"
    if name == "sort" and value not in SORTS:
        raise ValueError(value)
    return value[:200]


def _date(text: str, calendar: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = dates.parse_date(text, calendar)
    if day.year not in _YEARS:
        raise ValueError(text)
    return day
