"""Recording money: each payment or refund once, on the timeline, and as an event that may move the case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases.engine import Outcome, advance
from tartib.cases.hooks import AS_USUAL, Context, NotifyOptions, Step
from tartib.cases.models import Case, PaymentState, Phase, workflow
from tartib.cases.operations import lock_case, record_edit, write_to
from tartib.cases.timeline import EDITED
from tartib.flow.facts import Event, Refusal
from tartib.journal.operations import Actor, NewEntry, write
from tartib.l10n import money
from tartib.payments import alarms, hooks
from tartib.payments.balance import Balance, balance, balances, refundable
from tartib.payments.hooks import CONFIRMED, FAILED, REFUNDED, STRANDED
from tartib.payments.models import Attempt, AttemptState, Direction, Flag, Payment, State
from tartib.payments.timeline import PAYMENT, sums
from tartib.shops.bulk import insert_rows
from tartib.shops.models import Shop


class WrongCurrency(Exception):
    """Money in another currency than the case's."""


class TooMuch(Exception):
    """More than can be sent back; `left` is how much can."""

    def __init__(self, left: Decimal) -> None:
        super().__init__(str(left))
        self.left = left


@dataclass(frozen=True)
class PastPayment:
    """A payment made before the case came here; it is recorded as a fact and moves nothing.

    `credit` is how much of what went back lowers what the case costs.
    """

    case_id: int
    amount: Decimal
    currency: str
    at: datetime
    method: str = ""
    reference: str = ""
    direction: str = Direction.IN
    credit: Decimal = Decimal(0)


@transaction.atomic
def record_payment(
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
    worth: Decimal = Decimal(0),
    assigned: bool = False,
    notify_options: NotifyOptions = AS_USUAL,
) -> Outcome | None:
    """Record money that came in for a case of `shop`, or went back, and let the case follow it where its workflow says.

    The same `key` again changes nothing and returns None, and so does money whose state moves nothing. Money for which
    the case cannot follow (nothing left in stock, the order ended) is recorded all the same, flagged, and the case goes
    where its workflow wants what is stranded. More than is due is flagged too, and the customer told. What goes back
    lowers what the case costs, but for what had been paid in excess and is not for goods of that `worth`; what comes in
    after a bank took money for a dispute raises it again by as much (`paid_anew`). `assigned`
    says on the timeline that a person found out which case it is for. Raises `Case.DoesNotExist`, `WrongCurrency` when
    the case is in another currency, unless the money is set aside, and `TooMuch` when more is to go back by hand than
    can.
    """
    case = lock_case(shop, case_id)
    if currency != case.currency and state != State.ASIDE:
        raise WrongCurrency(currency)
    if key is not None and Payment.objects.filter(shop=shop, key=key).exists():
        return None
    if direction == Direction.OUT and attempt is None and state != State.ASIDE:
        left = refundable(case)
        if amount > left:
            raise TooMuch(left)
    payment = Payment.objects.create(
        shop=shop, case=case, attempt=attempt, direction=direction, state=state, amount=amount, currency=currency,
        method=method, reference=reference, key=key, flag=flag, at=now,
    )  # fmt: skip
    return _settled(case, payment, actor, now, notify_options, reason, worth=worth, assigned=assigned)


class NotAwaited(Exception):
    """A payment that does not wait for confirmation: it is confirmed or failed already."""


@transaction.atomic
def confirm(
    shop: Shop, payment_id: int, actor: Actor, *, now: datetime, case_id: int, notify_options: NotifyOptions = AS_USUAL
) -> Outcome:
    """Confirm by hand, once, a payment that was recorded as not verified; the case follows as its workflow says.

    Raises `Case.DoesNotExist` or `Payment.DoesNotExist`, and `NotAwaited` when it does not wait for that (any more).
    """
    case, payment = _awaited(shop, payment_id, case_id)
    outcome = _settle(case, payment, State.CONFIRMED, AttemptState.PAID, actor, now, notify_options, "")
    assert outcome is not None
    return outcome


@transaction.atomic
def decline(shop: Shop, payment_id: int, actor: Actor, *, now: datetime, case_id: int, reason: str) -> Outcome:
    """Say of a payment that was recorded as not verified that it did not come, and tell the customer why.

    Raises as `confirm` does.
    """
    case, payment = _awaited(shop, payment_id, case_id)
    notify_options = NotifyOptions(note_shown=True)
    outcome = _settle(case, payment, State.FAILED, AttemptState.FAILED, actor, now, notify_options, reason)
    assert outcome is not None
    if not outcome.moved:
        write_to(shop, case.pk, reason, actor, now=now)
    return outcome


class NothingDue(Exception):
    """Nothing is left to pay of a case, or nothing that can be named."""


@transaction.atomic
def settle_on_delivery(shop: Shop, case_id: int, actor: Actor, *, now: datetime, method: str = "") -> Outcome | None:
    """Record that what is still due was handed over with the goods. Raises `NothingDue` and `Case.DoesNotExist`."""
    case = lock_case(shop, case_id)
    owed = balance(case).due
    if owed <= 0:
        raise NothingDue
    return record_payment(shop, case.pk, owed, case.currency, actor, now=now, method=method)


