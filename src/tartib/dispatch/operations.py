"""Opening, settling and handing over work that must not be forgotten.

Each is one transaction, in which the case is locked before the record, as everywhere. Open pages are told, and what
happened stands on the timeline of the case, for staff.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from tartib.cases.engine import announce, announce_shop
from tartib.cases.models import Case
from tartib.cases.operations import lock_case
from tartib.dispatch import kinds
from tartib.dispatch.kinds import Impossible
from tartib.dispatch.models import Outcome, WorkAct, WorkEntry, WorkRecord
from tartib.dispatch.timeline import WORK
from tartib.journal.operations import Actor, NewEntry, write
from tartib.shops import worktime
from tartib.shops.access import may
from tartib.shops.models import Membership, Role, Shop
from tartib.shops.operations import responsible


class AlreadySettled(Exception):
    """The record is not open any more: somebody was quicker, or the finding is over by itself."""


class NoteMissing(Exception):
    """Whoever settles a record in another way says how."""


class NotHere(Exception):
    """Work is handed over only to somebody who works in its shop now."""


_BY = {Outcome.ITSELF: WorkAct.RESOLVED, Outcome.ACT: WorkAct.DONE, Outcome.HAND: WorkAct.SETTLED}


@transaction.atomic
def open_work(
    shop: Shop,
    kind: str,
    key: str,
    *,
    actor: Actor,
    now: datetime,
    case_id: int | None = None,
    code: str = "",
    facts: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
) -> WorkRecord:
    """Have somebody see to a finding; returns its record, the same one for the same `key`.

    A record that is open learns what is new of the finding; one that was settled is open again. Responsible is who is
    responsible for the case and may act on it, else who is so by default in the shop; it is due at `due_at`, or within
    the time of its kind. `code` is that of a case that is deleted. Raises `Case.DoesNotExist` for a case that is not of
    the shop.
    """
    case = lock_case(shop, case_id) if case_id is not None else None
    due, given = due_at or worktime.due(shop, now, kinds.kind(kind).within), due_at is not None
    told = {name: str(value) for name, value in (facts or {}).items()}
    record = WorkRecord.objects.select_for_update(of=("self",)).filter(shop=shop, key=key).first()
    if record is None:
        record, fresh = WorkRecord.objects.get_or_create(
            shop=shop, key=key,
            defaults={
                "kind": kind, "case": case, "code": case.code if case else code[:40], "facts": told,
                "owner_id": _responsible(shop, kind, case), "due_at": due, "due_given": given, "opened_at": now,
                "updated_at": now,
            },
        )  # fmt: skip
        if fresh:
            _tell(record, WorkAct.OPENED, actor, now)
            return record
        record = WorkRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    was_open, before = record.resolved_at is None, (record.kind, record.facts, record.case_id, record.due_at)
    another = record.kind != kind
    record.kind, record.facts = kind, told
    if case is not None:
        record.case, record.code = case, case.code
    if not was_open:
        record.owner_id, record.opened_at = _responsible(shop, kind, case), now
        record.due_at, record.due_given = due, given
        record.resolved_at, record.resolved_by, record.outcome, record.note = None, "", "", ""
        _save(record, now)
        _tell(record, WorkAct.REOPENED, actor, now)
        return record
    if due_at is not None or another:
        record.due_at, record.due_given = due, given
    if (record.kind, record.facts, record.case_id, record.due_at) != before:
        _save(record, now)
        if another:
            _tell(record, WorkAct.OPENED, actor, now)
        else:
            _announce(record)
    return record


@transaction.atomic
def resolve(shop: Shop, key: str, *, actor: Actor, now: datetime) -> WorkRecord | None:
    """The finding is over, by itself: its record is settled. None where there is no open record of that key."""
    record = _locked(WorkRecord.objects.filter(shop=shop, key=key).first())
    if record is None or record.resolved_at is not None:
        return None
    _close(record, Outcome.ITSELF, "", actor, now)
    return record


def resolve_all(shop: Shop, keys: Collection[str], *, actor: Actor, now: datetime) -> None:
    """The findings of cases that are locked are over, by themselves; five statements, or one where none was open."""
    records = _locked_all(WorkRecord.objects.filter(shop=shop, key__in=keys, resolved_at=None))
    for record in records:
        record.resolved_at, record.resolved_by, record.outcome = now, actor.name, Outcome.ITSELF
    _keep_all(shop, records, WorkAct.RESOLVED, actor, now)


def reopen_all(shop: Shop, keys: Collection[str], *, actor: Actor, now: datetime) -> None:
    """What was settled about cases that are locked is open again, with the same person and the same due time."""
    records = _locked_all(WorkRecord.objects.filter(shop=shop, key__in=keys, resolved_at__isnull=False))
    for record in records:
        owner = record.owner
        if owner is None or not may(owner, kinds.kind(record.kind).may):
            record.owner_id = _responsible(shop, record.kind, record.case)
        record.opened_at, record.resolved_at, record.resolved_by, record.outcome, record.note = now, None, "", "", ""
    _keep_all(shop, records, WorkAct.REOPENED, actor, now)


@transaction.atomic
def settle(shop: Shop, record_id: int, note: str, actor: Actor, *, now: datetime) -> WorkRecord:
    """A person has seen to it in another way than was proposed, and says how in `note`.

    Raises `WorkRecord.DoesNotExist`, `AlreadySettled`, `NoteMissing`, and `Impossible` where an answer is owed.
    """
    record = _open(shop, record_id)
    if kinds.kind(record.kind).owes_answer:
        raise Impossible(_("Somebody waits for an answer: agree or decline, and they are told."))
    if not note.strip():
        raise NoteMissing
    _close(record, Outcome.HAND, note.strip(), actor, now)
    by_hand = kinds.kind(record.kind).by_hand
    if by_hand is not None:
        by_hand(record, actor, now)
    return record


@transaction.atomic
def perform(shop: Shop, record_id: int, act: str, actor: Actor, *, now: datetime, words: str = "") -> WorkRecord:
    """Do what is proposed about a finding, once; `words` answer what the act asks. It settles the record, if it closes.

    Raises `WorkRecord.DoesNotExist`, `AlreadySettled`, `NoteMissing` where it asks and nothing was answered, and
    `Impossible` with the reason when it cannot be done (any more).
    """
    record = _open(shop, record_id)
    chosen = next((one for one in kinds.offered(record) if one.code == act and one.do is not None), None)
    if chosen is None or chosen.do is None:
        raise Impossible
    if chosen.asks and not words.strip():
        raise NoteMissing
    # First, so that a finding that the act brings back opens the record again.
    if chosen.closes:
        _close(record, Outcome.ACT, words.strip(), actor, now)
    chosen.do(record, words.strip(), actor, now)
    return record


@transaction.atomic
def hand_over(shop: Shop, record_id: int, owner: Membership, actor: Actor, *, now: datetime) -> WorkRecord:
    """Make `owner` responsible for an open record. Raises as `settle` does, and `NotHere`."""
    record = _open(shop, record_id)
    if responsible(shop, owner.pk) != owner.pk:
        raise NotHere
    if record.owner_id != owner.pk:
        record.owner = owner
        _save(record, now)
        _tell(record, WorkAct.HANDED, actor, now, to=str(owner))
    return record


def follow(case_ids: Iterable[int], owner: Membership, *, now: datetime) -> None:
    """Before `owner` becomes responsible for locked cases, what of their work was with who is so now, follows.

    Unless the new one may not act on it: then it stays where it is. The timeline of a case says already who is
    responsible for it now.
    """
    beyond = [code for code, kind in kinds.connected.items() if not may(owner, kind.may)]
    theirs = WorkRecord.objects.filter(case__in=list(case_ids), resolved_at=None, owner=F("case__owner"))
    theirs.exclude(kind__in=beyond).update(owner=owner, updated_at=now, version=F("version") + 1)


def follow_back(case_ids: Iterable[int], owner: Membership, *, now: datetime) -> None:
    """After locked cases went back from `owner` to who had them before, their work that `owner` got with them, too."""
    theirs = WorkRecord.objects.filter(case__in=list(case_ids), resolved_at=None, owner=owner)
    before = Case.objects.filter(pk=OuterRef("case")).values("owner")
    theirs.update(owner=Subquery(before), updated_at=now, version=F("version") + 1)


@transaction.atomic
def hand_over_all(member: Membership, successor: Membership, actor: Actor, *, now: datetime) -> int:
    """Give all open work of somebody who leaves to `successor`; returns how many records that were.

    What the successor may not act on goes to an owner of the shop. The number of statements is fixed.
    """
    shop = member.shop
    theirs = WorkRecord.objects.filter(shop=shop, owner=member, resolved_at=None)
    cases = theirs.exclude(case=None).values("case")
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=cases).order_by("pk").values_list("pk"))
    records = _locked_all(theirs)
    head = _head(shop)
    for record in records:
        record.owner = successor if may(successor, kinds.kind(record.kind).may) else head
    _keep_all(shop, records, WorkAct.HANDED, actor, now)
    return len(records)


def _open(shop: Shop, record_id: int) -> WorkRecord:
    record = _locked(WorkRecord.objects.get(shop=shop, pk=record_id))
    if record is None or record.resolved_at is not None:
        raise AlreadySettled
    return record


def _locked(record: WorkRecord | None) -> WorkRecord | None:
    """The record as it is once its case and it are locked; None where there is none."""
    if record is None:
        return None
    if record.case_id is not None:
        Case.objects.select_for_update(of=("self",)).filter(pk=record.case_id).first()
    return WorkRecord.objects.select_for_update(of=("self",)).select_related("shop", "case__shop").get(pk=record.pk)


def _responsible(shop: Shop, kind: str, case: Case | None) -> int | None:
    """Who sees to it: whoever is responsible for the case, or by default, if they work here and may; else an owner."""
    return responsible(shop, case.owner_id if case else None, act=kinds.kind(kind).may)


def _head(shop: Shop) -> Membership | None:
    """An owner of the shop, who may act on everything: there always is one."""
    owners = Membership.objects.filter(shop=shop, active=True, role=Role.OWNER)
    return owners.select_related("user").order_by("pk").first()


def _close(record: WorkRecord, outcome: Outcome, note: str, actor: Actor, now: datetime) -> None:
    record.resolved_at, record.resolved_by, record.outcome, record.note = now, actor.name, outcome, note[:1000]
    _save(record, now)
    _tell(record, _BY[outcome], actor, now, note=note)


def _save(record: WorkRecord, now: datetime) -> None:
    record.updated_at, record.version = now, record.version + 1
    record.save()


def _locked_all(records: QuerySet[WorkRecord]) -> list[WorkRecord]:
    whole = records.select_for_update(of=("self",)).select_related("owner__shop", "case__owner__shop")
    return list(whole.order_by("pk"))


def _keep_all(shop: Shop, records: Sequence[WorkRecord], act: WorkAct, actor: Actor, now: datetime) -> None:
    """Keep what became of records with a fixed number of statements, and tell of it as `_tell` does."""
    if not records:
        return
    for record in records:
        record.updated_at, record.version = now, record.version + 1
    changed = ["owner", "opened_at", "resolved_at", "resolved_by", "outcome", "note", "updated_at", "version"]
    WorkRecord.objects.bulk_update(records, changed)
    to = {record.pk: str(record.owner) if act == WorkAct.HANDED else "" for record in records}
    WorkEntry.objects.bulk_create(_entry(record, act, actor, now, to=to[record.pk]) for record in records)
    told = [_draft(one.case_id, one, act, to=to[one.pk]) for one in records if one.case_id is not None]
    if told:
        write(shop.pk, told, actor, now)
        announce(shop, [draft.case_id for draft in told])


def _tell(record: WorkRecord, act: WorkAct, actor: Actor, now: datetime, note: str = "", to: str = "") -> None:
    """Keep what happened with the record and on the timeline of its case, and tell open pages."""
    _entry(record, act, actor, now, note, to).save()
    if record.case_id is not None:
        write(record.shop_id, [_draft(record.case_id, record, act, note, to)], actor, now)
    _announce(record)


def _entry(record: WorkRecord, act: WorkAct, actor: Actor, now: datetime, note: str = "", to: str = "") -> WorkEntry:
    return WorkEntry(
        shop_id=record.shop_id, record=record, act=act, kind=record.kind, actor_kind=actor.kind,
        actor_name=actor.name, note=note[:1000], to=to, at=now,
    )  # fmt: skip


def _draft(case_id: int, record: WorkRecord, act: WorkAct, note: str = "", to: str = "") -> NewEntry:
    said = {"amount": record.facts.get("amount", ""), "currency": record.facts.get("currency", "")}
    said |= {"note": note, "to": to}
    data = {"act": str(act), "work": record.kind} | {name: text for name, text in said.items() if text}
    return NewEntry(case_id, WORK, data)


def _announce(record: WorkRecord) -> None:
    if record.case_id is not None:
        announce(record.shop, [record.case_id])
    else:
        announce_shop(record.shop)
