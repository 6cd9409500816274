"""How an entry is read: what is known while a timeline is read, and what an entry says, as a value that no page knows.

What their entries say, rooms tell in their `timeline.py`; how it looks and where it leads to, faces decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from tartib.flow.facts import Refusal
from tartib.flow.workflow import Status, Workflow
from tartib.l10n import dates, digits, money, names
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after; "" where it held nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """What an entry says, in its reader's language: what happened, and what there is to say of it.

    `text` may be the reason of a refusal, which the face says as it says reasons elsewhere. `source` and `target` are
    the statuses of a move, `photos` the names of pictures. An `icon` of "" is that of the kind. `troubled` marks what
    somebody should look at; `text_shown` tells staff that the customer reads the text too.
    """

    title: str
    text: str | Refusal = ""
    icon: str = ""
    source: Status | None = None
    target: Status | None = None
    changes: Sequence[Change] = ()
    photos: Sequence[str] = ()
    troubled: bool = False
    text_shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryContext:
    """What is known while the entries of a case are read, made once for all of them.

    Of the case: its shop, workflow, present `status` and currency. Of its reader: the language, which is the active
    one, how it is written in the shop's country (`tag`), and their calendar and time zone.
    """

    shop: Shop
    flow: Workflow
    status: Status
    currency: str
    language: str
    tag: str
    calendar: str
    zone: tzinfo

    def status_of(self, code: object) -> Status | None:
        """The status of that code, if the workflow has one."""
        return self.flow.statuses.get(str(code))

    def money(self, amount: object, currency: object) -> str:
        """An amount for the middle of a sentence of either direction; "" for what is none."""
        number = decimal(amount)
        return names.isolate(money.show(number, str(currency), self.tag)) if number is not None else ""

    def signed(self, number: int) -> str:
        """A whole number with its sign, for the middle of a sentence of either direction."""
        return names.isolate(digits.signed(number, self.tag))

    def day(self, day: date) -> str:
        """A day as the reader writes it."""
        return dates.show_date(day, self.tag, self.calendar, self.zone)

    def moment(self, moment: datetime) -> str:
        """A day and the time of it as the reader writes them."""
        return dates.show_datetime(moment, self.tag, self.calendar, self.zone)


def decimal(value: object) -> Decimal | None:
    """The number that an entry holds as text; None for what is none."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def joined(*parts: str) -> str:
    """What an entry says besides, in one line; parts that are empty are left out."""
    return " · ".join(part for part in parts if part)
