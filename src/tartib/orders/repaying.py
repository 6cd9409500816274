"""Paying an order that is there already: again after a failure, or by another way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from tartib.cases.engine import advance
from tartib.cases.models import OWING, Case, PaymentState, Phase
from tartib.cases.operations import lock_case, record_edit
from tartib.flow.facts import Event
from tartib.journal.models import ActorKind
from tartib.journal.operations import SYSTEM, Actor
from tartib.notify.to_shop import tell_of_order
from tartib.orders import ORDER
from tartib.orders.holding import hold_goods
from tartib.orders.models import Order, PaymentMethod
from tartib.orders.paying import Way, held_until, ways_of
from tartib.payments.gateways import gateway
from tartib.payments.models import Payment, State
from tartib.shops.models import Shop


class NotPayable(Exception):
    """Nothing is to be paid for the order any more, or not in this way."""


def owing(case: Case) -> bool:
    """Whether an order is under way and its customer has not paid it, or not all of it."""
    return case.kind == ORDER and case.closed_at is None and case.payment in OWING and bool(case.amount)


def payable(case: Case) -> bool:
    """Whether its customer may pay an order, or what is left.

    One on its way that is paid on receipt is left to whoever hands it over, lest it be paid twice.
    """
    if not owing(case):
        return False
    return case.phase != Phase.MOVING or not case.order.pays_on_receipt


@transaction.atomic
def pay_by(shop: Shop, case_id: int, account_id: int, *, now: datetime) -> tuple[Way, datetime | None]:
    """Have an order paid by another account, or by the same again; answers with it and until when goods are held.

    Goods that were given back are held anew. Raises `Case.DoesNotExist`, `NotPayable`, and `orders.holding.NotEnough`
    when they are gone: nobody is to pay for what cannot be had. What is paid on receipt stays so until other money is
    there: who gives up paying gets it all the same.
    """
    case = lock_case(shop, case_id)
    order = Order.objects.filter(pk=case.pk).first()
    if order is None:
        raise NotPayable
    offered = ways_of(shop, order)
    way = next((one for one in offered if one.account.pk == account_id), None)
    if way is None or not payable(case):
        raise NotPayable
    actor = Actor(ActorKind.CUSTOMER, case.customer.name if case.customer else "")
    begins = case.status == case.flow.start
    stays = order.pays_on_receipt and way.method != PaymentMethod.ON_RECEIPT
    until = held_until(shop, way.method, now) if begins or case.payment == PaymentState.FAILED else None
    hold_goods(shop, case.pk, actor, until=None if stays else until, now=now)
    if stays:
        return way, None
    _set_method(case, order, way, actor, now)
    finished = "checkout.finished"
    if way.method != PaymentMethod.ONLINE and any(move.event == finished for move in case.flow.moves_from(case.status)):
        advance(shop, [case.pk], Event(finished), SYSTEM, now=now)
    elif way.method != PaymentMethod.ONLINE:
        # It was incomplete while it was to be paid online: now somebody has to look for the money.
        tell_of_order(case, now=now)
    return way, until


def paid_otherwise(case: Case, payment: Payment, actor: Actor, now: datetime) -> None:
    """An order that was to be paid on receipt has been paid from afar: from now on it says so."""
    if case.payment != PaymentState.PAID or payment.state != State.CONFIRMED or payment.attempt is None:
        return
    way = Way(payment.attempt.account, gateway(payment.attempt.account.gateway))
    order = Order.objects.filter(pk=case.pk, payment_method=PaymentMethod.ON_RECEIPT).first()
    if order is not None and way.before:
        _set_method(case, order, way, actor, now)


def _set_method(case: Case, order: Order, way: Way, actor: Actor, now: datetime) -> None:
    with override(case.language):
        name = way.name
    if (order.payment_method, order.payment_method_name) != (way.method, name):
        before = order.payment_method_name or order.get_payment_method_display()
        Order.objects.filter(pk=case.pk).update(payment_method=way.method, payment_method_name=name)
        record_edit(case, {"payment_method": (before, name)}, actor, now=now)
