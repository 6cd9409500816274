"""What checkout registers: proposals for stranded payments, work for unanswered requests, telling of orders, points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from tartib.cases import plugs
from tartib.cases.models import Case, CaseKind, workflow
from tartib.cases.plugs import Context, Step, WordSource
from tartib.checkout import answering, awaiting, persons, proposals
from tartib.checkout.models import Cart
from tartib.checkout.repaying import paid_otherwise
from tartib.checkout.words import WORDS, words
from tartib.customers import plugs as customers
from tartib.journal.operations import Actor
from tartib.notify.to_shop import tell_of_orders
from tartib.orders import points
from tartib.payments import plugs as payments
from tartib.payments.models import Direction, Payment, State
from tartib.payments.operations import follow_edit, follow_end

STRANDED = "payment.stranded"
RECORDED_BY = frozenset({"payment.confirmed", "checkout.finished", STRANDED})


def register() -> None:
    """Called once, when Django is ready."""
    plugs.effects["proposal.open"] = proposals.effect()
    plugs.tellers += [tell_of_recorded, close_proposals]
    plugs.events |= {STRANDED}
    plugs.word_sources.append(WordSource(WORDS, words))
    payments.arrivals.append(honour_points)
    payments.listeners += [take_points_back, paid_otherwise]
    plugs.after_edit.append(follow_edit)
    plugs.followers += [follow_end, awaiting.follow]
    plugs.deleters.append(lambda case_ids, context: awaiting.over(context.shop, case_ids, now=context.now))
    answering.register()
    customers.exporters.append(persons.tell)
    customers.erasers.append(persons.forget)
    customers.mergers.append(persons.merge)


def honour_points(case: Case, received: Decimal, actor: Actor, now: datetime) -> None:
    """Money that came after the hold had ended may be enough with the points that were given back then."""
    if case.kind == CaseKind.ORDER:
        points.honour(case, received, actor, now=now)


def take_points_back(case: Case, payment: Payment, actor: Actor, now: datetime) -> None:
    """Of an order whose money went back, in part or whole, the points go with it."""
    if case.kind == CaseKind.ORDER and payment.direction == Direction.OUT and payment.state == State.CONFIRMED:
        points.settle(case, actor, now=now)


@lru_cache(maxsize=512)
def asking(workflow_id: int) -> frozenset[str]:
    """The statuses of a published workflow in which a proposal stands open."""
    return frozenset(move.target for move in workflow(workflow_id).moves if move.event == STRANDED)


def close_proposals(steps: Sequence[Step], context: Context) -> None:
    """An order that moves on from where a proposal was made has been settled with its customer."""
    moved_on = [
        step
        for step in steps
        if step.case.status in asking(step.case.workflow_id) and step.decision.status.code != step.case.status
    ]
    if moved_on:
        proposals.close([step.case.id for step in moved_on], now=context.now)


def tell_of_recorded(steps: Sequence[Step], context: Context) -> None:
    """Tell a shop of an order from its checkout when it is recorded; while it was incomplete, nobody was told."""
    recorded = [
        step
        for step in steps
        if step.decision.move.event in RECORDED_BY and step.case.status == workflow(step.case.workflow_id).start
    ]
    if not recorded:
        return
    ours = set(Cart.objects.filter(case__in=[step.case.id for step in recorded]).values_list("case_id", flat=True))
    tell_of_orders([step for step in recorded if step.case.id in ours], context)
