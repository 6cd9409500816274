"""Looking at orders, holding and clearing them, and proof of identity from asking for it to forgetting it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction
from django.db.models import Count, Q

from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.cases.operations import set_open_checks
from tartib.files.models import Purpose, Upload
from tartib.files.operations import discard, keep_sealed
from tartib.flow.facts import Event
from tartib.journal.models import ActorKind
from tartib.journal.operations import SYSTEM, Actor, NewEntry, write
from tartib.notify.models import MessageKind
from tartib.notify.notices import tell_customer
from tartib.risk import queries, sql
from tartib.risk.models import OPEN, Check, Level, Proof, ProofState, Rules, Signal
from tartib.risk.signals import Measure, judge
from tartib.risk.timeline import CHECKED, DOUBTFUL
from tartib.shops.models import Shop


class NotAsked(Exception):
    """There is no request for proof in the state in which that can be done."""


def save_rules(shop: Shop, **values: object) -> Rules:
    """Keep what a shop looks at; raises `ValidationError`. Orders that are here already are not looked at again."""
    rules = queries.rules(shop)
    for name, value in values.items():
        setattr(rules, name, value)
    rules.full_clean()
    rules.save()
    return rules


@transaction.atomic
def look(shop: Shop, case_ids: Sequence[int], *, now: datetime) -> None:
    """Write down what is unusual about orders, and hold those the shop wants held. Again, it adds only what is new.

    The number of statements does not depend on the number of orders. Nothing is ever refused here.
    """
    rules = queries.rules(shop)
    wanted = {signal: level for signal in Signal.values if (level := rules.level(signal)) != Level.OFF}
    if not wanted or not case_ids:
        return
    measure = _measure(shop, rules, wanted, case_ids)
    found = [
        Check(case_id=known.case_id, shop=shop, signal=signal, level=wanted[signal], params=params, found_at=now)
        for known in sql.known(shop.pk, case_ids, rules.velocity_hours)
        for signal, params in judge(known, measure).items()
        if signal in wanted
    ]
    if found:
        Check.objects.bulk_create(found, ignore_conflicts=True)
        _count(shop, sorted({check.case_id for check in found}))
    if Level.HOLD in wanted.values():
        hold_for_review(shop, case_ids, now=now)


def _measure(shop: Shop, rules: Rules, wanted: dict[str, str], case_ids: Sequence[int]) -> Measure:
    usual = sql.usual_amount(shop.pk, shop.currency, case_ids) if Signal.AMOUNT in wanted else None
    ceiling = usual * rules.amount_times if usual is not None else None
    return Measure(rules.velocity_hours, rules.velocity_most, ceiling, usual, rules.word_list)


@transaction.atomic
def hold_for_review(shop: Shop, case_ids: Sequence[int], *, now: datetime) -> None:
    """Take orders with a check that holds, and was not acted on yet, where the workflow leads doubtful ones.

    Where the workflow leads them nowhere from their present status, they are left for the next time they are looked at.
    """
    due = list(
        Check.objects.select_for_update(of=("self",))
        .filter(shop=shop, case_id__in=case_ids, level=Level.HOLD, held_at=None, cleared_at=None)
        .select_related("case")
        .order_by("pk")
    )
    ready = [check for check in due if _leads(check.case)]
    if not ready:
        return
    ids = sorted({check.case_id for check in ready})
    key = hashlib.sha256(",".join(str(check.pk) for check in ready).encode()).hexdigest()
    advance(shop, ids, Event(DOUBTFUL), SYSTEM, now=now, key=f"{DOUBTFUL} {key}")
    Check.objects.filter(pk__in=[check.pk for check in ready]).update(held_at=now)


def _leads(case: Case) -> bool:
    return any(move.event == DOUBTFUL for move in case.flow.moves_from(case.status))


@transaction.atomic
def clear(case: Case, actor: Actor, *, now: datetime) -> int:
    """Say that a person has looked at an order and found it in order; returns how many checks that settles."""
    settled = Check.objects.filter(case=case, cleared_at=None).update(cleared_at=now, cleared_by=actor.name)
    if settled:
        write(case.shop_id, [NewEntry(case.pk, CHECKED, {"act": "cleared", "checks": settled})], actor, now)
        _count(case.shop, [case.pk])
    return settled


@transaction.atomic
def ask(case: Case, actor: Actor, *, now: datetime) -> Proof:
    """Ask the customer for proof of identity: they are told, and find the form on the order's own page.

    A request that is open already is answered with itself.
    """
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    open_already = queries.open_proof(case)
    if open_already is not None:
        return open_already
    until = now + timedelta(days=queries.rules(case.shop).identity_days)
    proof = Proof.objects.create(case=case, shop=case.shop, asked_by=actor.name, asked_at=now, until=until)
    write(case.shop_id, [NewEntry(case.pk, CHECKED, {"act": "asked"})], actor, now)
    tell_customer(case, MessageKind.IDENTITY, now=now)
    return proof


@transaction.atomic
def give(case: Case, content: IO[bytes], name: str, *, now: datetime) -> Proof:
    """Take in what the customer gives as proof, in place of what they gave before.

    Raises `NotAsked` when nothing is asked for, and what `files.keep_sealed` raises for a file that is not kept.
    """
    proof = _hold(case, OPEN)
    earlier = proof.upload
    proof.upload = keep_sealed(case.shop, content, Purpose.IDENTITY, now=now, name=name)
    proof.state, proof.given_at = ProofState.GIVEN, now
    proof.until = now + timedelta(days=queries.rules(case.shop).identity_days)
    proof.save(update_fields=["upload", "state", "given_at", "until"])
    if earlier is not None:
        discard(earlier)
    customer = Actor(ActorKind.CUSTOMER, str(case.customer or ""))
    write(case.shop_id, [NewEntry(case.pk, CHECKED, {"act": "given"}, shown=True)], customer, now)
    return proof


@transaction.atomic
def open_paper(case: Case, actor: Actor, *, now: datetime) -> Upload:
    """The paper, for somebody who may see it; that they opened it is on the timeline. Raises `NotAsked`."""
    proof = _hold(case, (ProofState.GIVEN,))
    if proof.upload is None:
        raise NotAsked
    write(case.shop_id, [NewEntry(case.pk, CHECKED, {"act": "opened"})], actor, now)
    return proof.upload


@transaction.atomic
def decide(case: Case, accepted: bool, actor: Actor, *, now: datetime) -> Proof:
    """Accept or decline the proof; either way the paper is deleted. Accepted, the order's checks are cleared.

    Raises `NotAsked` when there is nothing to decide about.
    """
    proof = _hold(case, (ProofState.GIVEN,))
    _end(proof, ProofState.ACCEPTED if accepted else ProofState.DECLINED, now, actor)
    write(case.shop_id, [NewEntry(case.pk, CHECKED, {"act": proof.state})], actor, now)
    if accepted:
        clear(case, actor, now=now)
    return proof


def forget_old(now: datetime) -> int:
    """End the requests whose time is over and delete their papers; returns how many there were."""
    old = list(Proof.objects.filter(state__in=OPEN, until__lte=now).values_list("pk", flat=True))
    return sum(_forget(pk, now) for pk in old)


def forget_of(case_ids: Sequence[int]) -> None:
    """Delete the papers of orders that are about to be deleted themselves."""
    for proof in Proof.objects.filter(case_id__in=case_ids, upload__isnull=False).select_related("upload"):
        _end(proof, ProofState.EXPIRED, proof.until)


@transaction.atomic
def _forget(pk: int, now: datetime) -> bool:
    """Locked one by one: somebody may be deciding at this moment."""
    proof = Proof.objects.select_for_update(of=("self",)).filter(pk=pk, state__in=OPEN, until__lte=now).first()
    if proof is None:
        return False
    _end(proof, ProofState.EXPIRED, now)
    write(proof.shop_id, [NewEntry(proof.case_id, CHECKED, {"act": "expired"})], SYSTEM, now)
    return True


def _hold(case: Case, states: Sequence[str]) -> Proof:
    proof = Proof.objects.select_for_update(of=("self",)).filter(case=case, state__in=states).first()
    if proof is None:
        raise NotAsked
    return proof


def _end(proof: Proof, state: str, now: datetime, actor: Actor | None = None) -> None:
    paper, proof.upload, proof.state, proof.decided_at = proof.upload, None, state, now
    proof.decided_by = actor.name if actor else ""
    proof.save(update_fields=["upload", "state", "decided_at", "decided_by"])
    if paper is not None:
        discard(paper)


def _count(shop: Shop, case_ids: Sequence[int]) -> None:
    """Tell the cases how many of their checks nobody has looked at."""
    counted = (
        Case.objects.filter(pk__in=case_ids)
        .values_list("pk")
        .annotate(open=Count("checks", filter=Q(checks__cleared_at=None)))
    )
    set_open_checks(shop, dict(counted))
