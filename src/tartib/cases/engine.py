"""The engine: the only code that changes a status.

`advance` takes one case or ten thousand through the same steps, in one transaction and with a number of SQL statements
that does not depend on how many there are: lock, read the facts, decide, do the effects, write, tell.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from tartib.cases import hooks, sql, undoing
from tartib.cases.deadlines import Deadlines
from tartib.cases.hooks import AS_USUAL, Context, LockedCase, NotifyOptions, Step
from tartib.cases.models import Act, workflow
from tartib.cases.refusal_json import pack, unpack
from tartib.cases.timeline import EVENT, MOVED, UNDONE
from tartib.flow.decide import decide
from tartib.flow.facts import ByHand, Decision, Event, Facts, Refusal, Timer, Trigger
from tartib.flow.workflow import next_timer
from tartib.journal.operations import Actor, NewEntry, write
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that moved, and its version after the move."""

    case_id: int
    source: str
    target: str
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act came to: who moved, who was refused and why, and what followed (`message.sms`, `stock.taken` …)."""

    act_id: UUID
    moved: tuple[Moved, ...] = ()
    refused: Mapping[int, Refusal] = field(default_factory=dict)
    tally: Mapping[str, int] = field(default_factory=dict)
    repeated: bool = False


class KeyReused(Exception):
    """An idempotency key came back with another request."""


class NotUndoable(Exception):
    """An act cannot be undone; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@transaction.atomic
def advance(
    shop: Shop,
    case_ids: Iterable[int],
    trigger: Trigger,
    actor: Actor,
    *,
    now: datetime,
    key: str | None = None,
    notify_options: NotifyOptions = AS_USUAL,
    versions: Mapping[int, int] | None = None,
) -> Outcome:
    """Move cases of `shop` by `trigger`: by hand, on an event, or because time passed.

    Cases that may not move stay as they are and are in `refused` with a reason. A case of another shop is refused as
    not found. `versions` holds the versions a person saw: a case changed since is refused, with who changed it. The
    same `key` again gives the first answer and changes nothing; with another request it raises `KeyReused`.
    """
    ids = sorted(set(case_ids))
    act_id = uuid4()
    if key is not None:
        earlier = _claim(shop, act_id, key, _fingerprint(ids, trigger, notify_options), actor, trigger, now)
        if earlier is not None:
            return earlier
    note = "" if isinstance(trigger, Timer) else trigger.note
    context = Context(shop, actor, now, act_id, note, notify_options=notify_options)
    standings, refused = _lock(shop, ids, versions or {})
    steps = _decide(standings, trigger, now, refused)
    steps, did_not = _apply(steps, context)
    refused |= did_not
    if steps:
        _write_statuses(shop, steps, now)
    drafts = [_moved_entry(step, trigger, notify_options) for step in steps]
    if isinstance(trigger, Event):
        drafts += [
            NewEntry(case.id, EVENT, _ignored(trigger, refused[case.id])) for case in standings if case.id in refused
        ]
    write(shop.pk, drafts, actor, now, act_id)
    for follow in hooks.connected.after_move_or_undo if steps else ():
        follow(steps, context)
    for tell in hooks.connected.after_move if steps else ():
        tell(steps, context)
    moved = tuple(Moved(s.case.id, s.case.status, s.decision.status.code, s.case.version + 1) for s in steps)
    outcome = Outcome(act_id, moved, refused, dict(context.tally))
    if moved or key is not None:
        _record(shop, outcome, steps, actor, trigger, now, claimed=key is not None)
    return outcome


