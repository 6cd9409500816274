"""Money that went back and came back: a gateway says that a refund failed which it had confirmed.

The outgoing payment counts no more and stays as a row; the refund is open again as failed; whoever was told that the
money is on its way is told that it is not. What the gateway said earlier changes nothing any more when it comes late.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases.engine import announce
from tartib.cases.models import Case
from tartib.cases.operations import record_edit, write_to
from tartib.cases.timeline import MOVED
from tartib.journal.models import ActorKind, Entry
from tartib.journal.operations import Actor, NewEntry, write
from tartib.l10n import money
from tartib.payments import alarms, hooks
from tartib.payments.balance import balance
from tartib.payments.gateways.protocol import GatewayNotice
from tartib.payments.models import Account, Attempt, AttemptState, Direction, Payment, Refund, RefundState, State
from tartib.payments.operations import paid_anew, record_payment
from tartib.payments.timeline import PAYMENT, sums


def outgoing(refund: Refund) -> Payment | None:
    """The payment by which a refund was confirmed, whether it counts still or not."""
    attempt = refund.payment.attempt
    keys = [f"refund:{refund.key}"]
    if attempt is not None and refund.reference:
        keys.append(f"refund:{attempt.account_id}:{refund.reference}")
    return Payment.objects.filter(shop=refund.shop_id, direction=Direction.OUT, key__in=keys).order_by("pk").first()


def overtaken(refund: Refund, notice: GatewayNotice) -> bool:
    """Whether something told of a refund is older than what is known of it, by the gateway's clock."""
    return notice.at is not None and refund.told_at is not None and notice.at < refund.told_at


def reverse(case: Case, refund: Refund, notice: GatewayNotice, now: datetime) -> bool:
    """A confirmed refund of a held case failed after all; whether that was news."""
    if refund.state != RefundState.CONFIRMED or overtaken(refund, notice):
        return False
    actor = _voice(refund)
    payment = outgoing(refund)
    refund.state, refund.denied, refund.reason = RefundState.FAILED, True, notice.reason[:250]
    refund.settled_at, refund.cleared_at, refund.ask_at = now, None, None
    refund.told_at = notice.at or refund.told_at
    refund.save(update_fields=["state", "denied", "reason", "settled_at", "cleared_at", "ask_at", "told_at"])
    if payment is not None:
        restate(case, payment, State.FAILED, actor, now, reason=notice.reason)
    alarms.refund_failed(refund, actor, now)
    _correct(case, refund, actor, now)
    return True


def restore(case: Case, refund: Refund, notice: GatewayNotice, now: datetime) -> bool:
    """The gateway says of a refund it had told to have failed that it was made later; whether that was news."""
    payment = outgoing(refund)
    if payment is None or notice.at is None or refund.told_at is None or notice.at <= refund.told_at:
        return False
    actor = _voice(refund)
    refund.state, refund.denied, refund.reason = RefundState.CONFIRMED, False, ""
    refund.settled_at, refund.told_at, refund.ask_at = now, notice.at, None
    refund.save(update_fields=["state", "denied", "reason", "settled_at", "told_at", "ask_at"])
    # Another row, since rooms above may have papers about the former, which stays as it is.
    key, payment.key = payment.key, f"{payment.key}:undone:{payment.pk}"
    payment.save(update_fields=["key"])
    aside = refund.payment.state == State.ASIDE
    made = Payment.objects.create(
        shop=payment.shop, case=case, attempt=payment.attempt, direction=Direction.OUT, state=State.UNVERIFIED,
        amount=payment.amount, currency=payment.currency, method=payment.method, reference=payment.reference, key=key,
        at=now,
    )  # fmt: skip
    restate(case, made, State.ASIDE if aside else State.CONFIRMED, actor, now, worth=refund.worth)
    tell_sent(case, refund, actor, now)
    return True


