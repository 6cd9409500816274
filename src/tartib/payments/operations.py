"""Recording money: each payment or refund once, on the timeline, and as an event that may move the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from tartib.cases.engine import Outcome, advance
from tartib.cases.models import Case, PaymentState, Phase
from tartib.cases.operations import edited, hold, write_to
from tartib.cases.plugs import AS_USUAL, Telling
from tartib.flow.facts import Event, Refusal
from tartib.journal.models import Kind
from tartib.journal.operations import Actor, Draft, write
from tartib.payments import alarms
from tartib.payments.models import Attempt, AttemptState, Direction, Flag, Payment, State
from tartib.payments.plugs import CONFIRMED, FAILED, REFUNDED, STRANDED, arrivals, facts, listeners
from tartib.shops.bulk import copy_rows
from tartib.shops.models import Shop


class WrongCurrency(Exception):
    """Money in another currency than the case's."""


@dataclass(frozen=True)
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
    attempt: Attempt | None = None,
    flag: str = "",
    reason: str = "",
    assigned: bool = False,
    telling: Telling = AS_USUAL,
) -> Outcome | None:
    """Record money that came in for a case of `shop`, or went back, and let the case follow it where its workflow says.

    The same `key` again changes nothing and returns None, and so does money whose state moves nothing. Money for which
    the case cannot follow (nothing left in stock, the order ended) is recorded all the same, flagged, and the case goes
    where its workflow wants what is stranded. More than is due is flagged too. `assigned` says on the timeline that a
    person found out which case it is for. Raises `Case.DoesNotExist`, and
    `WrongCurrency` when the case is in another currency, unless the money is set aside.
    """
    case = hold(shop, case_id)
    if currency != case.currency and state != State.ASIDE:
        raise WrongCurrency(currency)
    if key is not None and Payment.objects.filter(shop=shop, key=key).exists():
        return None
    payment = Payment.objects.create(
        shop=shop, case=case, attempt=attempt, direction=direction, state=state, amount=amount, currency=currency,
        method=method, reference=reference, key=key, flag=flag, at=now,
    )  # fmt: skip
    return _settled(case, payment, actor, now, telling, reason, assigned=assigned)


class NotAwaited(Exception):
    """A payment that does not wait for confirmation: it is confirmed or failed already."""


@transaction.atomic
def confirm(
    shop: Shop, payment_id: int, actor: Actor, *, now: datetime, case_id: int, telling: Telling = AS_USUAL
) -> Outcome:
    """Confirm by hand, once, a payment that was recorded as not verified; the case follows as its workflow says.

    Raises `Case.DoesNotExist` or `Payment.DoesNotExist`, and `NotAwaited` when it does not wait for that (any more).
    """
    case, payment = _awaited(shop, payment_id, case_id)
    outcome = _settle(case, payment, State.CONFIRMED, AttemptState.PAID, actor, now, telling, "")
    assert outcome is not None
    return outcome


@transaction.atomic
def decline(shop: Shop, payment_id: int, actor: Actor, *, now: datetime, case_id: int, reason: str) -> Outcome:
    """Say of a payment that was recorded as not verified that it did not come, and tell the customer why.

    Raises as `confirm` does.
    """
    case, payment = _awaited(shop, payment_id, case_id)
    telling = Telling(note_shown=True)
    outcome = _settle(case, payment, State.FAILED, AttemptState.FAILED, actor, now, telling, reason)
    assert outcome is not None
    if not outcome.moved:
        write_to(shop, case.pk, reason, actor, now=now)
    return outcome


class NothingDue(Exception):
    """Nothing is left to pay of a case, or nothing that can be named."""


@transaction.atomic
def receive(shop: Shop, case_id: int, actor: Actor, *, now: datetime, method: str = "") -> Outcome | None:
    """Record that what is still due was handed over with the goods. Raises `NothingDue` and `Case.DoesNotExist`."""
    case = hold(shop, case_id)
    owed = due(case)
    if owed <= 0:
        raise NothingDue
    return record(shop, case.pk, owed, case.currency, actor, now=now, method=method)


@transaction.atomic
def looked_at(shop: Shop, payment_id: int, actor: Actor, *, now: datetime) -> Payment:
    """Take the flag off a payment: somebody has seen to it. Raises `Payment.DoesNotExist`."""
    payment = Payment.objects.select_for_update(of=("self",)).select_related("case").get(pk=payment_id, shop=shop)
    if payment.flag:
        write(shop.pk, [Draft(payment.case_id, Kind.PAYMENT, _data(payment) | {"seen": payment.flag})], actor, now)
        flag, payment.flag = payment.flag, ""
        payment.save(update_fields=["flag"])
        alarms.unflagged(shop, payment, flag, actor, now)
    return payment


def due(case: Case) -> Decimal:
    """What is left to pay of a case; below zero when more was paid than it costs."""
    return dues([case])[case.pk]


