"""What a provider of SMS has to be able to do, and the words it and the channel speak in.

A provider reads and writes nothing of ours: it is given an account with its settings and a text with its key, speaks to
its provider by `http.call` at hosts that stand in its own file, and says what it was told. Numbers are international on
this side of it, as `+380441234567`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise

from tartib.notify.models import SmsAccount
from tartib.notify.trouble import Trouble


class Fate(StrEnum):
    """What became of a text, so far as the provider says; later ones come after earlier ones."""

    SENT = "sent"  # on its way
    FAILED = "failed"  # it will not arrive
    DELIVERED = "delivered"  # it is on the phone


class Refused(Exception):
    """The provider will not send this text, now or later; `said` in its words. `number`: for whom it is for."""

    def __init__(self, said: str, *, number: bool = False) -> None:
        super().__init__(said)
        self.said, self.number = said, number


class Waiting(Exception):
    """The provider sends nothing for the account for now: the text waits. No `trouble`: it was too much at once."""

    def __init__(self, said: str, trouble: Trouble = Trouble.NONE) -> None:
        super().__init__(said)
        self.said, self.trouble = said, trouble


class Forged(Exception):
    """A receipt that is not the provider's: a wrong or missing signature, nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a shop enters to use a provider. A secret one is never shown again.

    `form` is a pattern that the whole of it has to match, and `wrong` says so to a person.
    """

    name: str
    label: str | Promise
    help: str | Promise = ""
    secret: bool = False
    required: bool = True
    form: str = ""
    wrong: str | Promise = ""

    def fits(self, value: str) -> bool:
        """Whether a value can be one; nothing entered always can."""
        return not value or not self.form or re.fullmatch(self.form, value) is not None


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be sent. `key` is the same in every attempt; `written` is when it came to be sent at all.

    `receipts` is the address for what becomes of it, "" where none can be reached from outside.
    """

    key: UUID
    to: str
    text: str
    written: datetime
    receipts: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A text that the provider has taken: its name for it, the parts it counted and its price, where it says so."""

    reference: str
    parts: int | None = None
    price: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a text: of the provider's `reference`, or of our `key` where the provider hands that back."""

    reference: str
    fate: Fate
    said: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """What is left with a provider, in its currency; no currency where it counts in something else."""

    amount: Decimal
    currency: str


class SmsProvider(ABC):
    """A provider of SMS. Everything that speaks to it may raise `Waiting` and `Unreachable`.

    `once`: the provider itself recognises the key of a text and never sends it twice; of another, `find` is asked
    before a text is sent again. `entered`: the address of receipts has to be entered in the provider's own pages.
    """

    code: ClassVar[str]
    name: ClassVar[str | Promise]
    about: ClassVar[str | Promise] = ""
    settings: ClassVar[Sequence[Setting]] = ()
    practice: ClassVar[bool] = False
    once: ClassVar[bool] = True
    entered: ClassVar[bool] = True

    def require(self, account: SmsAccount) -> None:
        """Raise `Waiting` where something is missing that the provider needs: another installation sealed it."""
        kept = account.settings
        if any(setting.required and not kept.get(setting.name) for setting in self.settings):
            raise Waiting("", Trouble.KEY)

    @abstractmethod
    def send(self, account: SmsAccount, text: Text) -> Sent:
        """Have a text sent. Raises `Refused` for a clear no."""

    def find(self, account: SmsAccount, text: Text) -> Iterable[Sent]:
        """What the provider has that may be this text, sent by an attempt whose answer was lost."""
        return ()

    def statuses(self, account: SmsAccount, references: Sequence[str]) -> Iterable[Receipt]:
        """Ask what became of texts, at most 100 at once; what is not known there is left out."""
        return ()

    def read_receipts(
        self, account: SmsAccount, url: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Receipt]:
        """What receipts say that were posted to `url`; none where nothing follows. Raises `Forged` before believing it.

        `headers` are found in any spelling; `body` is exactly what came. The address itself is a secret of the account.
        """
        raise Forged

    @abstractmethod
    def credit(self, account: SmsAccount) -> Credit | None:
        """What is left; None where the provider does not say. Asking is also the way to try a key without sending."""


def amount(said: object) -> Decimal | None:
    """An amount as a provider says it; None where it says none, or nothing that can be counted."""
    try:
        counted = Decimal(str(said))
    except InvalidOperation:
        return None
    return counted if counted.is_finite() else None
