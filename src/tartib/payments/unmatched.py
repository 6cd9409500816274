"""Money that came for no order: what gateways told of, or have in their books, and staff give to the order it is for.

The order was deleted before the money came, or nobody knows which one was meant. The money itself is at the gateway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from tartib.cases.models import Case
from tartib.cases.operations import lock_case
from tartib.journal.operations import Actor
from tartib.payments import alarms
from tartib.payments.balance import balance
from tartib.payments.gateways.protocol import About
from tartib.payments.models import (
    Account,
    Attempt,
    AttemptState,
    Difference,
    Direction,
    Lack,
    Notice,
    NoticeState,
    Payment,
)
from tartib.payments.operations import WrongCurrency, record_payment
from tartib.shops.models import Shop

NOTICE, DIFFERENCE = "notice", "difference"
MOST = 200


class Gone(Exception):
    """That money waits for no order (any more)."""


class OtherAmount(Exception):
    """It is not what is due of the order; `due` is."""

    def __init__(self, owed: Decimal) -> None:
        super().__init__(str(owed))
        self.due = owed


@dataclass(frozen=True, slots=True)
class UnmatchedPayment:
    """Money without an order: `source` and `pk` name the notice or the difference it is known from."""

    source: str
    pk: int
    account: Account
    attempt: Attempt | None
    amount: Decimal
    currency: str
    reference: str
    at: datetime
    event: str = ""

    @property
    def code(self) -> str:
        """The tracking code of the order it was for, where that is known; the order is no more."""
        return self.attempt.code if self.attempt is not None else ""


def unmatched_payments(shop: Shop) -> list[UnmatchedPayment]:
    """The money of a shop that gateways told of and that has no order, newest first; the same money once."""
    told = Notice.objects.filter(account__shop=shop, state=NoticeState.UNMATCHED, told__about=About.PAYMENT)
    found = [_of_notice(notice) for notice in told.select_related("account", "attempt").order_by("-at", "-pk")[:MOST]]
    once = {(one.account.pk, one.reference or one.event): one for one in reversed(found) if one}
    return list(reversed(once.values()))


def unmatched_payment(shop: Shop, source: str, pk: int) -> UnmatchedPayment:
    """That money. Raises `Notice.DoesNotExist`, `Difference.DoesNotExist`, and `Gone`."""
    return _find(shop, source, pk, lock=False)


@transaction.atomic
def assign(
    shop: Shop, source: str, pk: int, case_id: int, actor: Actor, *, now: datetime, even_so: bool = False
) -> Payment:
    """Record money without an order as paid for an order, once; the order follows it as its workflow says.

    Raises what `unmatched_payment` does, `Case.DoesNotExist`, `WrongCurrency` when the order is in another currency,
    and `OtherAmount` when something else is due of it, unless the person says that it is meant `even_so`.
    """
    found = _find(shop, source, pk, lock=True)
    case = lock_case(shop, case_id)
    if found.currency != case.currency:
        raise WrongCurrency(found.currency)
    owed = balance(case).due
    if found.amount != owed and not even_so:
        raise OtherAmount(owed)
    attempt = _attempt(found, case, now)
    key = f"gateway:{found.account.pk}:{found.reference or attempt.key}"
    if Payment.objects.filter(shop=shop, key=key).exists():
        _settle(found, attempt, actor, now)
        raise Gone
    record_payment(
        shop, case.pk, found.amount, found.currency, actor, now=now, method=found.account.label,
        reference=found.reference, key=key, attempt=attempt, assigned=True,
    )  # fmt: skip
    _settle(found, attempt, actor, now)
    return Payment.objects.get(shop=shop, key=key)


@transaction.atomic
def set_aside(shop: Shop, source: str, pk: int, actor: Actor, *, now: datetime) -> None:
    """Money without an order waits for none any more: it went back at the gateway, say.

    Raises what `unmatched_payment` does.
    """
    found = _find(shop, source, pk, lock=True)
    if found.source == NOTICE:
        _close_notices(found, actor, now, state=NoticeState.IGNORED)
    _settle_books(found, actor, now)


def _find(shop: Shop, source: str, pk: int, *, lock: bool) -> UnmatchedPayment:
    found = (_in_notices if source == NOTICE else _in_books)(shop, pk, lock)
    if found is None:
        raise Gone
    return found


def _in_notices(shop: Shop, pk: int, lock: bool) -> UnmatchedPayment | None:
    notices = Notice.objects.select_for_update(of=("self",)) if lock else Notice.objects
    notice = notices.select_related("account", "attempt").get(account__shop=shop, pk=pk)
    waits = notice.state == NoticeState.UNMATCHED and notice.told.get("about") == About.PAYMENT
    return _of_notice(notice) if waits else None


def _in_books(shop: Shop, pk: int, lock: bool) -> UnmatchedPayment | None:
    differences = Difference.objects.select_for_update(of=("self",)) if lock else Difference.objects
    one = differences.select_related("account", "attempt").get(shop=shop, pk=pk)
    known = one.attempt is not None and one.attempt.case_id is not None
    if one.settled_at is not None or (one.lack, one.direction) != (Lack.HERE, Direction.IN) or known:
        return None
    return UnmatchedPayment(
        DIFFERENCE, one.pk, one.account, one.attempt, one.amount, one.currency, one.reference, one.at
    )


def _of_notice(notice: Notice) -> UnmatchedPayment | None:
    """The money a notice told of; None where it did not say how much."""
    told = notice.told
    try:
        amount = Decimal(str(told.get("amount", "")))
    except InvalidOperation:
        return None
    if amount <= 0:
        return None
    return UnmatchedPayment(
        NOTICE, notice.pk, notice.account, notice.attempt, amount, str(told.get("currency", "")),
        str(told.get("reference", ""))[:120], notice.at, notice.event or "",
    )  # fmt: skip


def _attempt(found: UnmatchedPayment, case: Case, now: datetime) -> Attempt:
    """The try to pay that brought the money, as one of this order: by it the money can go back where it came from."""
    attempt = found.attempt or Attempt(
        shop=case.shop, account=found.account, amount=found.amount, currency=found.currency, language=case.language,
        started_at=found.at,
    )  # fmt: skip
    attempt.case, attempt.code = case, case.code
    attempt.state, attempt.reference = AttemptState.PAID, found.reference or attempt.reference
    attempt.settled_at, attempt.ask_at = attempt.settled_at or now, None
    attempt.save()
    return attempt


def _settle(found: UnmatchedPayment, attempt: Attempt, actor: Actor, now: datetime) -> None:
    """Whatever else told of the same money waits for nothing any more."""
    _close_notices(found, actor, now, state=NoticeState.ASSIGNED, attempt=attempt)
    _settle_books(found, actor, now)


def _close_notices(found: UnmatchedPayment, actor: Actor, now: datetime, **changes: object) -> None:
    """What gateways told of that money and nobody has given to an order needs nobody any more."""
    same = Notice.objects.filter(account=found.account, state=NoticeState.UNMATCHED)
    same = same.filter(told__reference=found.reference) if found.reference else same.filter(pk=found.pk)
    for notice in list(same.select_related("account__shop", "attempt")):
        alarms.unmatched(notice, actor, now, over=True)
    same.update(**changes)


def _settle_books(found: UnmatchedPayment, actor: Actor, now: datetime) -> None:
    settled = Difference.objects.filter(
        account=found.account, reference=found.reference, direction=Direction.IN, lack=Lack.HERE, settled_at=None
    ).exclude(reference="")
    alarms.differences(list(settled.select_related("account__shop", "attempt")), actor, now, over=True)
    settled.update(settled_at=now, settled_by=actor.name)
