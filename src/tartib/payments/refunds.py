"""Sending money back: in full or in part, by the way it came, each request once.

A refund is asked for, sent by the worker, and counts when the gateway confirms it. What is not known is asked again.
Money that did not come by a gateway goes back by hand, which is recorded as done. Pieces given back with it return to
the shelf, or are lost to it, in the moment the refund is confirmed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Sum

from tartib.cases.engine import announce
from tartib.cases.hooks import Context
from tartib.cases.models import Case
from tartib.cases.operations import lock_case
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor, write
from tartib.payments import alarms, enqueue, hooks, refund_states, reversals
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import Fate, GatewayNotice, Refused, Short, Unsupported
from tartib.payments.hooks import DELIVERY, Piece
from tartib.payments.models import (
    OPEN_REFUNDS,
    Account,
    Attempt,
    Direction,
    Payment,
    Refund,
    RefundState,
    State,
    Waiting,
)
from tartib.payments.operations import TooMuch, record_payment
from tartib.payments.ways_back import by_hand, in_parts, what_is_left
from tartib.shops.models import Shop
from tartib.shops.providers import Unreachable

_ACT = 19
"""How many letters of a refund's key name the act by which it was asked for; then comes its number in it."""


class NotInParts(Exception):
    """The gateway sends back only the whole of a payment."""


@transaction.atomic
def refund(
    shop: Shop,
    case_id: int,
    amount: Decimal,
    actor: Actor,
    *,
    now: datetime,
    pieces: Sequence[Piece] = (),
    note: str = "",
    key: str = "",
    payment_id: int | None = None,
    worth: Decimal = Decimal(0),
) -> list[Refund]:
    """Send back `amount` of what was paid for a case, the newest payment first, with the pieces given back for it.

    Returns a refund for each payment that money is taken from. `payment_id` names one payment, whose currency `amount`
    is then in. `worth` is that of the pieces, and of the delivery where it is given back. `key` makes a repeated
    request harmless: it is answered with the same refunds. Raises `Case.DoesNotExist`, `TooMuch`, and `NotInParts`.
    """
    case = lock_case(shop, case_id)
    if known := by_key(case, key):
        return known
    key = _digest(case, key or secrets.token_urlsafe())
    payments = [
        (payment, rest)
        for payment, rest in what_is_left(case)
        if (payment.pk == payment_id if payment_id else payment.currency == case.currency)
    ]
    left = sum((rest for _payment, rest in payments), Decimal(0))
    if amount <= 0 or amount > left:
        raise TooMuch(left)
    asked: list[Refund] = []
    for payment, rest in payments:
        part = min(amount, rest)
        if part <= 0:
            break
        if not by_hand(payment) and part != payment.amount and not in_parts(payment):
            raise NotInParts
        given = min(part, worth)
        asked.append(_asked(case, payment, part, actor, now, () if asked else pieces, given, note, key, len(asked)))
        amount, worth = amount - part, worth - given
    announce(shop, [case.pk])
    return asked


def by_key(case: Case, key: str) -> list[Refund]:
    """The refunds that were asked for with that key; none where there is no key."""
    asked = Refund.objects.filter(case=case, key__startswith=f"{_digest(case, key)}-") if key else Refund.objects.none()
    return list(asked.order_by("key"))


def acts(case_id: int) -> dict[str, Refund]:
    """By the key of each refund of a case, the refund that began its act, which says what all of them are for.

    What is sent instead of one that failed is of the same act. One query.
    """
    known = {refund.pk: refund for refund in Refund.objects.filter(case=case_id).order_by("key")}
    first: dict[str, Refund] = {}
    for refund in known.values():
        first.setdefault(refund.key[:_ACT], refund)
    begun = {}
    for refund in known.values():
        origin = refund
        while origin.instead_of_id is not None:
            origin = known[origin.instead_of_id]
        begun[refund.key] = first[origin.key[:_ACT]]
    return begun


def key_of(payment: Payment) -> str:
    """The key of the refund whose money went out by that payment, by its own way or another, if it is one's."""
    return (payment.key or "").removeprefix("refund:").partition(":")[0]


