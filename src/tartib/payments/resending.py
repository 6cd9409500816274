"""What a person does about a refund that did not go through: send it again, say that it went otherwise, ask."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from tartib.cases.operations import hold
from tartib.cases.plugs import Piece
from tartib.journal.operations import Actor
from tartib.payments import refunds, wake
from tartib.payments.gateways.protocol import About, Fate, Told
from tartib.payments.models import OPEN_REFUNDS, Refund, RefundState
from tartib.payments.operations import TooMuch
from tartib.payments.refunds import ways_back
from tartib.shops.models import Shop


class NotFailed(Exception):
    """The refund did not fail: it went through after all, or is still being sent."""


@transaction.atomic
def again(shop: Shop, refund_id: int, actor: Actor, *, now: datetime) -> Refund:
    """Ask once more for a refund that failed: the same amount of the same payment, with the pieces not back since.

    Asked again it answers with the same new refund. Raises `Refund.DoesNotExist`, `NotFailed`, `TooMuch` when that
    money has gone back meanwhile, and `NotInParts`.
    """
    failed = _failed(shop, refund_id)
    (asked,) = refunds.refund(
        shop, failed.case_id, failed.amount, actor, now=now, pieces=_still_out(failed), note=failed.note,
        key=f"again:{failed.key}", payment_id=failed.payment_id,
    )  # fmt: skip
    return asked


@transaction.atomic
def sent_by_other_means(shop: Shop, refund_id: int, how: str, *, now: datetime, actor: Actor) -> Refund:
    """Record that `actor` sent the money of a refund that failed in another way; `how` becomes its reference.

    It counts from now on, and its pieces are back. Raises as `again` does.
    """
    failed = _failed(shop, refund_id)
    back = ways_back(failed.case)
    aside = {payment.pk: left for payment, left in back.aside}
    left = back.left if failed.currency == failed.case.currency else aside.get(failed.payment_id, Decimal(0))
    if failed.amount > left:
        raise TooMuch(left)
    failed.pieces = [[piece.line_id, piece.quantity, piece.shelved] for piece in _still_out(failed)]
    failed.actor = asdict(actor)
    failed.save(update_fields=["pieces", "actor"])
    told = Told(
        f"by-hand:{failed.key}", Fate.DONE, About.REFUND, reference=how, amount=failed.amount,
        currency=failed.currency, refund=failed.key,
    )  # fmt: skip
    refunds.settle(failed, told, now=now)
    return failed


@transaction.atomic
def ask_soon(shop: Shop, refund_id: int, *, now: datetime) -> None:
    """Have the worker ask the gateway at once what became of a refund. Raises `Refund.DoesNotExist`."""
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id, shop=shop)
    if refund.state in OPEN_REFUNDS:
        refund.ask_at = now
        refund.save(update_fields=["ask_at"])
        wake.asking()


def _failed(shop: Shop, refund_id: int) -> Refund:
    case_id = Refund.objects.values_list("case_id", flat=True).get(pk=refund_id, shop=shop)
    hold(shop, case_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("case", "shop").get(pk=refund_id)
    if refund.state != RefundState.FAILED:
        raise NotFailed
    return refund


def _still_out(failed: Refund) -> list[Piece]:
    """The pieces of a refund that failed, without those that came back with another one since."""
    since = Refund.objects.filter(case=failed.case_id, asked_at__gte=failed.asked_at).exclude(pk=failed.pk)
    back: Counter[int] = Counter()
    for pieces in since.exclude(state=RefundState.FAILED).values_list("pieces", flat=True):
        for line, count, _shelved in pieces:
            back[line] += count
    return [
        Piece(line, left, shelved) for line, count, shelved in failed.pieces if (left := count - back[line]) > 0
    ]  # fmt: skip
