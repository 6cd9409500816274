"""Payments whose money somebody asked their bank for: disputes, chargebacks, and questions before them.

What a gateway tells of a dispute are sums of what it has taken and of what came back, so that it comes to the same in
whatever order it is told. What it holds of the shop's money is one outgoing payment of its own. It is no refund: no
case moves by it, no credit note is issued, and the customer is not written to. Staff see it on the timeline and as
work.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from tartib.cases.engine import announce
from tartib.cases.models import Case
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor, NewEntry, write
from tartib.payments import alarms, reversals
from tartib.payments.balance import balance
from tartib.payments.gateways.protocol import Claim, GatewayNotice
from tartib.payments.models import Account, Attempt, Direction, Dispute, DisputeState, Payment, State
from tartib.payments.timeline import DISPUTED, PAYMENT, sums

_RANK = [DisputeState.OPEN.value, DisputeState.WITHDRAWN.value, DisputeState.WON.value, DisputeState.LOST.value]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@transaction.atomic
def apply_notice(account: Account, attempt: Attempt, notice: GatewayNotice, now: datetime) -> bool:
    """Take in what a gateway told of a dispute; whether it changed anything. The case, where there is one, is held.

    Raises `ValueError` when a dispute is told of without its amount.
    """
    claim = notice.claim
    if claim is None or not notice.reference:
        return False
    if notice.amount is None or notice.amount <= 0:
        raise ValueError(f"{account.gateway}: a dispute without an amount")
    known = Dispute.objects.select_for_update(of=("self",)).filter(account=account, reference=notice.reference[:120])
    dispute = known.first() or Dispute(
        shop=account.shop, account=account, attempt=attempt, case=attempt.case, reference=notice.reference[:120],
        amount=notice.amount, currency=notice.currency, opened_at=notice.at or now,
    )  # fmt: skip
    before = _standing(dispute)
    fresh = dispute.pk is None
    if fresh or _weight(notice.at, claim.contest) >= _weight(dispute.told_at, dispute.state):
        _take_over(dispute, notice, claim, now)
    dispute.taken = max(dispute.taken, claim.taken)
    dispute.returned = max(dispute.returned, claim.returned)
    dispute.payment = dispute.payment or _payment(attempt, claim)
    dispute.save()
    if not fresh and _standing(dispute) == before:
        return False
    actor = Actor(ActorKind.EVENT, account.label)
    if attempt.case is not None:
        held_anew = _hold(attempt.case, dispute, now)
        write(account.shop_id, [NewEntry(attempt.case.pk, PAYMENT, _entry(dispute, attempt.case))], actor, now)
        if held_anew:
            reversals.recount(attempt.case, actor, now)
        announce(account.shop, [attempt.case.pk])
    alarms.disputed(dispute, actor, now)
    return True


def _take_over(dispute: Dispute, notice: GatewayNotice, claim: Claim, now: datetime) -> None:
    """What was told last holds."""
    assert notice.amount is not None
    dispute.reason, dispute.amount, dispute.currency = notice.reason[:120], notice.amount, notice.currency
    dispute.state, dispute.due_at, dispute.told_at = claim.contest.value, claim.until, notice.at
    over = dispute.state != DisputeState.OPEN
    dispute.closed_at = (dispute.closed_at or notice.at or now) if over else None


def _weight(at: datetime | None, state: str) -> tuple[datetime, int]:
    """What holds of two things told: the later by the gateway's clock; of one time, what comes later in a dispute."""
    return at or _LONG_AGO, _RANK.index(state)


def _standing(dispute: Dispute) -> tuple[object, ...]:
    return (
        dispute.state, dispute.reason, dispute.amount, dispute.currency, dispute.due_at, dispute.taken, dispute.returned
    )  # fmt: skip


def _payment(attempt: Attempt, claim: Claim) -> Payment | None:
    """The disputed payment, if it is known here yet."""
    came = Payment.objects.filter(attempt=attempt, direction=Direction.IN, dispute=None)
    return (came.filter(reference=claim.payment) if claim.payment else came).order_by("pk").first()


def _hold(case: Case, dispute: Dispute, now: datetime) -> bool:
    """Keep what a dispute holds of the shop's money as one outgoing payment; a former one counts no more.

    Whether that changed anything.
    """
    held = max(dispute.taken - dispute.returned, Decimal(0))
    counted = Payment.objects.filter(dispute=dispute).exclude(state=State.FAILED)
    former = counted.first()
    if (former.amount if former else Decimal(0)) == held:
        return False
    counted.update(state=State.FAILED)
    if held:
        # Nothing is asked of the customer by itself: what to do about the money is for staff to say.
        Payment.objects.create(
            shop=case.shop, case=case, attempt=dispute.attempt, dispute=dispute, direction=Direction.OUT,
            state=State.CONFIRMED if dispute.currency == case.currency else State.ASIDE, amount=held,
            currency=dispute.currency, method=dispute.account.label, reference=dispute.reference,
            credit=balance(case).credit(held) if dispute.currency == case.currency else Decimal(0),
            key=f"dispute:{dispute.account_id}:{dispute.reference}:{dispute.taken}:{dispute.returned}", at=now,
        )  # fmt: skip
    return True


def _entry(dispute: Dispute, case: Case) -> dict[str, object]:
    """What staff read on the timeline."""
    stands = balance(case)
    held = max(dispute.taken - dispute.returned, Decimal(0))
    data: dict[str, object] = {
        "direction": Direction.OUT, "state": DISPUTED, "contest": dispute.state, "amount": str(dispute.amount),
        "currency": dispute.currency, "method": dispute.account.label, "reference": dispute.reference,
        **sums(stands.paid, stands.refunded, stands.credited),
    }  # fmt: skip
    return data | ({"held": str(held)} if held else {}) | ({"reason": dispute.reason} if dispute.reason else {})
