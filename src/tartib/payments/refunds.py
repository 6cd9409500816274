"""Sending money back: in full or in part, by the way it came, each request once.

A refund is asked for, sent by the worker, and counts when the gateway confirms it. What is not known is asked again.
Money that did not come by a gateway goes back by hand, which is recorded as done. Pieces given back with it return to
the shelf, or are lost to it, in the moment the refund is confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases import plugs
from tartib.cases.engine import announce
from tartib.cases.models import Case
from tartib.cases.operations import hold, write_to
from tartib.cases.plugs import Context, Piece
from tartib.journal.models import ActorKind, Kind
from tartib.journal.operations import Actor, Draft, write
from tartib.payments import wake
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import Fate, Refused, Told, Unreachable, Unsupported
from tartib.payments.models import (
    OPEN_REFUNDS,
    Account,
    Attempt,
    Direction,
    Payment,
    Refund,
    RefundState,
    State,
)
from tartib.payments.operations import TooMuch, record
from tartib.shops.models import Shop
from tartib.speech import money

FIRST_ASKED = timedelta(minutes=5)
"""A refund of which nothing was heard is asked about after this time, then ever more rarely."""
ASKED_FOR = timedelta(days=14)


class NotInParts(Exception):
    """The gateway sends back only the whole of a payment."""


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
    found = _left(case)
    own = [(payment, left) for payment, left in found if payment.currency == case.currency]
    ways = dict.fromkeys((payment.method, by_hand(payment)) for payment, _rest in found)
    aside = [(payment, left) for payment, left in found if payment.currency != case.currency]
    return WaysBack(sum((left for _payment, left in own), Decimal(0)), list(ways), aside)


def by_hand(payment: Payment) -> bool:
    """Whether a payment goes back by hand, since no gateway can send it."""
    attempt = payment.attempt
    return attempt is None or not gateway(attempt.account.gateway).refunds


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
) -> list[Refund]:
    """Send back `amount` of what was paid for a case, the newest payment first, with the pieces given back for it.

    Returns a refund for each payment that money is taken from. `payment_id` names one payment, whose currency `amount`
    is then in. `key` makes a repeated request harmless: it is answered with the same refunds. Raises
    `Case.DoesNotExist`, `TooMuch`, and `NotInParts`.
    """
    case = hold(shop, case_id)
    if known := by_key(case, key):
        return known
    key = _digest(case, key)
    payments = [
        (payment, rest)
        for payment, rest in _left(case)
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
        if not by_hand(payment) and part != payment.amount and not _parts(payment):
            raise NotInParts
        asked.append(_asked(case, payment, part, actor, now, () if asked else pieces, note, key, len(asked)))
        amount -= part
    announce(shop, [case.pk])
    return asked


def by_key(case: Case, key: str) -> list[Refund]:
    """The refunds that were asked for with that key; none where there is no key."""
    asked = Refund.objects.filter(case=case, key__startswith=f"{_digest(case, key)}-") if key else Refund.objects.none()
    return list(asked.order_by("key"))


def _digest(case: Case, key: str) -> str:
    return hashlib.sha256(f"{case.pk}:{key}".encode()).hexdigest()[:19] if key else ""


def send(refund_id: int, *, now: datetime) -> None:
    """Send a refund to its gateway, once. Speaks to the gateway, so it is called outside of transactions."""
    begun = Refund.objects.filter(pk=refund_id, state=RefundState.ASKED).update(
        state=RefundState.SENDING, ask_at=now + FIRST_ASKED
    )
    if not begun:
        return
    refund = Refund.objects.select_related("payment__attempt__account__shop").get(pk=refund_id)
    attempt = refund.payment.attempt
    assert attempt is not None
    # Somebody may have paid the same attempt twice: what goes back is the money of this payment.
    attempt.reference = refund.payment.reference or attempt.reference
    try:
        told = gateway(attempt.account.gateway).refund(attempt.account, attempt, refund.amount, refund.key)
    except Unreachable:
        Refund.objects.filter(pk=refund.pk, state=RefundState.SENDING).update(state=RefundState.UNKNOWN)
    except (Refused, Unsupported) as problem:
        _failed(refund, problem.reason if isinstance(problem, Refused) else "", now)
    else:
        settle(refund, told, now=now)


def ask_again(refund_id: int, *, now: datetime) -> None:
    """Ask the gateway what became of a refund. Speaks to the gateway, so it is called outside of transactions."""
    refund = Refund.objects.select_related("payment__attempt__account__shop").get(pk=refund_id)
    attempt = refund.payment.attempt
    assert attempt is not None
    age = now - refund.asked_at
    later = now + max(FIRST_ASKED, age / 2) if age < ASKED_FOR else None
    Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).update(ask_at=later)
    try:
        told = gateway(attempt.account.gateway).query_refund(attempt.account, refund)
    except Unreachable:
        Refund.objects.filter(pk=refund.pk, state=RefundState.SENDING).update(state=RefundState.UNKNOWN)
    except (Refused, Unsupported) as problem:
        reason = problem.reason if isinstance(problem, Refused) else ""
        Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).update(
            state=RefundState.UNKNOWN, reason=reason[:250], ask_at=None
        )
    else:
        settle(refund, told, now=now)


@transaction.atomic
def settle(refund: Refund, told: Told, *, now: datetime) -> bool:
    """Write what became of a refund; whether that is news. What was confirmed once stays so."""
    case = hold(refund.shop, refund.case_id)
    refund = (
        Refund.objects.select_for_update(of=("self",)).select_related("payment__attempt__account").get(pk=refund.pk)
    )
    if refund.state == RefundState.CONFIRMED or told.fate == Fate.PENDING:
        return False
    if told.total:
        back = _news(refund.payment.attempt, told) >= refund.amount
        told = replace(told, fate=Fate.DONE if back else Fate.FAILED, total=False)
    if told.fate != Fate.DONE:
        return _failed(refund, told.reason, now)
    refund.state, refund.reference, refund.settled_at, refund.ask_at = (
        RefundState.CONFIRMED, told.reference[:120], now, None,
    )  # fmt: skip
    refund.save(update_fields=["state", "reference", "settled_at", "ask_at"])
    _gone_back(case, refund, now)
    return True


def hear(account: Account, attempt: Attempt, told: Told, now: datetime) -> bool:
    """Take in what a gateway told of a refund: one of ours, or one that was made in the gateway's own pages.

    Called by `attempts.hear`, which holds the case; whether it changed anything.
    """
    if told.total:
        return _hear_sum(account, attempt, told, now)
    refund = _ours(attempt, told)
    if refund is not None:
        return settle(refund, told, now=now)
    return _elsewhere(account, attempt, told, f"refund:{account.pk}:{told.reference}", now)


def _hear_sum(account: Account, attempt: Attempt, told: Told, now: datetime) -> bool:
    """Take in how much has gone back of a payment: first what is being sent, then what was sent by other hands."""
    news = _news(attempt, told)
    one = replace(told, total=False)
    changed = False
    for refund in Refund.objects.filter(
        payment__attempt=attempt, payment__reference=told.reference,
        state__in=(RefundState.SENDING, RefundState.UNKNOWN),
    ).order_by("asked_at", "pk"):  # fmt: skip
        if refund.amount <= news:
            changed |= settle(refund, one, now=now)
            news -= refund.amount
    key = f"refund:{account.pk}:{told.reference}:{told.amount}"
    return _elsewhere(account, attempt, replace(one, amount=news), key, now) or changed


def _news(attempt: Attempt | None, told: Told) -> Decimal:
    """How much more has gone back of a payment than is recorded here."""
    known = Payment.objects.filter(
        attempt=attempt, direction=Direction.OUT, state__in=(State.CONFIRMED, State.ASIDE), reference=told.reference
    ).aggregate(sum=Sum("amount"))["sum"]
    return (told.amount or Decimal(0)) - (known or Decimal(0))


def _elsewhere(account: Account, attempt: Attempt, told: Told, key: str, now: datetime) -> bool:
    """Record a refund that was made in the gateway's own pages; whether it is news."""
    if told.fate != Fate.DONE or told.amount is None or told.amount <= 0 or attempt.case is None:
        return False
    if Payment.objects.filter(shop_id=attempt.shop_id, key=key).exists():
        return False
    foreign = told.currency != attempt.case.currency
    record(
        account.shop, attempt.case.pk, told.amount, told.currency, Actor(ActorKind.EVENT, account.name), now=now,
        direction=Direction.OUT, state=State.ASIDE if foreign else State.CONFIRMED, method=account.name,
        reference=told.reference[:120], key=key, attempt=attempt,
    )  # fmt: skip
    return True


