"""The filters of a list of cases: read from and written to the address of the page, so that a list can be sent on."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tartib.l10n import digits

SORTS = {
    "-placed": ("placed_at", True),
    "placed": ("placed_at", False),
    "-updated": ("updated_at", True),
    "due": ("due_at", False),
    "-amount": ("amount", True),
    "amount": ("amount", False),
}
DEFAULT_SORT = "-placed"
Value = TypeVar("Value")
# Beyond these a moment cannot be told in every zone, and an amount cannot be stored.
_YEARS = range(1900, 2200)
_LARGEST_AMOUNT = Decimal(10**12)
# Fields of filters that do not filter.
_SAID_OF_THEM = ("problems", "refused")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; everything given must hold. `problems` names what could not be understood."""

    text: str = ""
    status: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    type: str = ""
    owner: int | None = None
    customer: str = ""
    phone: str = ""
    placed_from: date | None = None
    placed_to: date | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    free: bool = False
    late: bool = False
    open: bool = False
    doubtful: bool = False
    sort: str = DEFAULT_SORT
    problems: tuple[str, ...] = field(default=(), compare=False)
    refused: Mapping[str, tuple[str, ValueError]] = field(default_factory=dict, compare=False, hash=False)

    @classmethod
    def read(cls, query: Mapping[str, Sequence[str]], read_day: Callable[[str], date] = date.fromisoformat) -> Filters:
        """Read filters from query parameters, each with its list of values.

        Days are read by `read_day`, which raises ValueError; numbers may be in local digits. What cannot be understood
        is left out of the filter and named in `problems`, with the text and the error in `refused`; unknown parameters
        are ignored.
        """
        form = _Form(query, read_day)
        return cls(
            text=form.text("text"),
            status=form.many("status"),
            phase=form.many("phase"),
            payment=form.many("payment"),
            channel=form.many("channel"),
            type=form.text("type"),
            owner=form.one("owner", lambda value: int(digits.latin(value))),
            customer=form.text("customer"),
            phone=form.text("phone"),
            placed_from=form.one("placed_from", form.day),
            placed_to=form.one("placed_to", form.day),
            amount_from=form.one("amount_from", _amount),
            amount_to=form.one("amount_to", _amount),
            free=form.text("free") == "1",
            late=form.text("late") == "1",
            open=form.text("open") == "1",
            doubtful=form.text("doubtful") == "1",
            sort=form.one("sort", _sort) or DEFAULT_SORT,
            problems=tuple(form.refused),
            refused=form.refused,
        )

    def as_query(self, **changes: object) -> str:
        """The address part that reads back to these filters, with `changes` applied; empty when nothing is filtered."""
        changed = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        pairs: list[tuple[str, str]] = []
        for part in fields(changed):
            value = getattr(changed, part.name)
            if part.name in _SAID_OF_THEM or value == part.default:
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
            if part.name not in ("sort", *_SAID_OF_THEM) and getattr(self, part.name) != part.default
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


class _Form:
    """Query parameters, read one by one; `refused` has those that could not be understood, and why."""

    def __init__(self, query: Mapping[str, Sequence[str]], read_day: Callable[[str], date]) -> None:
        self._query, self._read_day = query, read_day
        self.refused: dict[str, tuple[str, ValueError]] = {}

    def many(self, name: str) -> tuple[str, ...]:
        """All values given, once each."""
        return tuple(dict.fromkeys(self._given(name)))

    def text(self, name: str) -> str:
        """The last value given."""
        return next(reversed(self._given(name)), "")[:200]

    def one(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """The last value as `read` understands it."""
        given = self.text(name)
        try:
            return read(given) if given else None
        except (ValueError, InvalidOperation) as problem:
            self.refused[name] = given, problem if isinstance(problem, ValueError) else ValueError(given)
            return None

    def day(self, value: str) -> date:
        """A day that a moment can be told of in every zone."""
        day = self._read_day(value)
        if day.year not in _YEARS:
            raise ValueError(value)
        return day

    def _given(self, name: str) -> list[str]:
        return [value.strip() for value in self._query.get(name, ()) if value.strip()]


def _amount(value: str) -> Decimal:
    amount = Decimal(digits.latin(value).replace(",", "").replace("٬", ""))
    if not amount.is_finite() or abs(amount) > _LARGEST_AMOUNT:
        raise ValueError(value)
    return amount


def _sort(value: str) -> str:
    if value not in SORTS:
        raise ValueError(value)
    return value
