"""What a payment gateway has to be able to do, and the words it and the shop speak in.

A gateway is one file beside this one with one `GATEWAY`, found by being there. It reads and writes nothing of ours: it
is given an account with its settings and an attempt with its key, speaks to its provider by `http.call`, and says what
it was told. Amounts are `Decimal` in the attempt's own currency on this side of it; `units` turns them into what the
provider counts in.

Three ways in which money is paid are gateways alike: a provider's page (`ONLINE`), a transfer that staff review
(`TRANSFER`), and money handed over with the goods (`ON_RECEIPT`). The last two need nothing but their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from django.utils.functional import Promise
from django.utils.translation import override

if TYPE_CHECKING:
    from tartib.payments.models import Account, Attempt, Refund


class Way(StrEnum):
    """How the customer pays."""

    ONLINE = "online"
    TRANSFER = "transfer"
    ON_RECEIPT = "on-receipt"


class About(StrEnum):
    """What something told is about."""

    PAYMENT = "payment"
    REFUND = "refund"


class Fate(StrEnum):
    """What became of a payment or a refund, so far as the gateway says."""

    PENDING = "pending"  # under way: it may still become either
    DONE = "done"  # the money is there (a payment), or has gone back (a refund)
    FAILED = "failed"  # it did not work; with most gateways the same payment may still be tried again
    EXPIRED = "expired"  # the gateway takes no money for it any more


class Forged(Exception):
    """A notice that is not the gateway's: a wrong or missing signature, another merchant, nothing that can be read."""


class Unreachable(Exception):
    """No answer, or none that says anything: what was asked may or may not have happened. Ask again later."""


class Refused(Exception):
    """The gateway said clearly that it will not do it; `reason` in its words, fit for staff to read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def refusal(account: Account, reason: Promise) -> Refused:
    """A refusal in our own words, in the language of the shop whose staff read it."""
    with override(account.shop.language):
        return Refused(str(reason))


class Unsupported(Exception):
    """The gateway has no such service: it is done by hand in the gateway's own pages."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a shop enters to use a gateway. A secret one is never shown again."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    secret: bool = False
    required: bool = True
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Ask:
    """What a gateway is asked to let a customer pay.

    `key` is ours, unguessable, 22 characters of A–Z, a–z, 0–9, - and _: whatever the gateway sends back must lead to it
    (`Told.attempt`) or to the gateway's own `reference`. `notice_url` is the account's, one for all its payments.
    """

    key: str
    amount: Decimal
    currency: str
    title: str
    language: str
    return_url: str
    notice_url: str
    now: datetime
    until: datetime | None = None
    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def left_url(self) -> str:
        """Where the customer is led who leaves without paying. As of whoever comes back, it decides nothing."""
        return f"{self.return_url}?left=1"


@dataclass(frozen=True, slots=True)
class Started:
    """Where the customer goes: an address, or a form with `fields` to be posted to it. No address means they stay here.

    `reference` is the gateway's name for the payment, empty where it gets one only when it is paid.
    """

    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a gateway said of one payment or refund, believed because its signature or its answer to us was right.

    `event` names the telling: the same event is taken in once for an account. `reference` names the money: it has to
    be the same in notices, answers to `query` and `movements`, and another for each time a customer pays, so that money
    is never counted twice and never lost. `amount` is what was really paid, `currency` an ISO 4217 code or IRT.
    For a refund, `refund` is our key of it (see `Gateway.refund`) where the gateway hands it back. A gateway that
    gives refunds no names tells their sum: with `total`, `reference` is that of the money that came in, and `amount`
    all of it that has gone back so far. `card` is what the gateway knows the card by, the same each time it pays; not
    its number, nor what is printed on receipts of it, which many cards share.
    """

    event: str
    fate: Fate
    about: About = About.PAYMENT
    attempt: str = ""
    reference: str = ""
    amount: Decimal | None = None
    currency: str = ""
    refund: str = ""
    reason: str = ""
    card_country: str = ""
    card: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway wants to read when it has told us something."""

    body: str = ""
    status: int = 200
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money in the gateway's own books: that came in, or (about a refund) went back.

    Refunds without names of their own are one movement with the reference of their payment, and their sum.
    """

    reference: str
    amount: Decimal
    currency: str
    at: datetime
    about: About = About.PAYMENT
    attempt: str = ""
    refund: str = ""


class Gateway:
    """A payment gateway. Everything here may raise `Unreachable`; what it says is otherwise in the answer.

    `currencies` empty means all. `refunds_part` false: only the whole amount of a payment goes back. `hosts` are those
    that a customer's browser may post a form to. `practice` gateways serve practice shops alone. `whole` is what
    `movements` lists wholly: only of that does it mean something when a movement is missing.
    """

    code: ClassVar[str]
    name: ClassVar[str | Promise]
    about: ClassVar[str | Promise] = ""
    way: ClassVar[Way] = Way.ONLINE
    settings: ClassVar[Sequence[Setting]] = ()
    currencies: ClassVar[frozenset[str]] = frozenset()
    refunds: ClassVar[bool] = True
    refunds_part: ClassVar[bool] = True
    reports: ClassVar[bool] = True
    whole: ClassVar[frozenset[About]] = frozenset(About)
    notices: ClassVar[bool] = True
    hosts: ClassVar[Sequence[str]] = ()
    practice: ClassVar[bool] = False

    def start(self, account: Account, ask: Ask) -> Started:
        """Have a payment made ready. Raises `Refused` where the gateway will not take it, and `Unreachable`.

        Called again with the same `ask.key` it must not let the customer pay twice.
        """
        return Started()

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> Told | None:
        """What a notice says; None for a genuine one of which nothing follows. Raises `Forged` before believing a word.

        `headers` are found in any spelling; `body` is exactly what came.
        """
        raise Forged

    def answer_notice(self, told: Told | None) -> Answer:
        """What the gateway is answered once what it told has been taken in; `told` is None where nothing follows."""
        return Answer()

    def query(self, account: Account, attempt: Attempt) -> Told:
        """Ask the gateway how an attempt stands (and finish it, where the gateway waits for that)."""
        raise Unsupported

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> Told:
        """Send back `amount` of what `attempt` brought; the same `key` again must never send it twice.

        Answers with what became of it, about the refund. Raises `Refused`, `Unsupported`, and `Unreachable` when it may
        or may not have happened.
        """
        raise Unsupported

    def query_refund(self, account: Account, refund: Refund) -> Told:
        """Ask how a refund stands whose answer was lost. Fate FAILED means that the gateway does not know of it."""
        raise Unsupported

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        """What came in and went back by the gateway's books between two moments, in any order."""
        raise Unsupported

    def check(self, account: Account) -> None:
        """Try the settings without moving money. Raises `Refused` with what is the matter, and `Unreachable`."""
        raise Unsupported
