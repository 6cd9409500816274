"""How a refund comes to stand that is not made yet, or not at all: waiting, not known, failed, and seen to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from tartib.cases.engine import announce
from tartib.journal.operations import Actor, NewEntry, write
from tartib.payments import alarms
from tartib.payments.gateways.protocol import Gateway, GatewayNotice
from tartib.payments.models import OPEN_REFUNDS, Account, Direction, Refund, RefundState, Waiting
from tartib.payments.timeline import PAYMENT
from tartib.shops.providers import Unreachable

SHORT_FOR = timedelta(hours=25)
"""After this time a refund is sent again that the account had too little money for: a gateway that remembers what it
answered to a key, as Stripe does for a day, would only say the same again."""
TAKINGS_FOR = timedelta(days=60)
"""For how long a refund may wait for the takings it is made of."""
_UNSENT = (RefundState.ASKED, RefundState.WAITING)


@transaction.atomic
def failed(refund: Refund, reason: str, now: datetime, *, denied: GatewayNotice | None = None) -> bool:
    """It did not work; whether that is news. `denied` is how the gateway said so itself, knowing of the refund."""
    known: dict[str, object] = {}
    if denied is not None:
        known = {"denied": True, "told_at": denied.at}
        if denied.reference and denied.reference != refund.payment.reference:
            known["reference"] = denied.reference[:120]
    changed = Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).update(
        state=RefundState.FAILED, reason=reason[:250], settled_at=now, ask_at=None, waits="", **known
    )
    if not changed:
        if known:
            Refund.objects.filter(pk=refund.pk, state=RefundState.FAILED, denied=False).update(**known)
        return False
    refund.reason, actor = reason[:250], Actor(**refund.actor)
    write(refund.shop_id, [entry(refund, "failed", reason)], actor, now)
    alarms.refund_unknown(refund, actor, now, over=True)
    alarms.refund_failed(refund, actor, now)
    announce(refund.shop, [refund.case_id])
    return True


@transaction.atomic
def unknown(refund: Refund, reason: str, now: datetime) -> None:
    """The gateway cannot say what became of a refund, or did not for as long as it is asked: somebody has to look."""
    changed = Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).update(
        state=RefundState.UNKNOWN, reason=reason[:250], ask_at=None
    )
    if changed:
        refund.reason = reason[:250]
        alarms.refund_unknown(refund, Actor(**refund.actor), now)


def unsent(refund_id: int) -> QuerySet[Refund]:
    """The refund, if it has not been sent yet, or was refused in a way that left it unsent."""
    return Refund.objects.filter(
        Q(state=RefundState.ASKED) | Q(state=RefundState.WAITING, sent_at=None), pk=refund_id
    )  # fmt: skip


@transaction.atomic
def short(refund: Refund, reason: str, now: datetime) -> None:
    """The account has too little money for a refund: it is sent again later, and has failed when that did not help."""
    if now - refund.asked_at >= TAKINGS_FOR:
        failed(refund, reason, now)
        return
    Refund.objects.filter(pk=refund.pk, state=RefundState.SENDING).update(sent_at=None)
    wait(refund, Waiting.TAKINGS, reason, now + SHORT_FOR)


def waits(refund: Refund, notice: GatewayNotice, now: datetime) -> bool:
    """The gateway has taken a refund and not made it yet; whether that is news."""
    if not notice.waits or refund.state not in OPEN_REFUNDS or refund.state == RefundState.ASKED:
        return False
    if (refund.state, refund.waits) == (RefundState.WAITING, notice.waits):
        return False
    refund.state, refund.waits, refund.reason = RefundState.WAITING, notice.waits, notice.reason[:250]
    if notice.reference and notice.reference != refund.payment.reference:
        refund.reference = notice.reference[:120]
    refund.sent_at = refund.sent_at or now
    refund.save(update_fields=["state", "waits", "reason", "reference", "sent_at"])
    write(refund.shop_id, [entry(refund, "waiting")], Actor(**refund.actor), now)
    announce(refund.shop, [refund.case_id])
    return True


@transaction.atomic
def wait(refund: Refund, why: str, reason: str, until: datetime) -> None:
    """Keep a refund unsent until then."""
    changed = Refund.objects.filter(pk=refund.pk, state__in=(RefundState.SENDING, *_UNSENT), sent_at=None).update(
        state=RefundState.WAITING, waits=why, reason=reason[:250], ask_at=until
    )
    if changed:
        announce(refund.shop, [refund.case_id])


def next_question(refund: Refund, speaks: Gateway, now: datetime) -> datetime | None:
    """When to ask next; what waits for takings may do so for long."""
    polling = speaks.refund_polling
    if refund.state == RefundState.WAITING:
        polling = replace(polling, lasts=max(polling.lasts, TAKINGS_FOR))
    return polling.following(refund.asked_at, now)


def later(refund: Refund, notice: GatewayNotice) -> bool:
    """Whether something told happened after what is known of a refund, by the gateway's own clock."""
    return notice.at is not None and refund.told_at is not None and notice.at > refund.told_at


def back_after_all(refund: Refund, now: datetime, back: bool) -> bool:
    """What failed before and has gone back needs nobody any more: this refund, and those it was asked instead of."""
    actor = Actor(**refund.actor)
    failed = refund.instead_of or (
        Refund.objects.filter(
            payment=refund.payment_id, amount=refund.amount, state=RefundState.FAILED, cleared_at=None,
            asked_at__lte=refund.asked_at,
        ).exclude(pk=refund.pk).order_by("pk").first()
    )  # fmt: skip
    if back:
        alarms.refund_failed(refund, actor, now, over=True)
        alarms.refund_unknown(refund, actor, now, over=True)
    while back and failed is not None and failed.cleared_at is None:
        clear(failed, actor, now)
        failed = failed.instead_of
    return back


def clear(refund: Refund, actor: Actor, now: datetime) -> None:
    """Nothing is left to do about a refund that failed."""
    refund.cleared_at = now
    refund.save(update_fields=["cleared_at"])
    alarms.refund_failed(refund, actor, now, over=True)


def hush(account: Account, problem: Unreachable, now: datetime) -> None:
    """Where a gateway wants to be asked nothing for a while, ask nothing about any payment of the account."""
    if problem.pause:
        Account.objects.filter(pk=account.pk).update(quiet_until=now + problem.pause)


def entry(refund: Refund, state: str, reason: str = "") -> NewEntry:
    """What the timeline says of how a refund stands."""
    data: dict[str, object] = {
        "direction": Direction.OUT, "state": state, "amount": str(refund.amount), "currency": refund.currency,
        "method": refund.payment.method, "reference": refund.reference,
    }  # fmt: skip
    return NewEntry(refund.case_id, PAYMENT, data | ({"reason": reason} if reason else {}))
