"""What a person does about a refund that did not go through: send it again, say that it went otherwise, ask."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from tartib.cases.hooks import Context
from tartib.cases.operations import lock_case
from tartib.journal.operations import Actor
from tartib.payments import alarms, enqueue, hooks, refund_states, refunds, reversals
from tartib.payments.hooks import Piece
from tartib.payments.models import OPEN_REFUNDS, Direction, Refund, RefundState
from tartib.payments.operations import TooMuch, record_payment
from tartib.payments.ways_back import ways_back
from tartib.shops.models import Shop


class NotFailed(Exception):
    """The refund did not fail, or nothing is left to do about it: the money went back, or is being sent again."""


@transaction.atomic
def again(shop: Shop, refund_id: int, actor: Actor, *, now: datetime) -> Refund:
    """Send once more the money of a refund that failed: the same amount of the same payment, with the pieces still out.

    Raises `Refund.DoesNotExist`, `NotFailed`, `TooMuch` when that money has gone back meanwhile, and `NotInParts`.
    """
    failed = _failed(shop, refund_id)
    (asked,) = refunds.refund(
        shop, failed.case_id, failed.amount, actor, now=now, pieces=_still_out(failed), note=failed.note,
        key=f"again:{failed.key}:{failed.retries.count()}", payment_id=failed.payment_id,
        worth=failed.worth,
    )  # fmt: skip
    asked.instead_of = failed
    asked.save(update_fields=["instead_of"])
    if asked.state == RefundState.CONFIRMED:
        refund_states.clear(failed, actor, now)
    return asked


@transaction.atomic
def sent_by_other_means(shop: Shop, refund_id: int, how: str, *, now: datetime, actor: Actor | None = None) -> Refund:
    """Record that the money of a refund that failed was sent in another way, told in `how`, and tell the customer.

    It counts from now on, and its pieces are back. `actor` is who sent it; whoever had asked for it where not given.
    Raises as `again` does.
    """
    failed = _failed(shop, refund_id)
    case = lock_case(shop, failed.case_id)
    back = ways_back(case)
    aside = {payment.pk: left for payment, left in back.aside}
    left = back.left if failed.currency == case.currency else aside.get(failed.payment_id, Decimal(0))
    if failed.amount > left:
        raise TooMuch(left)
    who = actor or Actor(**failed.actor)
    pieces = _still_out(failed)
    for take in hooks.connected.take_back if pieces else ():
        take(case.pk, pieces, Context(shop, who, now, uuid4(), failed.note))
    outcome = record_payment(
        shop, case.pk, failed.amount, failed.currency, who, now=now, direction=Direction.OUT,
        state=failed.payment.state, method=failed.payment.method, reference=how[:120],
        key=f"refund:{failed.key}:otherwise", reason=failed.note, worth=failed.worth,
    )  # fmt: skip
    if outcome is None or not outcome.moved:
        reversals.tell_sent(case, failed, who, now)
    refund_states.clear(failed, who, now)
    alarms.recheck(case, who, now)
    return failed


@transaction.atomic
def ask_soon(shop: Shop, refund_id: int, *, now: datetime) -> None:
    """Have the worker ask the gateway at once what became of a refund. Raises `Refund.DoesNotExist`."""
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id, shop=shop)
    if refund.state in OPEN_REFUNDS:
        refund.ask_at = now
        refund.save(update_fields=["ask_at"])
        enqueue.asking()


def _failed(shop: Shop, refund_id: int) -> Refund:
    case_id = Refund.objects.values_list("case_id", flat=True).get(pk=refund_id, shop=shop)
    lock_case(shop, case_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("shop", "payment__attempt").get(pk=refund_id)
    under_way = refund.retries.exclude(state=RefundState.FAILED).exists()
    if refund.state != RefundState.FAILED or refund.cleared_at is not None or under_way:
        raise NotFailed
    return refund


def _still_out(failed: Refund) -> list[Piece]:
    """The pieces of a refund that failed, without those that are back: they came before it failed, or with another."""
    if reversals.outgoing(failed) is not None:
        return []
    since = Refund.objects.filter(case=failed.case_id, asked_at__gte=failed.asked_at).exclude(pk=failed.pk)
    back: Counter[int] = Counter()
    for pieces in since.exclude(state=RefundState.FAILED).values_list("pieces", flat=True):
        for line, count, _shelved in pieces:
            back[line] += count
    return [
        Piece(line, left, shelved) for line, count, shelved in failed.pieces if (left := count - back[line]) > 0
    ]  # fmt: skip
