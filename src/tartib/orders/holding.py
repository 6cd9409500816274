"""Goods held for an order while it is being paid; they and its points are given back when the time for that is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import uuid4

from django.db import transaction

from tartib.cases.engine import announce
from tartib.cases.models import Case, PaymentState
from tartib.cases.timeline import EVENT
from tartib.catalog.models import MovementKind
from tartib.catalog.stock import Short, Want, shift
from tartib.journal.operations import SYSTEM, Actor, NewEntry, write
from tartib.orders import points, sql
from tartib.orders.models import Order
from tartib.orders.timeline import HOLD_ENDED
from tartib.shops.models import Shop

MOST = 500
# An order with money on its way, or there, keeps its goods however long the money takes.
_UNPAID = (PaymentState.UNPAID, PaymentState.FAILED)


class NotEnough(Exception):
    """There are fewer pieces than an order wants; `short` says of what, how many it wants and how many there are."""

    def __init__(self, short: Short) -> None:
        super().__init__(short.product)
        self.short = short


@transaction.atomic
def hold_goods(shop: Shop, case_id: int, actor: Actor, *, until: datetime | None, now: datetime) -> None:
    """Reserve the goods of an order: until a moment, or for as long as it is open when that is None.

    Raises `NotEnough` when not all of them are there: then nothing is reserved.
    """
    wants = [
        Want(line.case_id, line.id, line.branch_id, line.product_id, 0, line.lacking - line.reserved)
        for line in sql.lines([case_id])
    ]
    wants = [want for want in wants if want.reserved > 0]
    done, short = shift(shop, wants, MovementKind.RESERVED, actor_name=actor.name, now=now, act_id=uuid4())
    if short:
        raise NotEnough(short[case_id])
    if done:
        sql.mark(done)
    Order.objects.filter(pk=case_id).update(held_until=until)


def free_goods(shop: Shop, case_ids: Sequence[int], actor: Actor, *, now: datetime) -> list[int]:
    """Free what is reserved for these locked orders; returns those for which anything was."""
    wants = [
        Want(line.case_id, line.id, line.branch_id, line.product_id, 0, -line.reserved)
        for line in sql.lines(case_ids)
        if line.reserved
    ]
    done, _short = shift(shop, wants, MovementKind.RELEASED, actor_name=actor.name, now=now, act_id=uuid4())
    if done:
        sql.mark(done)
    return sorted({want.case_id for want in done})


@transaction.atomic
def release_due(now: datetime, *, most: int = MOST) -> int:
    """Give back goods and points of orders whose time to pay has passed and that nobody has taken up; returns how many.

    An order that was paid, or has moved on from where it began other than by a failed payment, keeps what it holds. The
    cases are locked first, in the order of their ids, as for a move: a payment that comes at the same moment comes
    before or after.
    """
    due = sql.holds_over(now, most)
    released = 0
    for shop_id, rows in groupby(due, key=lambda row: row[0]):
        shop = Shop.objects.get(pk=shop_id)
        released += _release(shop, [case_id for _shop, case_id in rows], now)
    return released


def _release(shop: Shop, case_ids: list[int], now: datetime) -> int:
    cases = list(Case.objects.select_for_update().filter(shop=shop, pk__in=case_ids).order_by("pk").defer("search"))
    over = [case.pk for case in cases if case.payment in _UNPAID and _untouched(case)]
    Order.objects.filter(pk__in=case_ids).update(held_until=None)
    freed = free_goods(shop, over, SYSTEM, now=now)
    points.release(shop, over, SYSTEM, now=now)
    write(shop.pk, [NewEntry(case_id, EVENT, {"event": HOLD_ENDED}) for case_id in freed], SYSTEM, now)
    announce(shop, freed)
    return len(freed)


def _untouched(case: Case) -> bool:
    """Whether nobody has taken the order up: it stands where orders begin, or where a failed payment led it."""
    return case.status == case.flow.start or case.payment == PaymentState.FAILED
