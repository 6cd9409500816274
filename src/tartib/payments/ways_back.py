"""What can be sent back of a case's money, and by which way: only what came in and has not gone back goes out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from tartib.cases.models import Case
from tartib.payments.gateways import gateway
from tartib.payments.models import Direction, Payment, Refund, RefundState, State


@dataclass(frozen=True, slots=True)
class WaysBack:
    """How much can be sent back in the case's currency, and by what: the name of each way, and whether it is by hand.

    `aside` is money in other currencies, each payment with what is left of it: it goes back one by one.
    """

    left: Decimal
    ways: list[tuple[str, bool]]
    aside: list[tuple[Payment, Decimal]]


def ways_back(case: Case) -> WaysBack:
    """What can be sent back of a case."""
    found = what_is_left(case)
    own = [(payment, left) for payment, left in found if payment.currency == case.currency]
    ways = dict.fromkeys((payment.method, by_hand(payment)) for payment, _rest in found)
    aside = [(payment, left) for payment, left in found if payment.currency != case.currency]
    return WaysBack(sum((left for _payment, left in own), Decimal(0)), list(ways), aside)


def by_hand(payment: Payment) -> bool:
    """Whether a payment goes back by hand, since no gateway can send it."""
    attempt = payment.attempt
    return attempt is None or not gateway(attempt.account.gateway).refunds


def what_is_left(case: Case) -> list[tuple[Payment, Decimal]]:
    """The payments that came in, newest first, with what is left of each; what went back by hand, off the newest."""
    incoming = list(
        Payment.objects.filter(case=case, direction=Direction.IN, state__in=(State.CONFIRMED, State.ASIDE))
        .select_related("attempt__account")
        .order_by("-at", "-pk")
    )
    spoken: dict[int, Decimal] = dict(
        Refund.objects.filter(case=case)
        .exclude(state=RefundState.FAILED)
        .values_list("payment_id")
        .annotate(Sum("amount"))
    )
    loose = _loose(case).filter(currency=case.currency).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    found = []
    for payment in incoming:
        left = payment.amount - spoken.get(payment.pk, Decimal(0))
        taken = min(left, loose) if payment.currency == case.currency else Decimal(0)
        loose -= taken
        found.append((payment, left - taken))
    return [(payment, left) for payment, left in found if left > 0]


def _loose(case: Case) -> QuerySet[Payment]:
    """Money recorded as gone back without a refund of ours: by hand, or in the gateway's own pages."""
    return Payment.objects.filter(case=case, direction=Direction.OUT, state=State.CONFIRMED).exclude(
        key__in=[f"refund:{key}" for key in Refund.objects.filter(case=case).values_list("key", flat=True)]
    )


def in_parts(payment: Payment) -> bool:
    """Whether the gateway of a payment sends back a part of it."""
    assert payment.attempt is not None
    return gateway(payment.attempt.account.gateway).refunds_part