def attempt_of(account: Account, told: Told) -> Attempt | None:
    """The attempt whose money a refund sends back, by our key of the refund or the gateway's name for it."""
    refunds = Refund.objects.filter(payment__attempt__account=account).select_related("payment__attempt")
    found = refunds.filter(key=told.refund).first() if told.refund else None
    if found is None and told.reference:
        found = refunds.filter(reference=told.reference).first()
    return found.payment.attempt if found is not None else None


def _left(case: Case) -> list[tuple[Payment, Decimal]]:
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


def _parts(payment: Payment) -> bool:
    assert payment.attempt is not None
    return gateway(payment.attempt.account.gateway).refunds_part


def _asked(
    case: Case,
    payment: Payment,
    amount: Decimal,
    actor: Actor,
    now: datetime,
    pieces: Sequence[Piece],
    note: str,
    key: str,
    number: int,
) -> Refund:
    hand = by_hand(payment)
    given = {"key": f"{key}-{number}"} if key else {}
    refund = Refund.objects.create(
        shop=case.shop, case=case, payment=payment, amount=amount, currency=payment.currency, note=note[:250],
        pieces=[[piece.line_id, piece.quantity, piece.shelved] for piece in pieces], actor=asdict(actor), asked_at=now,
        state=RefundState.CONFIRMED if hand else RefundState.ASKED, settled_at=now if hand else None, **given,
    )  # fmt: skip
    if hand:
        _gone_back(case, refund, now)
    else:
        write(case.shop_id, [_entry(refund, "asked")], actor, now)
        wake.refunding(refund.pk)
    return refund