def preview(
    shop: Shop,
    case_ids: Iterable[int],
    trigger: Trigger,
    actor: Actor,
    *,
    now: datetime,
    notify_options: NotifyOptions = AS_USUAL,
) -> Outcome:
    """What `advance` would come to now. It is carried out in full and rolled back, so nothing is guessed."""
    with transaction.atomic():
        outcome = advance(shop, case_ids, trigger, actor, now=now, notify_options=notify_options)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def undo(shop: Shop, act_id: UUID, actor: Actor, *, now: datetime) -> Outcome:
    """Take back an act while the shop's time for it lasts and nothing that cannot be taken back has followed.

    Each case returns to exactly where it stood, its stock as well, and messages still held are withdrawn; the undoing
    is itself on the timeline. Cases that have moved on, or whose customer has been told, stay and are in `refused`.
    Raises `NotUndoable` when the act as a whole cannot be undone, `Act.DoesNotExist` when the shop has no such act.
    """
    act = Act.objects.select_for_update().get(pk=act_id, shop=shop)
    if (refusal := undoing.refusal(shop, act, now=now)) is not None:
        raise NotUndoable(refusal)
    before = {row["case"]: row for row in act.answer["moved"]}
    context = Context(shop, actor, now, uuid4(), undoes=act.pk)
    standings, refused = _lock(shop, sorted(before), {})
    for case in standings:
        if undoing.has_moved_on(act, before[case.id], case.status, case.since):
            refused[case.id] = Refusal("moved-on", {"code": case.code})
    for untell in hooks.connected.before_undo:
        refused |= untell([case.id for case in standings if case.id not in refused], context)
    steps = [_backwards(case, before[case.id]) for case in standings if case.id not in refused]
    steps, did_not = _apply(steps, context, reverse=True)
    refused |= did_not
    if not steps:
        raise NotUndoable(next(iter(refused.values())))
    rows = [_former(before[step.case.id], step.case) for step in steps]
    sql.update_statuses(rows, now)
    announce(shop, [row.case_id for row in rows])
    drafts = [
        NewEntry(s.case.id, UNDONE, {"from": s.case.status, "to": s.decision.status.code, "act": str(act.pk)}, True)
        for s in steps
    ]
    write(shop.pk, drafts, actor, now, context.act_id)
    for follow in hooks.connected.after_move_or_undo:
        follow(steps, context)
    act.undone_at = now
    act.save(update_fields=["undone_at"])
    moved = tuple(Moved(s.case.id, s.case.status, s.decision.status.code, s.case.version + 1) for s in steps)
    return Outcome(context.act_id, moved, refused, dict(context.tally))


def announce(shop: Shop, case_ids: Sequence[int]) -> None:
    """Tell open pages, once the transaction commits, that cases changed. Many at once are told as "many"."""
    if case_ids:
        sql.notify_open_pages(_notice(shop, case_ids))


def announce_shop(shop: Shop) -> None:
    """Tell all open pages of a shop, once the transaction commits, that something changed that is of no one case."""
    sql.notify_open_pages(_notice(shop, []))


def _notice(shop: Shop, case_ids: Sequence[int]) -> str:
    return json.dumps({"shop": shop.pk, "cases": list(case_ids) if len(case_ids) <= 200 else []})


def _fingerprint(ids: Sequence[int], trigger: Trigger, notify_options: NotifyOptions) -> bytes:
    # A set is written in another order in every process: here its channels have one.
    channels = None if notify_options.channels is None else sorted(notify_options.channels)
    said = (channels, notify_options.language, notify_options.note_shown, notify_options.keep_copy)
    return hashlib.sha256(repr((ids, trigger, said)).encode()).digest()


def _claim(
    shop: Shop, act_id: UUID, key: str, fingerprint: bytes, actor: Actor, trigger: Trigger, now: datetime
) -> Outcome | None:
    """Take `key` for this act, waiting for another that is taking it now; or the outcome of the act that has it."""
    if sql.claim_key(act_id, shop.pk, key, fingerprint, actor, _name(trigger), now):
        return None
    act = Act.objects.get(shop=shop, key=key)
    if bytes(act.fingerprint or b"") != fingerprint:
        raise KeyReused(key)
    answer = act.answer
    return Outcome(
        act.pk,
        tuple(Moved(row["case"], row["from"], row["to"], row["version"]) for row in answer["moved"]),
        {row["case"]: Refusal(row["code"], unpack(row["params"])) for row in answer["refused"]},
        answer["tally"],
        repeated=True,
    )


def _lock(shop: Shop, ids: Sequence[int], versions: Mapping[int, int]) -> tuple[list[LockedCase], dict[int, Refusal]]:
    sql.keep_plans()
    standings = sql.lock(shop.pk, ids)
    found = {case.id for case in standings}
    refused = {case_id: Refusal("not-found", {}) for case_id in ids if case_id not in found}
    stale = [case for case in standings if versions.get(case.id, case.version) != case.version]
    if stale:
        changes = sql.last_changes([case.id for case in stale])
        for case in stale:
            who, _at = changes.get(case.id, ("", None))
            status = workflow(case.workflow_id).status(case.status)
            refused[case.id] = Refusal("stale", {"who": who, "status": status.name})
    return standings, refused