def coming_back(case: Case) -> Counter[int]:
    """How many pieces of each line refunds that are under way are for: they come back when these are confirmed."""
    pieces: Counter[int] = Counter()
    for asked in Refund.objects.filter(case=case, state__in=OPEN_REFUNDS).values_list("pieces", flat=True):
        for line, count, _shelved in asked:
            pieces[line] += count
    return pieces


def delivery_went_back(case: Case) -> bool:
    """Whether the delivery of a case was given back, or that is under way; like a piece, it comes back once."""
    asked = Refund.objects.filter(case=case, pieces__contains=[[DELIVERY]]).values_list("key", "state")
    if any(state != RefundState.FAILED for _key, state in asked):
        return True
    keys = [f"refund:{key}{otherwise}" for key, _state in asked for otherwise in ("", ":otherwise")]
    return bool(keys) and Payment.objects.filter(case=case, key__in=keys).exists()


def _digest(case: Case, key: str) -> str:
    """What the keys of the refunds of one act begin with."""
    return hashlib.sha256(f"{case.pk}:{key}".encode()).hexdigest()[:_ACT]


def send(refund_id: int, *, now: datetime) -> None:
    """Send a refund to its gateway, once. Speaks to the gateway, so it is called outside of transactions.

    What the gateway refuses for want of money, and what falls into a time in which it sends nothing back, waits unsent.
    """
    asked = Refund.objects.select_related("payment__attempt__account").get(pk=refund_id)
    assert asked.payment.attempt is not None
    account = asked.payment.attempt.account
    speaks = gateway(account.gateway)
    quiet = account.quiet_until if account.quiet_until and account.quiet_until > now else None
    if resumes := quiet or (speaks.pause.over(now) if speaks.pause else None):
        refund_states.wait(asked, Waiting.HOURS, "", resumes)
        return
    begun = refund_states.unsent(refund_id).update(
        state=RefundState.SENDING, waits="", sent_at=now, ask_at=now + speaks.refund_polling.first
    )
    if not begun:
        return
    refund = Refund.objects.select_related("payment__attempt__account__shop").get(pk=refund_id)
    attempt = refund.payment.attempt
    assert attempt is not None
    # Somebody may have paid the same attempt twice: what goes back is the money of this payment.
    attempt.reference = refund.payment.reference or attempt.reference
    try:
        notice = speaks.refund(attempt.account, attempt, refund.amount, refund.key)
    except Unreachable as problem:
        Refund.objects.filter(pk=refund.pk, state=RefundState.SENDING).update(state=RefundState.UNKNOWN)
        refund_states.hush(attempt.account, problem, now)
    except Short as problem:
        refund_states.short(refund, problem.reason, now)
    except (Refused, Unsupported) as problem:
        refund_states.failed(refund, problem.reason if isinstance(problem, Refused) else "", now)
    else:
        settle(refund, notice, now=now)


def ask_again(refund_id: int, *, now: datetime) -> None:
    """Ask the gateway what became of a refund. Speaks to the gateway, so it is called outside of transactions.

    What was not sent yet is sent.
    """
    if refund_states.unsent(refund_id).exists():
        send(refund_id, now=now)
        return
    refund = Refund.objects.select_related("shop", "payment__attempt__account__shop").get(pk=refund_id)
    attempt = refund.payment.attempt
    assert attempt is not None
    speaks = gateway(attempt.account.gateway)
    later = refund_states.next_question(refund, speaks, now)
    if attempt.account.quiet_until and attempt.account.quiet_until > now:
        Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).update(ask_at=attempt.account.quiet_until)
        return
    Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).update(ask_at=later)
    try:
        notice = speaks.query_refund(attempt.account, refund)
    except Unreachable as problem:
        Refund.objects.filter(pk=refund.pk, state=RefundState.SENDING).update(state=RefundState.UNKNOWN)
        refund_states.hush(attempt.account, problem, now)
        if later is None:
            refund_states.unknown(refund, "", now)
    except (Refused, Unsupported) as problem:
        refund_states.unknown(refund, problem.reason if isinstance(problem, Refused) else "", now)
    else:
        settle(refund, notice, now=now)
        if later is None and Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).exists():
            refund_states.unknown(refund, "", now)