def _gone_back(case: Case, refund: Refund, now: datetime) -> None:
    """The money is back: the pieces first, so that a move to *refunded* returns no more than is still out."""
    actor = Actor(**refund.actor)
    pieces = [Piece(line, count, shelved) for line, count, shelved in refund.pieces]
    for take in plugs.takers if pieces else ():
        take(case.pk, pieces, Context(case.shop, actor, now, uuid4(), refund.note))
    payment = refund.payment
    outcome = record(
        case.shop, case.pk, refund.amount, refund.currency, actor, now=now, direction=Direction.OUT,
        state=payment.state, method=payment.method, reference=refund.reference or payment.reference,
        key=f"refund:{refund.key}", attempt=payment.attempt, reason=refund.note,
    )  # fmt: skip
    if outcome is None or not outcome.moved:
        with override(case.language):
            shown = money.show(refund.amount, refund.currency, case.shop.tag(case.language))
            text = _("We have returned %(amount)s to you. Your bank may take a few days.") % {"amount": shown}
        write_to(case.shop, case.pk, text, actor, now=now)


@transaction.atomic
def _failed(refund: Refund, reason: str, now: datetime) -> bool:
    changed = Refund.objects.filter(pk=refund.pk, state__in=OPEN_REFUNDS).update(
        state=RefundState.FAILED, reason=reason[:250], settled_at=now, ask_at=None
    )
    if changed:
        write(refund.shop_id, [_entry(refund, "failed", reason)], Actor(**refund.actor), now)
        announce(refund.shop, [refund.case_id])
    return bool(changed)


def _entry(refund: Refund, state: str, reason: str = "") -> Draft:
    data: dict[str, object] = {
        "direction": Direction.OUT, "state": state, "amount": str(refund.amount), "currency": refund.currency,
        "method": refund.payment.method, "reference": refund.reference,
    }  # fmt: skip
    return Draft(refund.case_id, Kind.PAYMENT, data | ({"reason": reason} if reason else {}))


def _ours(attempt: Attempt, told: Told) -> Refund | None:
    """The refund that is told of: by its key or reference, else the open one of that amount, whose answer was lost."""
    refunds = Refund.objects.filter(payment__attempt=attempt).order_by("asked_at", "pk")
    if told.refund:
        return refunds.filter(key=told.refund).first()
    if told.reference and (known := refunds.filter(reference=told.reference).first()):
        return known
    if told.amount is None:
        return None
    return refunds.filter(
        state__in=(RefundState.SENDING, RefundState.UNKNOWN), reference="", amount=told.amount
    ).first()
