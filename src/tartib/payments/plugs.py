"""What payments register with the engine: how much was paid and refunded, and the events they raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection

from tartib.cases import plugs
from tartib.cases.models import Case
from tartib.customers import plugs as customers
from tartib.journal.operations import Actor
from tartib.payments import persons
from tartib.payments.models import Direction, Payment, State
from tartib.shops.models import Shop

CONFIRMED, FAILED, REFUNDED = "payment.confirmed", "payment.failed", "payment.refunded"
STRANDED = "payment.stranded"
"""Money came for which the case cannot follow: presets lead it to where somebody decides."""

arrivals: list[Callable[[Case, Decimal, Actor, datetime], None]] = []
"""Rooms above are told here that money came in for a held case, and how much came in all, before it is compared with
what the case costs; they may change that."""
listeners: list[Callable[[Case, Payment, Actor, datetime], None]] = []
"""Rooms above are told here of each payment and refund, in its transaction, when the case's payment state is known."""


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


troubles: list[Callable[[Shop, Trouble, Actor, datetime], None]] = []
"""Rooms above are told here, in the same transaction, of money that a person has to see to."""


def tell_trouble(shop: Shop, trouble: Trouble, actor: Actor, now: datetime) -> None:
    """Tell the rooms above of a trouble, in the transaction in which it was found or is over."""
    for listener in troubles:
        listener(shop, trouble, actor, now)


def register() -> None:
    """Called once, when Django is ready."""
    plugs.fact_sources.append(facts)
    plugs.events |= {CONFIRMED, FAILED, REFUNDED, STRANDED}
    customers.exporters.append(persons.tell)
    customers.erasers.append(persons.forget)
    customers.hindrances.append(persons.hinder)


def facts(case_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """Confirmed money of each case, in its currency: `paid` in all, `refunded` of it, and `credited`.

    The last is how much of what was refunded lowers what the case costs.
    """
    nothing = {"paid": Decimal(0), "refunded": Decimal(0), "credited": Decimal(0)}
    sums: dict[int, dict[str, object]] = {case: dict(nothing) for case in case_ids}
    # Every move asks this, so it is asked in SQL: the ORM takes longer to say it than the database to answer.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, direction, sum(amount), sum(credit) FROM payments_payment"
            " WHERE case_id = ANY(%s) AND state = %s GROUP BY case_id, direction",
            [list(case_ids), State.CONFIRMED],
        )
        for case_id, direction, amount, credit in cursor.fetchall():
            if direction == Direction.IN:
                sums[case_id]["paid"] = amount
            else:
                sums[case_id] |= {"refunded": amount, "credited": credit}
    return sums
