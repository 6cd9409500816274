"""The one question of the ground floor: may this case move now, and where to?

`decide` is total: whatever the data, it answers with a `Decision` or with a `Refusal` that says why not.
"""

from dataclasses import dataclass
from datetime import datetime

from tartib.flow.facts import ByHand, Decision, Event, Facts, Refusal, Timer, Trigger, role_names
from tartib.flow.guards import GUARDS
from tartib.flow.words import Words
from tartib.flow.workflow import ROLES, Move, Workflow, later

_EVERY_MOVE = frozenset({"manager", "owner"})


@dataclass(frozen=True, slots=True)
class Option:
    """A move a person can ask for from here, and what the answer would be (a required note is not yet counted)."""

    move: Move
    answer: Decision | Refusal


def decide(workflow: Workflow, facts: Facts, trigger: Trigger, now: datetime) -> Decision | Refusal:
    """The move that the trigger makes from where the case stands, or why there is none."""
    if facts.status not in workflow.statuses:
        return Refusal("status-unknown", {"status": facts.status})
    match trigger:
        case ByHand():
            return _by_hand(workflow, facts, trigger, now)
        case Event():
            return _on_event(workflow, facts, trigger, now)
        case Timer():
            return _on_time(workflow, facts, now)


def options(workflow: Workflow, facts: Facts, role: str, now: datetime) -> tuple[Option, ...]:
    """Every move by hand from where the case stands, likeliest first (file order), each with its answer."""
    moves = [move for move in workflow.moves_from(facts.status) if move.by == "hand"]
    return tuple(Option(move, _permit(workflow, move, facts, role, now)) for move in moves)


def _by_hand(workflow: Workflow, facts: Facts, wish: ByHand, now: datetime) -> Decision | Refusal:
    if wish.target not in workflow.statuses:
        return Refusal("target-unknown", {"target": wish.target})
    status, target = workflow.status(facts.status), workflow.status(wish.target)
    if wish.target == facts.status:
        return Refusal("already-there", {"status": status.name})
    by_hand = [move for move in workflow.moves_from(facts.status) if move.by == "hand"]
    move = next((move for move in by_hand if move.target == wish.target), None)
    if move is None:
        places: dict[str, object] = {"status": status.name, "target": target.name}
        if not by_hand:
            return Refusal("closed" if status.closed else "not-by-hand", places)
        return Refusal("no-such-move", places | {"targets": tuple(workflow.status(m.target).name for m in by_hand)})
    answer = _permit(workflow, move, facts, wish.role, now)
    if isinstance(answer, Decision) and move.note_required and not wish.note.strip():
        return Refusal("note-required", {"move": move.label})
    return answer


def _on_event(workflow: Workflow, facts: Facts, event: Event, now: datetime) -> Decision | Refusal:
    moves = [move for move in workflow.moves_from(facts.status) if move.by == "event" and move.event == event.name]
    if not moves:
        return Refusal("event-not-awaited", {"event": event.name, "status": workflow.status(facts.status).name})
    return _first(workflow, moves, facts, now)


def _on_time(workflow: Workflow, facts: Facts, now: datetime) -> Decision | Refusal:
    stood = now - facts.since
    timers = sorted((move.after, number) for number, move in enumerate(workflow.moves_from(facts.status)) if move.after)
    if not timers:
        return Refusal("no-timer", {"status": workflow.status(facts.status).name})
    due = [workflow.moves_from(facts.status)[number] for after, number in timers if after <= stood]
    if not due:
        return Refusal(
            "too-early", {"status": workflow.status(facts.status).name, "until": later(facts.since, timers[0][0])}
        )
    return _first(workflow, due, facts, now)


def _first(workflow: Workflow, moves: list[Move], facts: Facts, now: datetime) -> Decision | Refusal:
    """The first of the moves whose guards agree, else why the first one may not be made."""
    answers = [_guarded(workflow, move, facts, now) for move in moves]
    return next((answer for answer in answers if isinstance(answer, Decision)), answers[0])


def _permit(workflow: Workflow, move: Move, facts: Facts, role: str, now: datetime) -> Decision | Refusal:
    if role not in ROLES:
        return Refusal("not-staff", {"move": move.label})
    if move.roles and role not in move.roles and role not in _EVERY_MOVE:
        allowed: tuple[Words, ...] = tuple(role_names()[name] for name in move.roles)
        return Refusal("not-your-role", {"move": move.label, "roles": allowed})
    return _guarded(workflow, move, facts, now)


def _guarded(workflow: Workflow, move: Move, facts: Facts, now: datetime) -> Decision | Refusal:
    for name in move.guards:
        guard = GUARDS.get(name)
        if guard is None:
            return Refusal("guard-unknown", {"guard": name})
        if refusal := guard.test(facts, now):
            return refusal
    return Decision(move, workflow.status(move.target))
