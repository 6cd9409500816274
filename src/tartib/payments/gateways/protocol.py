"""What a payment gateway has to be able to do, and the words it and the shop speak in.

A gateway is one file beside this one with one `GATEWAY`, found by being there. It reads and writes nothing of ours: it
is given an account with its settings and an attempt with its key, speaks to its provider by `providers.call`, and says
what it was told. Amounts are `Decimal` in the attempt's own currency on this side of it; `units` turns them into what
the provider counts in.

Three ways in which money is paid are gateways alike: a provider's page (`ONLINE`), a transfer that staff review
(`TRANSFER`), and money handed over with the goods (`ON_RECEIPT`). The last two need nothing but their names.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import override

from tartib.payments.gateways.records import Account, Attempt, Refund


class Way(StrEnum):
    """How the customer pays."""

    ONLINE = "online"
    TRANSFER = "transfer"
    ON_RECEIPT = "on-receipt"


class About(StrEnum):
    """What something told is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"


class Fate(StrEnum):
    """What became of a payment or a refund, so far as the gateway says."""

    PENDING = "pending"  # under way: it may still become either
    DONE = "done"  # the money is there (a payment), or has gone back (a refund)
    FAILED = "failed"  # it did not work; with most gateways the same payment may still be tried again
    EXPIRED = "expired"  # the gateway takes no money for it any more


class Waits(StrEnum):
    """What a refund waits for that the gateway has taken and not made yet."""

    TAKINGS = "takings"  # the account has not enough money for it; it is made out of what comes in
    CUSTOMER = "customer"  # the customer has to say something first
    BANK = "bank"  # a bank is at it


class Contest(StrEnum):
    """How a dispute stands: somebody asked their bank for the money of a payment (a chargeback or an inquiry)."""

    OPEN = "open"
    WON = "won"  # the shop keeps the money
    LOST = "lost"  # the customer keeps it
    WITHDRAWN = "withdrawn"  # nothing is decided any more: it was given up, or the money had gone back already


class Forged(Exception):
    """A notice that is not the gateway's: a wrong or missing signature, another merchant, nothing that can be read."""


class Refused(Exception):
    """The gateway said clearly that it will not do it; `reason` in its words, fit for staff to read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Short(Refused):
    """A refusal to send money back, since the account has too little of it: nothing was sent, and later it may be."""


def refusal(account: Account, reason: Promise) -> Refused:
    """A refusal in our own words, in the language of the shop whose staff read it."""
    with override(account.shop.language):
        return Refused(str(reason))


class Unsupported(Exception):
    """The gateway has no such service: it is done by hand in the gateway's own pages."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a shop enters to use a gateway. A secret one is never shown again.

    `choices` are what can be entered, each with its words; the first is meant where nothing was.
    """

    name: str
    label: str | Promise
    help: str | Promise = ""
    secret: bool = False
    required: bool = True
    lines: int = 1
    choices: Sequence[tuple[str, str | Promise]] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a gateway is asked to let a customer pay.

    `key` is ours, unguessable, as long and of such characters as `Gateway.keys` says: whatever the gateway sends back
    must lead to it (`GatewayNotice.attempt`) or to the gateway's own `reference`. `notice_url` is the account's, one
    for all its payments.
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
class Claim:
    """What a gateway says of a dispute. Its name for it is the notice's `reference`, how much is disputed its `amount`.

    `payment` is the reference of the money that is disputed, `until` when the shop has to have answered. `taken` is all
    that the dispute has taken from the account so far, `returned` all of that which came back: sums, so that it does
    not matter in which order they are told.
    """

    payment: str
    contest: Contest = Contest.OPEN
    until: datetime | None = None
    taken: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class GatewayNotice:
    """What a gateway said of one payment or refund, believed because its signature or its answer to us was right.

    `event` names the telling: the same event is taken in once for an account. `reference` names the money: it has to
    be the same in notices, answers to `query` and `movements`, and another for each time a customer pays, so that money
    is never counted twice and never lost. `amount` is what was really paid, `currency` an ISO 4217 code or IRT.
    For a refund, `refund` is our key of it (see `Gateway.refund`) where the gateway hands it back. A gateway that
    gives refunds no names tells their sum: with `total`, `reference` is that of the money that came in, and `amount`
    all of it that has gone back so far. `undone` says of such a sum that the payment was given up before it was
    settled: where it was never counted, it does not count any more. `waits` says why a refund is not made yet.
    `card` is what the gateway knows the card by, the same each time it pays; not its number, nor what is printed on
    receipts of it, which many cards share. `risk` is what the gateway found out about who pays, by the words of
    `payments.risk`. `at` is when it happened by the gateway's clock, where it says so: of two contradictory things the
    later holds. `until` is how long a number that the customer was given can be paid at a bank or a shop: such money
    comes late, and is told of. `claim` is what is told of a dispute. `untouched` says of a pending payment that
    nobody has tried to pay yet, so far as the gateway knows: nothing is under way there.
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
    undone: bool = False
    waits: str = ""
    risk: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    until: datetime | None = None
    claim: Claim | None = None
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway wants to read when it has told us something."""

    body: str = ""
    status: int = 200
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money in the gateway's own books: that came in, or (about a refund) went back.

    Refunds without names of their own are one movement with the reference of their payment, and their sum. `undone` are
    those of a payment that was given up before it was settled: it may never have counted here.
    """

    reference: str
    amount: Decimal
    currency: str
    at: datetime
    about: About = About.PAYMENT
    attempt: str = ""
    refund: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Polling:
    """When a gateway is asked about what is open: first after so long, then ever more rarely, and until when.

    Each following question comes after `growth` of the age that the matter has by then, never sooner than `least`, and
    at least `rarely` apart where a number waits to be paid at a bank or a shop. `at_once` says whether a customer who
    comes back may have it asked before its time.
    """

    first: timedelta
    least: timedelta
    lasts: timedelta
    growth: float = 0.5
    rarely: timedelta = timedelta(hours=12)
    at_once: bool = True

    def following(self, since: datetime, now: datetime, payable: datetime | None = None) -> datetime | None:
        """When to ask next about what began at `since`; None: never again. `payable`: until when a number is."""
        age = now - since
        end = max(since + self.lasts, payable + timedelta(days=1)) if payable else since + self.lasts
        if now >= end:
            return None
        step = max(self.least, age * self.growth)
        if payable and now < payable:
            return min(now + max(step, self.rarely), max(payable, now + self.least))
        return now + step