@transaction.atomic
def settle(refund: Refund, notice: GatewayNotice, *, now: datetime, heard: bool = False) -> bool:
    """Write what became of a refund; whether that is news. `heard`: the gateway told of it without being asked.

    What was confirmed stays so, unless the gateway says that it failed after all. What the gateway itself told to have
    failed stays so, unless it says that it was made later than that.
    """
    case = lock_case(refund.shop, refund.case_id)
    refund = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("shop", "payment__attempt__account")
        .get(pk=refund.pk)
    )
    confirmed = refund.state == RefundState.CONFIRMED
    if notice.fate == Fate.PENDING:
        return not confirmed and refund_states.waits(refund, notice, now)
    if notice.total:
        if confirmed:
            return False
        back = _news(refund.payment.attempt, notice) >= refund.amount
        return _done(case, refund, notice, now) if back else refund_states.failed(refund, notice.reason, now)
    if notice.fate != Fate.DONE:
        if confirmed:
            return reversals.reverse(case, refund, notice, now)
        return refund_states.failed(refund, notice.reason, now, denied=notice if heard or notice.reference else None)
    if confirmed:
        if notice.at is not None and not reversals.overtaken(refund, notice):
            Refund.objects.filter(pk=refund.pk).update(told_at=notice.at)
        return False
    if refund.denied and not refund_states.later(refund, notice):
        return False
    if refund.denied and reversals.outgoing(refund) is not None:
        return refund_states.back_after_all(refund, now, reversals.restore(case, refund, notice, now))
    return _done(case, refund, notice, now)


def _done(case: Case, refund: Refund, notice: GatewayNotice, now: datetime) -> bool:
    """The money is back."""
    refund.state, refund.reference, refund.settled_at, refund.ask_at = (
        RefundState.CONFIRMED, notice.reference[:120], now, None,
    )  # fmt: skip
    refund.waits, refund.denied, refund.told_at = "", False, notice.at
    refund.save(update_fields=["state", "reference", "settled_at", "ask_at", "waits", "denied", "told_at"])
    _gone_back(case, refund, now)
    return refund_states.back_after_all(refund, now, True)


def apply_notice(account: Account, attempt: Attempt, notice: GatewayNotice, now: datetime) -> bool:
    """Take in what a gateway told of a refund: one of ours, or one that was made in the gateway's own pages.

    Called by `attempts.apply_notice`, which holds the case; whether it changed anything.
    """
    if notice.total:
        return _hear_sum(account, attempt, notice, now)
    refund = _ours(attempt, notice)
    if refund is not None:
        return settle(refund, notice, now=now, heard=True)
    return _elsewhere(account, attempt, notice, f"refund:{account.pk}:{notice.reference}", now)


def _hear_sum(account: Account, attempt: Attempt, notice: GatewayNotice, now: datetime) -> bool:
    """Take in how much has gone back of a payment: first what is being sent, then what was sent by other hands."""
    if notice.undone:
        key = f"gateway:{account.pk}:{notice.reference or attempt.key}"
        came = Payment.objects.filter(shop_id=attempt.shop_id, key=key).first()
        if came is None:
            return reversals.never_came(account, attempt, notice, key, now)
        if came.state == State.FAILED:
            return False
    sent = Refund.objects.filter(
        payment__attempt=attempt, payment__reference=notice.reference,
        state__in=(RefundState.SENDING, RefundState.WAITING, RefundState.UNKNOWN), sent_at__isnull=False,
    ).order_by("asked_at", "pk")  # fmt: skip
    if notice.fate == Fate.PENDING:
        moved = [settle(refund, replace(notice, total=False), now=now) for refund in sent]
        return any(moved)
    news = _news(attempt, notice)
    one = replace(notice, total=False)
    changed = False
    for refund in sent:
        if refund.amount <= news:
            changed |= settle(refund, one, now=now)
            news -= refund.amount
    key = f"refund:{account.pk}:{notice.reference}:{notice.amount}"
    return _elsewhere(account, attempt, replace(one, amount=news), key, now) or changed


def _news(attempt: Attempt | None, notice: GatewayNotice) -> Decimal:
    """How much more has gone back of a payment than is recorded here."""
    known = Payment.objects.filter(
        attempt=attempt, direction=Direction.OUT, state__in=(State.CONFIRMED, State.ASIDE), reference=notice.reference
    ).aggregate(sum=Sum("amount"))["sum"]
    return (notice.amount or Decimal(0)) - (known or Decimal(0))