def elsewhere(account: Account, attempt: Attempt, notice: GatewayNotice, key: str, now: datetime) -> bool:
    """A refund that was made in the gateway's own pages failed; whether that was news.

    Told before it was heard of, it is kept as failed, so that what was told before that does not count when it comes.
    """
    assert attempt.case is not None
    if notice.amount is None or notice.amount <= 0 or not notice.reference:
        return False
    payment = Payment.objects.filter(shop_id=attempt.shop_id, key=key).first()
    actor = Actor(ActorKind.EVENT, account.label)
    if payment is None:
        foreign = notice.currency != attempt.case.currency
        if foreign:
            return False
        record_payment(
            account.shop, attempt.case.pk, notice.amount, notice.currency, actor, now=now, direction=Direction.OUT,
            state=State.FAILED, method=account.label, reference=notice.reference[:120], key=key, attempt=attempt,
            reason=notice.reason[:250],
        )  # fmt: skip
        return True
    if payment.state == State.FAILED:
        return False
    came = Payment.objects.filter(attempt=attempt, direction=Direction.IN, currency=payment.currency)
    source = came.filter(state__in=(State.CONFIRMED, State.ASIDE)).order_by("pk").first()
    if source is None:
        restate(attempt.case, payment, State.FAILED, actor, now, reason=notice.reason)
        return True
    refund = Refund.objects.create(
        shop=account.shop, case=attempt.case, payment=source, state=RefundState.CONFIRMED, amount=payment.amount,
        currency=payment.currency, reference=payment.reference, actor={"kind": actor.kind, "name": actor.name},
        asked_at=payment.at, sent_at=payment.at, settled_at=payment.at,
    )  # fmt: skip
    return reverse(attempt.case, refund, notice, now)


def never_came(account: Account, attempt: Attempt, notice: GatewayNotice, key: str, now: datetime) -> bool:
    """A payment was given up before it was settled and had never counted here: it does not count when told of late."""
    assert attempt.case is not None
    if notice.amount is None or notice.amount <= 0 or notice.currency != attempt.case.currency:
        return False
    record_payment(
        account.shop, attempt.case.pk, notice.amount, notice.currency, Actor(ActorKind.EVENT, account.label), now=now,
        state=State.FAILED, method=account.label, reference=notice.reference[:120], key=key, attempt=attempt,
    )  # fmt: skip
    attempt.state, attempt.settled_at = AttemptState.FAILED, now
    attempt.save(update_fields=["state", "settled_at"])
    return True


def restate(
    case: Case,
    payment: Payment,
    state: str,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    worth: Decimal = Decimal(0),
) -> None:
    """Write that money which went back counts no more, or again, and what follows: entry, one word, rooms above.

    `worth` is that of the goods it is for.
    """
    if state == State.CONFIRMED:
        payment.credit = balance(case).credit(payment.amount, worth)
    payment.state = state
    payment.save(update_fields=["state", "credit"])
    data: dict[str, object] = {
        "direction": payment.direction, "state": state, "amount": str(payment.amount), "currency": payment.currency,
        "method": payment.method, "reference": payment.reference,
    }  # fmt: skip
    data |= {"reversed": True} if state == State.FAILED else {}
    stands = paid_anew(case)
    data |= sums(stands.paid, stands.refunded, stands.credited)
    write(case.shop_id, [NewEntry(case.pk, PAYMENT, data | ({"reason": reason} if reason else {}))], actor, now)
    recount(case, actor, now)
    for listener in hooks.connected.after_payment:
        listener(case, payment, actor, now)
    announce(case.shop, [case.pk])


def recount(case: Case, actor: Actor, now: datetime) -> None:
    """Say anew in one word how the payment of a held case stands, from its confirmed sums."""
    before, case.payment = case.payment, balance(case).state(State.CONFIRMED)
    if case.payment != before:
        record_edit(case, {"payment": (before, case.payment)}, actor, now=now, fields=["payment"])


def tell_sent(case: Case, refund: Refund, actor: Actor, now: datetime) -> None:
    """Tell the customer that money is on its way back to them."""
    with override(case.language):
        shown = money.show(refund.amount, refund.currency, case.shop.tag(case.language))
        text = _("We have returned %(amount)s to you. Your bank may take a few days.") % {"amount": shown}
    write_to(case.shop, case.pk, text, actor, now=now)


def _correct(case: Case, refund: Refund, actor: Actor, now: datetime) -> None:
    """Tell the customer that what they were told of their money has not come true, and what comes next."""
    if not _was_told(case, refund):
        return
    with override(case.language):
        shown = money.show(refund.amount, refund.currency, case.shop.tag(case.language))
        text = _(
            "We had told you that %(amount)s is on its way back to you. The bank could not deliver it, so the money is"
            " with us again. You need not do anything: we are looking for another way and will write to you."
        ) % {"amount": shown}
    write_to(case.shop, case.pk, text, actor, now=now)


def _was_told(case: Case, refund: Refund) -> bool:
    """Of our own refunds the customer is told; of those made at the gateway only where the order moved with them."""
    payment = outgoing(refund)
    if payment is None or payment.key == f"refund:{refund.key}":
        return True
    return Entry.objects.filter(case_id=case.pk, kind=MOVED, at=payment.at).exists()


def _voice(refund: Refund) -> Actor:
    """The gateway, as the timeline names it."""
    attempt = refund.payment.attempt
    return Actor(ActorKind.EVENT, attempt.account.label if attempt else refund.payment.method)