@dataclass(frozen=True, slots=True)
class Pause:
    """A time of each day in which a gateway sends no money back, by the clock of its zone; it ends the same day."""

    zone: tzinfo
    begins: time
    ends: time

    def over(self, now: datetime) -> datetime | None:
        """When the pause is over in which `now` lies; None where it lies in none."""
        there = now.astimezone(self.zone)
        if not self.begins <= there.time() < self.ends:
            return None
        return datetime.combine(there.date(), self.ends, self.zone)


class Gateway:
    """A payment gateway. Everything here may raise `Unreachable`; what it says is otherwise in the answer.

    `currencies` empty means all. `refunds_part` false: only the whole amount of a payment goes back. `hosts` are those
    that a customer's browser may post a form to. `practice` gateways serve practice shops alone. `whole` is what
    `movements` lists wholly: only of that does it mean something when a movement is missing. `keys` are the length and
    the characters of our keys of its payments; `polling` and `refund_polling` when it is asked; `pause` when it sends
    nothing back; `panel` where a shop looks after its payments there; `instructions` is the
    field for what the shop tells its customers of paying so, in each of its languages, None where it tells nothing.
    """

    code: ClassVar[str]
    name: ClassVar[str | Promise]
    about: ClassVar[str | Promise] = ""
    way: ClassVar[Way] = Way.ONLINE
    settings: ClassVar[Sequence[Setting]] = ()
    instructions: ClassVar[Setting | None] = None
    currencies: ClassVar[frozenset[str]] = frozenset()
    refunds: ClassVar[bool] = True
    refunds_part: ClassVar[bool] = True
    reports: ClassVar[bool] = True
    whole: ClassVar[frozenset[About]] = frozenset(About)
    notices: ClassVar[bool] = True
    hosts: ClassVar[Sequence[str]] = ()
    practice: ClassVar[bool] = False
    keys: ClassVar[tuple[int, str]] = (22, string.ascii_letters + string.digits + "-_")
    polling: ClassVar[Polling] = Polling(timedelta(minutes=2), timedelta(minutes=1), timedelta(days=4))
    refund_polling: ClassVar[Polling] = Polling(timedelta(minutes=5), timedelta(minutes=5), timedelta(days=14))
    pause: ClassVar[Pause | None] = None
    panel: ClassVar[str] = ""

    def start(self, account: Account, ask: Ask) -> Started:
        """Have a payment made ready. Raises `Refused` where the gateway will not take it, and `Unreachable`.

        Called again with the same `ask.key` it must not let the customer pay twice.
        """
        return Started()

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> GatewayNotice | None:
        """What a notice says; None for a genuine one of which nothing follows. Raises `Forged` before believing a word.

        `headers` are found in any spelling; `body` is exactly what came.
        """
        raise Forged

    def answer_notice(self, notice: GatewayNotice | None) -> Answer:
        """What the gateway is answered once what it told has been taken in; `told` is None where nothing follows."""
        return Answer()

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        """Ask the gateway how an attempt stands (and finish it, where the gateway waits for that)."""
        raise Unsupported

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        """Send back `amount` of what `attempt` brought; the same `key` again must never send it twice.

        Answers with what became of it, about the refund. Raises `Refused`, `Unsupported`, and `Unreachable` when it may
        or may not have happened.
        """
        raise Unsupported

    def query_refund(self, account: Account, refund: Refund) -> GatewayNotice:
        """Ask how a refund stands whose answer was lost. Fate FAILED means that the gateway does not know of it."""
        raise Unsupported

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        """What came in and went back by the gateway's books between two moments, in any order."""
        raise Unsupported

    def disputes(self, account: Account, since: datetime, until: datetime) -> Iterable[GatewayNotice]:
        """The disputes that were opened between two moments; none where the gateway tells of none."""
        return ()

    def query_dispute(self, account: Account, reference: str) -> GatewayNotice:
        """Ask how a dispute stands."""
        raise Unsupported

    def page(self, account: Account, reference: str) -> str | None:
        """The gateway's own page of a payment, a refund or a dispute; None where it has no stable address."""
        return None

    def check(self, account: Account) -> None:
        """Try the settings without moving money. Raises `Refused` with what is the matter, and `Unreachable`."""
        raise Unsupported
