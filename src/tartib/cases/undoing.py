"""What can still be undone, until when, and why something cannot: for whoever did it, and for the page of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from tartib.cases import hooks
from tartib.cases.models import Act, BulkMove, Case, workflow
from tartib.cases.timeline import MOVED, UNDONE
from tartib.flow.facts import Refusal
from tartib.flow.workflow import Status
from tartib.journal.models import ActorKind, Entry
from tartib.shops.models import Membership, Shop

LATELY = timedelta(days=1)
"""For how long what somebody did stays among their recent acts."""
MOST = 50


@dataclass(frozen=True, slots=True)
class Prospect:
    """What undoing an act would come to: how many cases would go back and until when, or why none would."""

    back: int
    until: datetime
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """The last move of a case: its entry on the timeline, its act, and how many cases that moved together."""

    seq: int
    act_id: UUID
    moved: int
    prospect: Prospect


@dataclass(frozen=True, slots=True)
class Recent:
    """An act somebody did lately, or a whole bulk move of theirs; `case` is the only one it moved, where it was one."""

    id: UUID
    bulk: bool
    at: datetime
    moved: int
    target: Status | None
    case: Case | None
    prospect: Prospect


def refusal(shop: Shop, act: Act, *, now: datetime) -> Refusal | None:
    """Why a move as a whole cannot be undone, whatever has become of its cases since."""
    late = too_late(shop, act, now=now)
    return late or (None if act.answer.get("moved") else Refusal("nothing-to-undo", {}))


def too_late(shop: Shop, act: Act, *, now: datetime) -> Refusal | None:
    """Why there is no time any more to undo an act of whatever sort."""
    if act.undone_at is not None:
        return Refusal("undone-already", {})
    if not shop.undo_seconds:
        return Refusal("undo-off", {})
    if now > until(shop, act):
        return Refusal("undo-late", {"minutes": ceil(shop.undo_seconds / 60)})
    return None


def until(shop: Shop, act: Act) -> datetime:
    """Until when an act can be undone."""
    return act.at + timedelta(seconds=shop.undo_seconds)


def has_moved_on(act: Act, row: Mapping[str, object], status: str, since: datetime) -> bool:
    """Whether a case that the act moved as `row` of its answer says stands elsewhere now, or there anew."""
    return status != row["to"] or since != act.at


def prospects(shop: Shop, acts: Sequence[Act], *, now: datetime) -> dict[UUID, Prospect]:
    """What undoing each of these acts would come to: two queries, however many they are.

    What undoing itself would meet, such as pieces that are not there any more, is found out only by undoing.
    """
    whole = {act.pk: refusal(shop, act, now=now) for act in acts}
    open_ = [act for act in acts if whole[act.pk] is None]
    ids = {row["case"] for act in open_ for row in act.answer["moved"]}
    found = Case.objects.filter(shop=shop, pk__in=ids).values_list("pk", "code", "status", "since") if ids else ()
    cases = {pk: (code, status, since) for pk, code, status, since in found}
    sources = hooks.connected.already_told if open_ else ()
    told = {pair for source in sources for pair in source([act.pk for act in open_])}
    result = {pk: Prospect(0, now, why) for pk, why in whole.items() if why is not None}
    for act in open_:
        back, why = 0, Refusal("not-found", {})
        for row in act.answer["moved"]:
            code, status, since = cases.get(row["case"], ("", "", now))
            if not code:
                continue
            if has_moved_on(act, row, status, since):
                why = Refusal("moved-on", {"code": code})
            elif (act.pk, row["case"]) in told:
                why = Refusal("already-told", {})
            else:
                back += 1
        result[act.pk] = Prospect(back, until(shop, act), None if back else why)
    return result


def last_of(case: Case, entries: Sequence[Entry], *, now: datetime) -> Last | None:
    """The move by which staff brought a case lately where it stands, and what undoing it would come to.

    `entries` are the newest of its timeline, newest first. None where a machine moved it last, or nobody.
    """
    last = next((one for one in entries if one.kind in (MOVED, UNDONE)), None)
    if last is None or last.kind != MOVED or last.actor_kind != ActorKind.STAFF or last.act_id is None:
        return None
    act = Act.objects.filter(shop=case.shop, pk=last.act_id, at__gte=now - LATELY).first()
    if act is None or not case.shop.undo_seconds:
        return None
    return Last(last.seq, act.pk, len(act.answer["moved"]), prospects(case.shop, [act], now=now)[act.pk])


def recent(member: Membership, *, now: datetime) -> list[Recent]:
    """What a member of staff moved lately, the newest first, by a fixed number of queries."""
    shop, since = member.shop, now - LATELY
    bulks = list(BulkMove.objects.filter(member=member, created_at__gte=since).order_by("-created_at")[:MOST])
    portions = {act_id: bulk.pk for bulk in bulks for act_id in bulk.acts}
    own = Act.objects.filter(shop=shop, user_id=member.user_id, at__gte=since, answer__has_key="moved")
    acts = list(own.exclude(answer__moved=[]).exclude(pk__in=portions).order_by("-at", "-pk")[:MOST])
    parts = list(Act.objects.filter(pk__in=portions))
    judged = prospects(shop, [*acts, *parts], now=now)
    singles = {act.answer["moved"][0]["case"] for act in acts if len(act.answer["moved"]) == 1}
    named = Case.objects.filter(shop=shop).defer("search").in_bulk(singles)
    flows = _flows(shop, [act.answer["moved"][0]["case"] for act in [*acts, *parts]])
    found = [_act(act, judged[act.pk], named, flows) for act in acts]
    for bulk in bulks:
        first = next((act for act in parts if portions[act.pk] == bulk.pk), None)
        if first is not None:
            target = _target(first.answer["moved"][0], flows)
            found.append(Recent(bulk.pk, True, bulk.created_at, bulk.moved, target, None, _together(bulk, judged)))
    return sorted(found, key=lambda one: one.at, reverse=True)


def of_bulk(bulk: BulkMove, *, now: datetime) -> Prospect:
    """What undoing a bulk move as a whole would come to: it goes back so far as its portions do."""
    acts = list(Act.objects.filter(pk__in=bulk.acts))
    return _together(bulk, prospects(bulk.shop, acts, now=now))


def _act(act: Act, prospect: Prospect, named: Mapping[int, Case], flows: Mapping[int, int]) -> Recent:
    moved = act.answer["moved"]
    case = named.get(moved[0]["case"]) if len(moved) == 1 else None
    return Recent(act.pk, False, act.at, len(moved), _target(moved[0], flows), case, prospect)


def _together(bulk: BulkMove, judged: Mapping[UUID, Prospect]) -> Prospect:
    """Portions as one: their time ends with the first of them whose time does."""
    parts = [judged[act_id] for act_id in bulk.acts if act_id in judged]
    back = sum(one.back for one in parts)
    ends = min((one.until for one in parts if one.refusal is None), default=bulk.created_at)
    refused = next((one.refusal for one in parts if one.refusal), Refusal("nothing-to-undo", {}))
    return Prospect(back, ends, None if back else refused)


def _flows(shop: Shop, case_ids: Sequence[int]) -> dict[int, int]:
    """The workflow version of each of these cases; what was deleted since has none."""
    return dict(Case.objects.filter(shop=shop, pk__in=case_ids).values_list("pk", "workflow_id"))


def _target(row: Mapping[str, int | str], flows: Mapping[int, int]) -> Status | None:
    version = flows.get(int(row["case"]))
    return workflow(version).statuses.get(str(row["to"])) if version else None
