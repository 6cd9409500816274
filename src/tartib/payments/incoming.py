"""What becomes of an attempt when its gateway tells how the payment went: paid, failed, under way or expired."""

from __future__ import annotations

from datetime import datetime

from django.utils.crypto import salted_hmac

from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.payments import alarms
from tartib.payments.gateways.protocol import Fate, GatewayNotice
from tartib.payments.models import OPEN_ATTEMPTS, Account, Attempt, AttemptState, Flag, Payment, State
from tartib.payments.operations import record_payment


def apply_notice(account: Account, attempt: Attempt, notice: GatewayNotice, now: datetime) -> bool:
    """Take in what became of a payment; whether that changed anything.

    Called by `attempts.apply_notice`, which holds the case. Raises `ValueError` when money is told of without its
    amount.
    """
    match notice.fate:
        case Fate.DONE:
            return _paid(account, attempt, notice, now)
        case Fate.FAILED:
            return _failed(account, attempt, notice, now)
        case Fate.PENDING:
            return _pending(attempt, notice)
        case Fate.EXPIRED:
            return _expired(attempt, now)


def _paid(account: Account, attempt: Attempt, notice: GatewayNotice, now: datetime) -> bool:
    """Money is there. What counts is what really came: another amount is recorded as that, another currency set aside.

    Each payment at the gateway counts once, by its reference: a customer who pays twice has paid twice.
    """
    if notice.amount is None or notice.amount <= 0:
        raise ValueError(f"{account.gateway}: money without an amount")
    assert attempt.case is not None
    key = f"gateway:{account.pk}:{notice.reference or attempt.key}"
    if Payment.objects.filter(shop_id=attempt.shop_id, key=key).exists():
        return False
    change(
        attempt,
        {
            "state": AttemptState.PAID, "reference": (notice.reference or attempt.reference)[:120], "settled_at": now,
            "ask_at": None, "reason": "",
        }
        | _payer(account, notice),
    )  # fmt: skip
    foreign = notice.currency != attempt.case.currency
    other = notice.amount != attempt.amount
    record_payment(
        account.shop, attempt.case.pk, notice.amount, notice.currency[:3], voice(account), now=now,
        state=State.ASIDE if foreign else State.CONFIRMED, method=account.label, reference=notice.reference[:120],
        key=key, attempt=attempt, flag=Flag.CURRENCY if foreign else Flag.AMOUNT if other else "",
    )  # fmt: skip
    if foreign or other:
        payment = Payment.objects.select_related("case", "attempt").get(shop_id=attempt.shop_id, key=key)
        alarms.flagged(account.shop, payment, voice(account), now)
    return True


def _failed(account: Account, attempt: Attempt, notice: GatewayNotice, now: datetime) -> bool:
    """It did not work. Told of a payment that is paid, that is a contradiction, and the money stays."""
    if attempt.state not in OPEN_ATTEMPTS:
        return False
    assert attempt.case is not None
    change(
        attempt,
        {"state": AttemptState.FAILED, "settled_at": now, "reason": notice.reason[:250]} | _payer(account, notice),
    )
    record_payment(
        account.shop, attempt.case.pk, attempt.amount, attempt.currency, voice(account), now=now, state=State.FAILED,
        method=account.label, reference=notice.reference[:120], key=f"attempt:{attempt.key}:failed", attempt=attempt,
        reason=notice.reason[:250],
    )  # fmt: skip
    return True


def _payer(account: Account, notice: GatewayNotice) -> dict[str, object]:
    """What was told of who paid. The card's name is kept as a digest: that tells whether two are the same, no more."""
    known: dict[str, object] = {"card_country": notice.card_country} if notice.card_country else {}
    if notice.risk:
        known["risk"] = dict(notice.risk)
    if notice.card:
        said = f"{account.shop_id}\0{account.gateway}\0{notice.card}"
        known["card"] = salted_hmac("tartib.card", said, algorithm="sha256").hexdigest()[:32]
    return known


def _pending(attempt: Attempt, notice: GatewayNotice) -> bool:
    """Under way: nothing is known that was not known before, except that the gateway has it.

    What nobody has tried to pay yet stays begun and no more: whoever comes back has nothing to wait for.
    """
    if attempt.state not in OPEN_ATTEMPTS or (notice.untouched and attempt.state == AttemptState.STARTED):
        return False
    payable = max(filter(None, (notice.until, attempt.payable_until)), default=None)
    if attempt.state == AttemptState.PENDING and payable == attempt.payable_until:
        return False
    reference = (notice.reference or attempt.reference)[:120]
    change(attempt, {"state": AttemptState.PENDING, "reference": reference, "payable_until": payable})
    return True


def _expired(attempt: Attempt, now: datetime) -> bool:
    """The gateway takes no money for it any more."""
    if attempt.state not in OPEN_ATTEMPTS:
        return False
    change(attempt, {"state": AttemptState.EXPIRED, "settled_at": now, "ask_at": None})
    return True


def change(attempt: Attempt, changes: dict[str, object]) -> None:
    """Set the named fields of an attempt and save them."""
    for name, value in changes.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=list(changes))


def voice(account: Account) -> Actor:
    """The gateway, as the timeline names it."""
    return Actor(ActorKind.EVENT, account.label)
