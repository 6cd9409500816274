"""What becomes of an order whose goods were gone when its payment came: the question, the answer, the settling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from tartib.cases.engine import announce
from tartib.cases.hooks import Context, Effect, Step
from tartib.cases.models import workflow
from tartib.cases.operations import lock_case
from tartib.cases.timeline import NOTE
from tartib.flow.facts import Refusal
from tartib.journal.operations import Actor, NewEntry, write
from tartib.notify import to_shop
from tartib.orders.models import Choice, Proposal
from tartib.payments.hooks import STRANDED
from tartib.shops.models import Shop


class Settled(Exception):
    """Nothing is asked any more: the shop has settled it."""


def effect() -> Effect:
    """The effect `proposal.open` of moves on `payment.stranded`."""
    return Effect(_open, _withdraw)


@transaction.atomic
def choose(shop: Shop, case_id: int, choice: str, words: str, actor: Actor, *, now: datetime) -> Proposal:
    """Keep the customer's answer, on the timeline too, and tell the shop. It can be changed until it is settled.

    Raises `Proposal.DoesNotExist` where nothing was asked, and `Settled`.
    """
    case = lock_case(shop, case_id)
    proposal = Proposal.objects.select_for_update().get(pk=case.pk)
    if proposal.settled_at is not None:
        raise Settled
    wanted = Choice(choice)
    if (proposal.choice, proposal.words) == (wanted, words):
        return proposal
    proposal.choice, proposal.words, proposal.chosen_at = wanted, words, now
    proposal.save(update_fields=["choice", "words", "chosen_at"])
    said = {"by": "customer", "choice": str(wanted), "text": words}
    write(shop.pk, [NewEntry(case.pk, NOTE, said, shown=True)], actor, now)
    to_shop.tell_of_answer(shop, case, wanted.label, words, now=now)
    announce(shop, [case.pk])
    return proposal


def close(case_ids: Sequence[int], *, now: datetime) -> None:
    """Nothing is asked any more about these orders: the money went back, or they go on."""
    Proposal.objects.filter(pk__in=case_ids, settled_at=None).update(settled_at=now)


@lru_cache(maxsize=512)
def asking(workflow_id: int) -> frozenset[str]:
    """The statuses of a published workflow in which a proposal stands open."""
    return frozenset(move.target for move in workflow(workflow_id).moves if move.event == STRANDED)


def close_on_move(steps: Sequence[Step], context: Context) -> None:
    """An order that moves on from where a proposal was made has been settled with its customer."""
    moved_on = [
        step
        for step in steps
        if step.case.status in asking(step.case.workflow_id) and step.decision.status.code != step.case.status
    ]
    if moved_on:
        close([step.case.id for step in moved_on], now=context.now)


def of(case_id: int) -> Proposal | None:
    """What was asked about an order, if anything was."""
    return Proposal.objects.filter(pk=case_id).first()


def _open(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    """Ask again where it was asked before: the earlier answer was about another payment."""
    Proposal.objects.filter(pk__in=[step.case.id for step in steps]).delete()
    Proposal.objects.bulk_create(
        Proposal(case_id=step.case.id, shop=context.shop, opened_at=context.now, act_id=context.act_id)
        for step in steps
    )
    return {}


def _withdraw(steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]:
    assert context.undoes is not None
    Proposal.objects.filter(pk__in=[step.case.id for step in steps], act_id=context.undoes).delete()
    return {}