@transaction.atomic
def looked_at(shop: Shop, payment_id: int, actor: Actor, *, now: datetime) -> Payment:
    """Take the flag off a payment: somebody has seen to it. Raises `Payment.DoesNotExist`."""
    payment = Payment.objects.select_for_update(of=("self",)).select_related("case").get(pk=payment_id, shop=shop)
    if payment.flag:
        write(shop.pk, [NewEntry(payment.case_id, PAYMENT, _data(payment) | {"seen": payment.flag})], actor, now)
        flag, payment.flag = payment.flag, ""
        payment.save(update_fields=["flag"])
        alarms.unflagged(shop, payment, flag, actor, now)
    return payment


def follow_edit(case: Case, actor: Actor, now: datetime) -> None:
    """What a held case costs was edited: its payment in one word follows, and the case where it is paid in full now."""
    newest = Payment.objects.filter(case=case).order_by("-pk").values_list("state", flat=True).first() or ""
    stands = balance(case)
    credited, stands = stands.credited, paid_anew(case)
    if stands.credited < credited:
        data = {
            "direction": Direction.OUT, "amount": str(credited - stands.credited), "currency": case.currency,
            "owed": True, **sums(stands.paid, stands.refunded, stands.credited),
        }  # fmt: skip
        write(case.shop_id, [NewEntry(case.pk, PAYMENT, data)], actor, now)
    before, case.payment = case.payment, stands.state(newest)
    alarms.surplus(case, actor, now, over=not stands.surplus)
    if case.payment == before:
        return
    record_edit(case, {"payment": (before, case.payment)}, actor, now=now, fields=["payment"])
    if case.payment == PaymentState.PAID:
        advance(case.shop, [case.pk], Event(CONFIRMED), actor, now=now)


def follow_end(steps: Sequence[Step], context: Context) -> None:
    """Cases that ended owe nothing, and owe again when they are reopened: their payment in one word follows.

    Three queries at most, and none where nothing ended or was reopened.
    """
    turned = [step.case.id for step in steps if Phase.ENDED in _phases(step)]
    cases = list(Case.objects.filter(pk__in=turned, payments__isnull=False).distinct()) if turned else []
    if not cases:
        return
    newest: dict[int, str] = dict(
        Payment.objects.filter(case__in=cases)
        .order_by("case_id", "-pk")
        .distinct("case_id")
        .values_list("case_id", "state")
    )
    stands = balances(cases)
    words = {case.pk: stands[case.pk].state(newest[case.pk]) for case in cases}
    changed = [case for case in cases if case.payment != words[case.pk]]
    drafts = [
        NewEntry(case.pk, EDITED, {"changes": {"payment": [case.payment, str(words[case.pk])]}}) for case in changed
    ]
    for case in changed:
        case.payment = words[case.pk]
    Case.objects.bulk_update(changed, ["payment"])
    write(context.shop.pk, drafts, context.actor, context.now, context.act_id)


def _phases(step: Step) -> set[str]:
    """The phases a case moves between; none where it stays in one."""
    before, after = workflow(step.case.workflow_id).status(step.case.status).phase, step.decision.status.phase
    return {before, after} if before != after else set()


def past_entries(payments: Iterable[PastPayment]) -> Iterator[NewEntry]:
    """What the timeline says of payments made before their case came here, in their order."""
    counted, credited = {Direction.IN.value: Decimal(0), Direction.OUT.value: Decimal(0)}, Decimal(0)
    for past in payments:
        counted[past.direction] += past.amount
        credited += past.credit
        data = {
            "direction": past.direction, "state": State.CONFIRMED, "amount": str(past.amount),
            "currency": past.currency, "method": past.method, "reference": past.reference,
            **sums(counted[Direction.IN], counted[Direction.OUT], credited),
        }  # fmt: skip
        yield NewEntry(past.case_id, PAYMENT, data, shown=True, at=past.at)


def record_past_payments(shop: Shop, payments: Sequence[PastPayment]) -> None:
    """Record payments of imported cases, all at once, in the caller's transaction.

    Their entries (`past_entries`) are written when the cases are opened; what the cases' payment is, the import says.
    """
    insert_rows(
        "payments_payment",
        (
            "case_id", "shop_id", "direction", "state", "amount", "currency", "method", "reference", "key", "flag",
            "credit", "at",
        ),
        (
            (p.case_id, shop.pk, p.direction, State.CONFIRMED, p.amount, p.currency, p.method, p.reference, None, "",
             p.credit, p.at)
            for p in payments
        ),
    )  # fmt: skip


def _awaited(shop: Shop, payment_id: int, case_id: int) -> tuple[Case, Payment]:
    case = lock_case(shop, case_id)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id, case=case)
    if payment.state != State.UNVERIFIED:
        raise NotAwaited
    return case, payment


