"""Paying an order that is there already: again after a failure, or by another way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from tartib.cases.engine import advance
from tartib.cases.models import Case, PaymentState
from tartib.cases.operations import edited, hold
from tartib.checkout.paying import Way, held_until, ways
from tartib.flow.facts import Event
from tartib.journal.models import ActorKind
from tartib.journal.operations import SYSTEM, Actor
from tartib.notify.to_shop import tell_of_order
from tartib.orders.holding import hold_goods
from tartib.orders.models import Order, PaymentMethod
from tartib.shops.models import Shop

_OPEN = (PaymentState.UNPAID, PaymentState.FAILED, PaymentState.PARTIAL)


class NotPayable(Exception):
    """Nothing is to be paid for the order any more, or not in this way."""


def payable(case: Case) -> bool:
    """Whether a payment of the customer's would take the order on from where it stands."""
    if case.closed_at is not None or case.payment not in _OPEN or not case.amount:
        return False
    return any(move.event == "payment.confirmed" for move in case.flow.moves_from(case.status))


@transaction.atomic
def pay_by(shop: Shop, case_id: int, account_id: int, *, now: datetime) -> tuple[Way, datetime | None]:
    """Have an order paid by another account, or by the same again; answers with it and until when goods are held.

    Goods that were given back are held anew. Raises `Case.DoesNotExist`, `NotPayable`, and `orders.holding.NotEnough`
    when they are gone: nobody is to pay for what cannot be had.
    """
    case = hold(shop, case_id)
    way = next((one for one in ways(shop, case.currency) if one.account.pk == account_id), None)
    if way is None or not payable(case):
        raise NotPayable
    order = Order.objects.get(pk=case.pk)
    actor = Actor(ActorKind.CUSTOMER, case.customer.name if case.customer else "")
    begins = case.status == case.flow.start
    until = held_until(shop, way.method, now) if begins or case.payment == PaymentState.FAILED else None
    hold_goods(shop, case.pk, actor, until=until, now=now)
    with override(case.language):
        name = way.name
    if (order.payment_method, order.payment_method_name) != (way.method, name):
        before = order.payment_method_name or order.get_payment_method_display()
        Order.objects.filter(pk=case.pk).update(payment_method=way.method, payment_method_name=name)
        edited(case, {"payment_method": (before, name)}, actor, now=now)
    finished = "checkout.finished"
    if way.method != PaymentMethod.ONLINE and any(move.event == finished for move in case.flow.moves_from(case.status)):
        advance(shop, [case.pk], Event(finished), SYSTEM, now=now)
    elif way.method != PaymentMethod.ONLINE:
        # It was incomplete while it was to be paid online: now somebody has to look for the money.
        tell_of_order(case, now=now)
    return way, until
