"""Recording money: each payment or refund once, on the timeline, and as an event that may move the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from tartib.cases.engine import Outcome, advance
from tartib.cases.models import Case, PaymentState
from tartib.cases.operations import edited, hold
from tartib.cases.plugs import AS_USUAL, Telling
from tartib.flow.facts import Event
from tartib.journal.models import Kind
from tartib.journal.operations import Actor, Draft, write
from tartib.payments.models import Direction, Payment, State
from tartib.payments.plugs import CONFIRMED, FAILED, REFUNDED, facts, listeners
from tartib.shops.bulk import copy_rows
from tartib.shops.models import Shop


class WrongCurrency(Exception):
    """Money in another currency than the case's."""


@dataclass(frozen=True, slots=True)
class Past:
    """A payment made before the case came here; it is recorded as a fact and moves nothing."""

    case_id: int
    amount: Decimal
    currency: str
    at: datetime
    method: str = ""
    reference: str = ""
    direction: str = Direction.IN


@transaction.atomic
def record(
    shop: Shop,
    case_id: int,
    amount: Decimal,
    currency: str,
    actor: Actor,
    *,
    now: datetime,
    state: str = State.CONFIRMED,
    direction: str = Direction.IN,
    method: str = "",
    reference: str = "",
    key: str | None = None,
    telling: Telling = AS_USUAL,
) -> Outcome | None:
    """Record money that came in for a case of `shop`, or went back, and let the case follow it where its workflow says.

    The same `key` again changes nothing and returns None, and so does money whose state moves nothing. Raises
    `Case.DoesNotExist`, and `WrongCurrency` when the case is in another currency.
    """
    case = hold(shop, case_id)
    if currency != case.currency:
        raise WrongCurrency(currency)
    if key is not None and Payment.objects.filter(shop=shop, key=key).exists():
        return None
    payment = Payment.objects.create(
        shop=shop, case=case, direction=direction, state=state, amount=amount, currency=currency, method=method,
        reference=reference, key=key, at=now,
    )  # fmt: skip
    entry: dict[str, object] = {
        "direction": direction, "state": state, "amount": str(amount), "currency": currency, "method": method,
        "reference": reference,
    }  # fmt: skip
    write(shop.pk, [Draft(case.pk, Kind.PAYMENT, entry, shown=state == State.CONFIRMED)], actor, now)
    _restate(case, payment, actor, now)
    event = _event(payment)
    return advance(shop, [case.pk], Event(event), actor, now=now, telling=telling) if event else None


class NotAwaited(Exception):
    """A payment that does not wait for confirmation: it is confirmed or failed already."""


@transaction.atomic
def confirm(
    shop: Shop, payment_id: int, actor: Actor, *, now: datetime, case_id: int, telling: Telling = AS_USUAL
) -> Outcome:
    """Confirm by hand, once, a payment that was recorded as not verified; the case follows as its workflow says.

    Raises `Case.DoesNotExist` or `Payment.DoesNotExist`, and `NotAwaited` when it does not wait for that (any more).
    """
    case = hold(shop, case_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id, case=case)
    if payment.state != State.UNVERIFIED:
        raise NotAwaited
    payment.state = State.CONFIRMED
    payment.save(update_fields=["state"])
    entry: dict[str, object] = {
        "direction": payment.direction, "state": payment.state, "amount": str(payment.amount),
        "currency": payment.currency, "method": payment.method, "reference": payment.reference, "verified": True,
    }  # fmt: skip
    write(shop.pk, [Draft(case.pk, Kind.PAYMENT, entry, shown=True)], actor, now)
    _restate(case, payment, actor, now)
    event = CONFIRMED if payment.direction == Direction.IN else REFUNDED
    return advance(shop, [case.pk], Event(event), actor, now=now, telling=telling)


def past_entry(past: Past) -> Draft:
    """What the timeline says of a payment made before the case came here."""
    data = {
        "direction": past.direction, "state": State.CONFIRMED, "amount": str(past.amount), "currency": past.currency,
        "method": past.method, "reference": past.reference,
    }  # fmt: skip
    return Draft(past.case_id, Kind.PAYMENT, data, shown=True, at=past.at)


def record_past(shop: Shop, payments: Sequence[Past]) -> None:
    """Record payments of imported cases, all at once, in the caller's transaction.

    Their entries (`past_entry`) are written when the cases are opened; the cases' payment state is the import's to say.
    """
    copy_rows(
        "payments_payment",
        ("case_id", "shop_id", "direction", "state", "amount", "currency", "method", "reference", "key", "flag", "at"),
        (
            (p.case_id, shop.pk, p.direction, State.CONFIRMED, p.amount, p.currency, p.method, p.reference, None, "",
             p.at)
            for p in payments
        ),
    )  # fmt: skip


def payment_state(total: Decimal, paid: Decimal, refunded: Decimal, newest: str) -> PaymentState:
    """What is known of a payment in one word, from the confirmed sums and the state of the newest row."""
    if refunded > 0:
        return PaymentState.REFUNDED if refunded >= paid else PaymentState.PARTLY_REFUNDED
    if paid > 0:
        return PaymentState.PAID if paid >= total else PaymentState.PARTIAL
    return {
        State.UNVERIFIED: PaymentState.UNVERIFIED,
        State.FAILED: PaymentState.FAILED,
    }.get(State(newest), PaymentState.UNPAID)


def _restate(case: Case, payment: Payment, actor: Actor, now: datetime) -> None:
    sums = facts([case.pk])[case.pk]
    paid, refunded = sums["paid"], sums["refunded"]
    assert isinstance(paid, Decimal)
    assert isinstance(refunded, Decimal)
    before, case.payment = case.payment, payment_state(case.amount or Decimal(0), paid, refunded, payment.state)
    if case.payment != before:
        edited(case, {"payment": (before, case.payment)}, actor, now=now, fields=["payment"])
    for listener in listeners:
        listener(case, payment, actor, now)


def _event(payment: Payment) -> str | None:
    if payment.state == State.FAILED:
        return FAILED
    if payment.state == State.CONFIRMED:
        return CONFIRMED if payment.direction == Direction.IN else REFUNDED
    return None