def _decide(
    standings: Sequence[LockedCase], trigger: Trigger, now: datetime, refused: dict[int, Refusal]
) -> list[Step]:
    """The steps that may be taken; what may not is added to `refused`."""
    waiting = [case for case in standings if case.id not in refused]
    values = hooks.facts([case.id for case in waiting])
    steps = []
    for case in waiting:
        facts = Facts(case.status, case.since, case.placed_at, values[case.id])
        answer = decide(workflow(case.workflow_id), facts, trigger, now)
        if isinstance(answer, Decision):
            steps.append(Step(case, answer))
        else:
            refused[case.id] = answer
    return steps


def _apply(steps: Sequence[Step], context: Context, *, reverse: bool = False) -> tuple[list[Step], dict[int, Refusal]]:
    """Do the effects of all steps, grouped by name, refusing ones first; returns the steps that stand."""
    groups: defaultdict[str, list[Step]] = defaultdict(list)
    for step in steps:
        for name in step.decision.move.effects:
            groups[name].append(step)
    refused: dict[int, Refusal] = {}
    for name in sorted(groups, key=lambda name: (not hooks.connected.effects[name].refuses, name)):
        effect = hooks.connected.effects[name]
        handler = effect.reverse if reverse else effect.apply
        refused |= handler([step for step in groups[name] if step.case.id not in refused], context)
    return [step for step in steps if step.case.id not in refused], refused


def _write_statuses(shop: Shop, steps: Sequence[Step], now: datetime) -> None:
    rows, deadlines = [], Deadlines(shop)
    for step in steps:
        status = step.decision.status
        closed_at = now if status.closed else None
        due_at = deadlines.of(status, now, step.case.due_at or now)
        timer_at = next_timer(workflow(step.case.workflow_id), status.code, now)
        rows.append(sql.StatusRow(step.case.id, status.code, status.phase, now, due_at, timer_at, closed_at))
    sql.update_statuses(rows, now)
    announce(shop, [row.case_id for row in rows])


def _moved_entry(step: Step, trigger: Trigger, notify_options: NotifyOptions) -> NewEntry:
    data: dict[str, object] = {"from": step.case.status, "to": step.decision.status.code, "by": _name(trigger)}
    if not isinstance(trigger, Timer) and trigger.note:
        data["note"] = trigger.note
        data["note_shown"] = notify_options.note_shown
    return NewEntry(step.case.id, MOVED, data, shown=step.decision.status.shown)


def _ignored(event: Event, refusal: Refusal) -> dict[str, object]:
    """What the timeline keeps of an event that changed nothing: why, with the figures of that moment."""
    return {"event": event.name, "ignored": refusal.code, "params": pack(refusal)}


def _record(
    shop: Shop,
    outcome: Outcome,
    steps: Sequence[Step],
    actor: Actor,
    trigger: Trigger,
    now: datetime,
    *,
    claimed: bool,
) -> None:
    """Keep the act: its answer, for a repeated key, and where each case stood before, for undoing."""
    answer = {
        "moved": [
            {
                "case": step.case.id,
                "from": step.case.status,
                "to": step.decision.status.code,
                "version": step.case.version + 1,
                "move": workflow(step.case.workflow_id).moves.index(step.decision.move),
                "since": step.case.since.isoformat(),
                "due": _iso(step.case.due_at),
                "timer": _iso(step.case.timer_at),
                "closed": _iso(step.case.closed_at),
            }
            for step in steps
        ],
        "refused": [
            {"case": case_id, "code": refusal.code, "params": pack(refusal)}
            for case_id, refusal in outcome.refused.items()
        ],
        "tally": dict(outcome.tally),
    }
    if claimed:
        sql.answer_act(outcome.act_id, answer)
    else:
        sql.add_act(outcome.act_id, shop.pk, actor, _name(trigger), now, answer)


def _backwards(case: LockedCase, row: Mapping[str, object]) -> Step:
    """The step that leads back: the same move, so that its effects are known, ending where the case came from."""
    flow = workflow(case.workflow_id)
    index = row["move"]
    assert isinstance(index, int)
    return Step(case, Decision(flow.moves[index], flow.status(str(row["from"]))))


def _former(row: Mapping[str, object], case: LockedCase) -> sql.StatusRow:
    status = workflow(case.workflow_id).status(str(row["from"]))
    moments = {name: _moment(row[name]) for name in ("since", "due", "timer", "closed")}
    since = moments["since"]
    assert since is not None
    return sql.StatusRow(case.id, status.code, status.phase, since, moments["due"], moments["timer"], moments["closed"])


def _name(trigger: Trigger) -> str:
    match trigger:
        case ByHand():
            return "hand"
        case Event(name=name):
            return name
        case Timer():
            return "timer"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