def _elsewhere(account: Account, attempt: Attempt, notice: GatewayNotice, key: str, now: datetime) -> bool:
    """Record a refund that was made in the gateway's own pages, or that it failed after all; whether it is news."""
    if notice.fate == Fate.FAILED and attempt.case is not None:
        return reversals.elsewhere(account, attempt, notice, key, now)
    if notice.fate != Fate.DONE or notice.amount is None or notice.amount <= 0 or attempt.case is None:
        return False
    if Payment.objects.filter(shop_id=attempt.shop_id, key=key).exists():
        return False
    foreign = notice.currency != attempt.case.currency
    record_payment(
        account.shop, attempt.case.pk, notice.amount, notice.currency, Actor(ActorKind.EVENT, account.label), now=now,
        direction=Direction.OUT, state=State.ASIDE if foreign else State.CONFIRMED, method=account.label,
        reference=notice.reference[:120], key=key, attempt=attempt,
    )  # fmt: skip
    alarms.recheck(attempt.case, Actor(ActorKind.EVENT, account.label), now)
    return True


def attempt_of(account: Account, notice: GatewayNotice) -> Attempt | None:
    """The attempt whose money a refund sends back, by our key of the refund or the gateway's name for it."""
    refunds = Refund.objects.filter(payment__attempt__account=account).select_related("payment__attempt")
    found = refunds.filter(key=notice.refund).first() if notice.refund else None
    if found is None and notice.reference:
        found = refunds.filter(reference=notice.reference).first()
    return found.payment.attempt if found is not None else None


def _asked(
    case: Case,
    payment: Payment,
    amount: Decimal,
    actor: Actor,
    now: datetime,
    pieces: Sequence[Piece],
    worth: Decimal,
    note: str,
    key: str,
    number: int,
) -> Refund:
    hand = by_hand(payment)
    refund = Refund.objects.create(
        shop=case.shop, case=case, payment=payment, amount=amount, currency=payment.currency, note=note[:250],
        pieces=[[piece.line_id, piece.quantity, piece.shelved] for piece in pieces], actor=asdict(actor), asked_at=now,
        worth=worth, state=RefundState.CONFIRMED if hand else RefundState.ASKED, settled_at=now if hand else None,
        key=f"{key}-{number}",
    )  # fmt: skip
    if hand:
        _gone_back(case, refund, now)
    else:
        write(case.shop_id, [refund_states.entry(refund, "asked")], actor, now)
        enqueue.refunding(refund.shop_id, refund.pk)
    return refund


def _gone_back(case: Case, refund: Refund, now: datetime) -> None:
    """The money is back: the pieces first, so that a move to *refunded* returns no more than is still out."""
    actor = Actor(**refund.actor)
    pieces = [Piece(line, count, shelved) for line, count, shelved in refund.pieces]
    for take in hooks.connected.take_back if pieces else ():
        take(case.pk, pieces, Context(case.shop, actor, now, uuid4(), refund.note))
    payment = refund.payment
    outcome = record_payment(
        case.shop, case.pk, refund.amount, refund.currency, actor, now=now, direction=Direction.OUT,
        state=payment.state, method=payment.method, reference=refund.reference or payment.reference,
        key=f"refund:{refund.key}", attempt=payment.attempt, reason=refund.note, worth=refund.worth,
    )  # fmt: skip
    if outcome is None or not outcome.moved:
        reversals.tell_sent(case, refund, actor, now)
    alarms.recheck(case, actor, now)


def _ours(attempt: Attempt, notice: GatewayNotice) -> Refund | None:
    """The refund that is told of: by its key or reference, else the open one of that amount, whose answer was lost."""
    refunds = Refund.objects.filter(payment__attempt=attempt).order_by("asked_at", "pk")
    if notice.refund:
        return refunds.filter(key=notice.refund).first()
    if notice.reference and (known := refunds.filter(reference=notice.reference).first()):
        return known
    if notice.amount is None:
        return None
    return refunds.filter(
        state__in=(RefundState.SENDING, RefundState.WAITING, RefundState.UNKNOWN), sent_at__isnull=False, reference="",
        amount=notice.amount,
    ).first()  # fmt: skip