def dues(cases: Sequence[Case]) -> dict[int, Decimal]:
    """What is left to pay of each case, in one query."""
    known = facts([case.pk for case in cases])
    return {
        case.pk: (case.amount or Decimal(0)) - _sum(known, case, "paid") + _sum(known, case, "refunded")
        for case in cases
    }


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
        State.ASIDE: PaymentState.UNVERIFIED,
        State.FAILED: PaymentState.FAILED,
    }.get(State(newest), PaymentState.UNPAID)


def _awaited(shop: Shop, payment_id: int, case_id: int) -> tuple[Case, Payment]:
    case = hold(shop, case_id)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id, case=case)
    if payment.state != State.UNVERIFIED:
        raise NotAwaited
    return case, payment


def _settle(
    case: Case, payment: Payment, state: str, attempt: str, actor: Actor, now: datetime, telling: Telling, reason: str
) -> Outcome | None:
    payment.state = state
    payment.save(update_fields=["state"])
    if payment.attempt_id:
        Attempt.objects.filter(pk=payment.attempt_id).update(state=attempt, settled_at=now, reason=reason[:250])
    return _settled(case, payment, actor, now, telling, reason, by_hand=True)


def _settled(
    case: Case,
    payment: Payment,
    actor: Actor,
    now: datetime,
    telling: Telling,
    reason: str,
    *,
    by_hand: bool = False,
    assigned: bool = False,
) -> Outcome | None:
    """What follows of a payment whose state was written: flag, entry, the case's payment in one word, a move."""
    paid, refunded = _sums(case)
    incoming = payment.direction == Direction.IN and payment.state == State.CONFIRMED
    for arrival in arrivals if incoming else ():
        arrival(case, paid - refunded, actor, now)
    total = case.amount or Decimal(0)
    if incoming and not payment.flag and paid - refunded > total > 0:
        _flag(case, payment, Flag.EXCESS, actor, now)
    write(case.shop_id, [_entry(payment, reason=reason, by_hand=by_hand, assigned=assigned)], actor, now)
    before, case.payment = case.payment, payment_state(total, paid, refunded, payment.state)
    if case.payment != before:
        edited(case, {"payment": (before, case.payment)}, actor, now=now, fields=["payment"])
    for listener in listeners:
        listener(case, payment, actor, now)
    return _follow(case, payment, actor, now, telling, reason)


def _sums(case: Case) -> tuple[Decimal, Decimal]:
    """What was paid in all, and what of it was refunded."""
    known = facts([case.pk])
    return _sum(known, case, "paid"), _sum(known, case, "refunded")


def _sum(known: Mapping[int, Mapping[str, object]], case: Case, name: str) -> Decimal:
    amount = known[case.pk][name]
    assert isinstance(amount, Decimal)
    return amount


def _entry(payment: Payment, *, reason: str, by_hand: bool, assigned: bool) -> Draft:
    data = _data(payment)
    if payment.flag:
        data["flag"] = payment.flag
    if reason:
        data["reason"] = reason
    if assigned:
        data["assigned"] = True
    if by_hand:
        data["verified"] = payment.state == State.CONFIRMED
    return Draft(payment.case_id, Kind.PAYMENT, data, shown=by_hand or payment.state == State.CONFIRMED)


def _data(payment: Payment) -> dict[str, object]:
    return {
        "direction": payment.direction, "state": payment.state, "amount": str(payment.amount),
        "currency": payment.currency, "method": payment.method, "reference": payment.reference,
    }  # fmt: skip


def _follow(case: Case, payment: Payment, actor: Actor, now: datetime, telling: Telling, reason: str) -> Outcome | None:
    """Let the case follow its money, and where it cannot, go where its workflow wants money that is stranded."""
    event = _event(payment)
    if event is None:
        return None
    outcome = advance(case.shop, [case.pk], Event(event, reason), actor, now=now, telling=telling)
    refusal = outcome.refused.get(case.pk)
    if event != CONFIRMED or refusal is None or not _strands(case, refusal):
        return outcome
    if not payment.flag:
        _flag(case, payment, Flag.STRANDED, actor, now)
    if not any(move.event == STRANDED for move in case.flow.moves_from(case.status)):
        return outcome
    stranded = advance(case.shop, [case.pk], Event(STRANDED), actor, now=now, telling=telling)
    return stranded if stranded.moved else outcome


def _strands(case: Case, refusal: Refusal) -> bool:
    """Whether money waits for somebody to decide: the order ended without it, or what it pays for cannot be had.

    A part of the amount is awaited like the rest of it, and an order that is being worked on needs nothing of the kind.
    """
    if refusal.code == "event-not-awaited":
        return case.phase == Phase.ENDED
    return refusal.code != "not-paid"


def _flag(case: Case, payment: Payment, flag: str, actor: Actor, now: datetime) -> None:
    payment.flag = flag
    payment.save(update_fields=["flag"])
    alarms.flagged(case.shop, payment, actor, now)


def _event(payment: Payment) -> str | None:
    if payment.direction == Direction.OUT:
        return REFUNDED if payment.state == State.CONFIRMED else None
    return {State.CONFIRMED.value: CONFIRMED, State.FAILED.value: FAILED}.get(payment.state)
