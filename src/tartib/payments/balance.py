"""How the money of a case stands: the one place that says what is due.

What was ordered, less what was credited, is what the case costs; what came in, less what went back, is what the shop
has of it. The one above the other is due, the other above the one was paid too much. A case that ended costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from tartib.cases.models import Case, PaymentState, Phase
from tartib.payments.hooks import facts
from tartib.payments.models import OPEN_REFUNDS, Payment, Refund, State

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """Confirmed money of a case, in its currency, and what it is for.

    `ordered` is what it cost as it was ordered, `credited` how much of that was taken off it when money went back: for
    goods that came back, out of kindness, or by a bank for a dispute, so far as nobody has paid that anew. `paid` is
    all that came in, `refunded` all that went back. `ended` is whether the case came to nothing: cancelled, returned,
    refunded.
    """

    ordered: Decimal
    paid: Decimal = _NOTHING
    refunded: Decimal = _NOTHING
    credited: Decimal = _NOTHING
    ended: bool = False

    @property
    def cost(self) -> Decimal:
        """What it costs now."""
        return _NOTHING if self.ended else max(_NOTHING, self.ordered - self.credited)

    @property
    def kept(self) -> Decimal:
        """What came in and did not go back."""
        return self.paid - self.refunded

    @property
    def due(self) -> Decimal:
        """What is left to pay; nothing where the case ended."""
        return max(_NOTHING, self.cost - self.kept)

    @property
    def surplus(self) -> Decimal:
        """How much more is here than it costs: it waits to be sent back."""
        return max(_NOTHING, self.kept - self.cost)

    def credit(self, amount: Decimal, worth: Decimal = _NOTHING) -> Decimal:
        """How much of an amount that goes back lowers what the case costs: all but what had been paid in excess.

        What goes back for goods that are `worth` so much lowers it by that even then: nobody keeps what they returned.
        """
        return max(_NOTHING, amount - self.surplus, min(amount, worth, self.cost))

    def state(self, newest: str) -> PaymentState:
        """What is known of the payment in one word; `newest` is the state of the newest payment, "" for none."""
        if 0 < self.paid <= self.refunded and not self.due:
            return PaymentState.REFUNDED
        if self.paid > 0 and self.kept >= self.ordered - self.credited:
            return PaymentState.PARTLY_REFUNDED if self.credited else PaymentState.PAID
        if self.kept > 0:
            return PaymentState.PARTLY_REFUNDED if self.ended and self.refunded else PaymentState.PARTIAL
        return {
            State.UNVERIFIED: PaymentState.UNVERIFIED,
            State.ASIDE: PaymentState.UNVERIFIED,
            State.FAILED: PaymentState.FAILED,
        }.get(State(newest) if newest else State.CONFIRMED, PaymentState.UNPAID)


def balance(case: Case) -> Balance:
    """How the money of a case stands, in one query."""
    return balances([case])[case.pk]


def balances(cases: Sequence[Case]) -> dict[int, Balance]:
    """How the money of each case stands, in one query."""
    known = facts([case.pk for case in cases])
    return {case.pk: of_facts(case, known[case.pk]) for case in cases}


def let_off(case: Case) -> Decimal:
    """How much of what is credited a bank took for disputes: a chargeback rescinds no sale, so no paper says it."""
    taken = Payment.objects.filter(case=case, dispute__isnull=False, state=State.CONFIRMED)
    return taken.aggregate(sum=Sum("credit"))["sum"] or _NOTHING


def refundable(case: Case) -> Decimal:
    """How much of what was paid for a case can be sent back: without what is back already, or on its way."""
    under_way = Refund.objects.filter(case=case, state__in=OPEN_REFUNDS, currency=case.currency)
    return max(_NOTHING, balance(case).kept - (under_way.aggregate(sum=Sum("amount"))["sum"] or _NOTHING))


def of_facts(case: Case, known: Mapping[str, object]) -> Balance:
    """How the money of a case stands by what `payments.hooks.facts` says of it."""
    paid, refunded, credited = known["paid"], known["refunded"], known["credited"]
    assert isinstance(paid, Decimal)
    assert isinstance(refunded, Decimal)
    assert isinstance(credited, Decimal)
    return Balance(case.amount or _NOTHING, paid, refunded, credited, case.phase == Phase.ENDED)
