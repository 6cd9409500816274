"""Where the rooms above meet money: what follows payments and refunds, and what guards ask of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from tartib.cases.hooks import Context
from tartib.cases.models import Case
from tartib.journal.operations import Actor
from tartib.payments import sql
from tartib.payments.models import Direction, Payment
from tartib.shops.models import Shop

CONFIRMED, FAILED, REFUNDED = "payment.confirmed", "payment.failed", "payment.refunded"
STRANDED = "payment.stranded"
"""Money came for which the case cannot follow: presets lead it to where somebody decides."""
EVENTS = frozenset({CONFIRMED, FAILED, REFUNDED, STRANDED})


class Arrival(Protocol):
    """Hears that money came in for a held case, and how much came in all, before it is compared with what the case
    costs; it may change that."""

    def __call__(self, case: Case, received: Decimal, actor: Actor, now: datetime, /) -> None: ...


class Listener(Protocol):
    """Hears of each payment and refund, in its transaction, when the case's payment state is known.

    A refund that failed after it was confirmed is told of again, as a payment going out that is `failed`. What disputes
    take is neither, and not told of.
    """

    def __call__(self, case: Case, payment: Payment, actor: Actor, now: datetime, /) -> None: ...


DELIVERY = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Pieces of one line of a case that the customer gives back: to the shelf again, or (broken, kept) not.

    The delivery that is given back is one piece of no line: `DELIVERY` stands for its line.
    """

    line_id: int
    quantity: int
    shelved: bool


class ReturnPieces(Protocol):
    """Takes back pieces of one case, each once whatever else returns the stock of that case later."""

    def __call__(self, case_id: int, pieces: Sequence[Piece], context: Context, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about money that a person has to see to, or, when `over`, that needs nobody any more.

    `key` names it within its shop: the same trouble told of again is one. `kind` says what it is, `facts` what is known
    of it, as JSON: amounts are texts beside their `currency`. `due_at` is until when somebody has to act, where known.
    """

    kind: str
    key: str
    case_id: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    due_at: datetime | None = None
    over: bool = False


class OnTrouble(Protocol):
    """Hears, in the same transaction, of money that a person has to see to."""

    def __call__(self, shop: Shop, trouble: Trouble, actor: Actor, now: datetime, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What the rooms above do when money moves, each in the order in which it is called: see `project.wiring`."""

    before_settle: Sequence[Arrival] = ()
    after_payment: Sequence[Listener] = ()
    on_trouble: Sequence[OnTrouble] = ()
    take_back: Sequence[ReturnPieces] = ()


connected = Hooks()


def tell_trouble(shop: Shop, trouble: Trouble, actor: Actor, now: datetime) -> None:
    """Tell the rooms above of a trouble, in the transaction in which it was found or is over."""
    for hear in connected.on_trouble:
        hear(shop, trouble, actor, now)


def facts(case_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """Confirmed money of each case, in its currency: `paid` in all, `refunded` of it, and `credited`.

    The last is how much of what was refunded lowers what the case costs.
    """
    nothing = {"paid": Decimal(0), "refunded": Decimal(0), "credited": Decimal(0)}
    sums: dict[int, dict[str, object]] = {case: dict(nothing) for case in case_ids}
    for case_id, direction, amount, credit in sql.confirmed(case_ids):
        if direction == Direction.IN:
            sums[case_id]["paid"] = amount
        else:
            sums[case_id] |= {"refunded": amount, "credited": credit}
    return sums