def _settle(
    case: Case,
    payment: Payment,
    state: str,
    attempt: str,
    actor: Actor,
    now: datetime,
    notify_options: NotifyOptions,
    reason: str,
) -> Outcome | None:
    payment.state = state
    payment.save(update_fields=["state"])
    if payment.attempt_id:
        Attempt.objects.filter(pk=payment.attempt_id).update(state=attempt, settled_at=now, reason=reason[:250])
    return _settled(case, payment, actor, now, notify_options, reason, by_hand=True)


def _settled(
    case: Case,
    payment: Payment,
    actor: Actor,
    now: datetime,
    notify_options: NotifyOptions,
    reason: str,
    *,
    worth: Decimal = Decimal(0),
    by_hand: bool = False,
    assigned: bool = False,
) -> Outcome | None:
    """What follows of a payment whose state was written: flag, entry, the case's payment in one word, a move."""
    stands = balance(case)
    counts = payment.state == State.CONFIRMED
    incoming = payment.direction == Direction.IN and counts
    if incoming:
        for arrival in hooks.connected.before_settle:
            arrival(case, stands.kept, actor, now)
        stands = paid_anew(case)
        excess = min(payment.amount, stands.kept - stands.ordered + stands.credited)
        if not payment.flag and excess > 0 and stands.ordered > 0:
            _flag(case, payment, Flag.EXCESS, actor, now)
            _tell_of_excess(case, excess, actor, now)
    elif counts:
        payment.credit = replace(stands, refunded=stands.refunded - payment.amount).credit(payment.amount, worth)
        payment.save(update_fields=["credit"])
        stands = balance(case)
    entry = _entry(payment, stands, reason=reason, by_hand=by_hand, assigned=assigned)
    write(case.shop_id, [entry], actor, now)
    before, case.payment = case.payment, stands.state(payment.state)
    if case.payment != before:
        record_edit(case, {"payment": (before, case.payment)}, actor, now=now, fields=["payment"])
    for listener in hooks.connected.after_payment:
        listener(case, payment, actor, now)
    return _follow(case, payment, actor, now, notify_options, reason)


def paid_anew(case: Case) -> Balance:
    """How the money of a held case stands, once money has come in or come back, or another amount was ordered.

    What a bank took for a dispute is not asked of the customer, so that it is credited; but the shop did not give it
    back. So far as it is here again, from whoever paid anew, it is what the case costs, and no surplus.
    """
    stands = balance(case)
    over = stands.kept - stands.ordered + stands.credited
    if over <= 0 or not stands.refunded:
        return stands
    let_off = Payment.objects.filter(case=case, dispute__isnull=False, state=State.CONFIRMED, credit__gt=0)
    for taken in let_off.order_by("-pk"):
        less = min(taken.credit, over)
        taken.credit, over = taken.credit - less, over - less
        taken.save(update_fields=["credit"])
    return balance(case)


def _tell_of_excess(case: Case, excess: Decimal, actor: Actor, now: datetime) -> None:
    """Say plainly to whoever paid too much what happened and what comes next."""
    with override(case.language):
        shown = money.show(excess, case.currency, case.shop.tag(case.language))
        text = _(
            "We have received %(amount)s more than your order costs. You do not need to do anything: we will send the"
            " difference back to you and tell you when it is on its way."
        ) % {"amount": shown}
    write_to(case.shop, case.pk, text, actor, now=now)


def _entry(payment: Payment, stands: Balance, *, reason: str, by_hand: bool, assigned: bool) -> NewEntry:
    data = _data(payment) | sums(stands.paid, stands.refunded, stands.credited)
    if payment.flag:
        data["flag"] = payment.flag
    if reason:
        data["reason"] = reason
    if assigned:
        data["assigned"] = True
    if by_hand:
        data["verified"] = payment.state == State.CONFIRMED
    return NewEntry(payment.case_id, PAYMENT, data, shown=by_hand or payment.state == State.CONFIRMED)


def _data(payment: Payment) -> dict[str, object]:
    return {
        "direction": payment.direction, "state": payment.state, "amount": str(payment.amount),
        "currency": payment.currency, "method": payment.method, "reference": payment.reference,
    }  # fmt: skip


def _follow(
    case: Case, payment: Payment, actor: Actor, now: datetime, notify_options: NotifyOptions, reason: str
) -> Outcome | None:
    """Let the case follow its money, and where it cannot, go where its workflow wants money that is stranded."""
    event = _event(payment)
    if event is None:
        return None
    outcome = advance(case.shop, [case.pk], Event(event, reason), actor, now=now, notify_options=notify_options)
    refusal = outcome.refused.get(case.pk)
    if event != CONFIRMED or refusal is None or not _strands(case, refusal):
        return outcome
    if not payment.flag:
        _flag(case, payment, Flag.STRANDED, actor, now)
    if not any(move.event == STRANDED for move in case.flow.moves_from(case.status)):
        return outcome
    stranded = advance(case.shop, [case.pk], Event(STRANDED), actor, now=now, notify_options=notify_options)
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
