"""Findings on a workflow before it is published: what can be read, but would let cases or customers down."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Literal

from tartib.flow.facts import findings, phrase
from tartib.flow.guards import GUARDS
from tartib.flow.workflow import Move, Workflow

MOST_STATUSES = 15
CANCELLING = "customer.cancel"
"""The event by which customers cancel an order themselves."""
_OFF_THE_MAIN_PATH = frozenset({"ended", "problem"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: an error stops publishing, a warning does not. `place` is as in `Problem`."""

    level: Literal["error", "warning"]
    code: str
    place: str
    params: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """What is the matter and what to do about it."""
        return phrase(findings()[self.code], self.params, language)

    @property
    def text(self) -> str:
        """The finding in English."""
        return self.say("en")


def check(
    workflow: Workflow,
    known_kinds: Collection[str],
    known_events: Collection[str],
    known_guards: Collection[str],
    known_effects: Collection[str],
) -> tuple[Finding, ...]:
    """Everything to mend in the workflow, errors first; empty for a workflow that may go live without a word."""
    found = (
        *_of_no_kind(workflow, known_kinds),
        *_unreachable(workflow),
        *_dead_ends(workflow),
        *_untold(workflow),
        *_conflicts(workflow),
        *_endless_timers(workflow),
        *_unregistered(workflow, known_events, known_guards, known_effects),
        *_too_many(workflow),
        *_backwards(workflow),
        *_asked_instead(workflow),
    )
    return tuple(sorted(found, key=lambda finding: finding.level))


def _of_no_kind(workflow: Workflow, kinds: Collection[str]) -> Iterator[Finding]:
    if workflow.kind not in kinds:
        yield Finding("error", "kind-unknown", "kind", {"name": workflow.kind, "known": ", ".join(sorted(kinds))})


def _unreachable(workflow: Workflow) -> Iterator[Finding]:
    reached = _reach(workflow.start, [(move.source, move.target) for move in workflow.moves])
    for code, status in workflow.statuses.items():
        if code not in reached:
            yield Finding("error", "unreachable", f"status.{code}", {"status": status.name})


def _dead_ends(workflow: Workflow) -> Iterator[Finding]:
    back = [(move.target, move.source) for move in workflow.moves]
    ending: set[str] = set()
    for code, status in workflow.statuses.items():
        if status.closed:
            ending |= _reach(code, back)
    for code, status in workflow.statuses.items():
        if status.closed:
            continue
        if not workflow.moves_from(code):
            yield Finding("error", "dead-end", f"status.{code}", {"status": status.name})
        elif code not in ending:
            yield Finding("error", "never-closes", f"status.{code}", {"status": status.name})


def _untold(workflow: Workflow) -> Iterator[Finding]:
    for code, status in workflow.statuses.items():
        if status.shown and not status.customer:
            yield Finding("error", "untold", f"status.{code}.customer", {"status": status.name})


def _conflicts(workflow: Workflow) -> Iterator[Finding]:
    for code, status in workflow.statuses.items():
        automatic = [move for move in workflow.moves_from(code) if move.by != "hand"]
        for first, second in combinations(automatic, 2):
            if (first.by, first.event) != (second.by, second.event) or _exclude(first, second):
                continue
            params: dict[str, object] = {
                "status": status.name,
                "first": workflow.status(first.target).name,
                "second": workflow.status(second.target).name,
            }
            if first.by == "event":
                yield Finding("error", "events-conflict", f"status.{code}", params | {"event": first.event})
            else:
                yield Finding("error", "timers-conflict", f"status.{code}", params)


def _exclude(first: Move, second: Move) -> bool:
    """Whether a guard of one can never hold together with a guard of the other."""
    return any(other in GUARDS[name].excludes for name in first.guards if name in GUARDS for other in second.guards)


def _endless_timers(workflow: Workflow) -> Iterator[Finding]:
    timers = [(move.source, move.target) for move in workflow.moves if move.by == "timer"]
    for code, status in workflow.statuses.items():
        if any(code in _reach(target, timers) for source, target in timers if source == code):
            yield Finding("error", "endless-timers", f"status.{code}", {"status": status.name})


def _unregistered(
    workflow: Workflow, events: Collection[str], guards: Collection[str], effects: Collection[str]
) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for move in workflow.moves:
        for code, names, known in (
            ("event-unregistered", (move.event,) if move.event else (), events),
            ("guard-unregistered", move.guards, guards),
            ("effect-unregistered", move.effects, effects),
        ):
            for name in names:
                if name not in known and (code, name) not in told:
                    told.add((code, name))
                    yield Finding("error", code, f"move {move.source} -> {move.target}", {"name": name})


def _too_many(workflow: Workflow) -> Iterator[Finding]:
    count = len(workflow.statuses)
    if count > MOST_STATUSES:
        yield Finding("warning", "too-many", "status", {"count": count, "most": MOST_STATUSES})


def _backwards(workflow: Workflow) -> Iterator[Finding]:
    path = main_path(workflow)
    for before, after in pairwise(path):
        earlier, further = workflow.status(before), workflow.status(after)
        if further.progress < earlier.progress:
            params = {
                "before": earlier.name,
                "after": further.name,
                "from": earlier.progress,
                "to": further.progress,
            }
            yield Finding("warning", "backwards", f"status.{after}.progress", params)


def _asked_instead(workflow: Workflow) -> Iterator[Finding]:
    """Customers cancel by themselves only where that ends the case; anything else they ask for."""
    for move in workflow.moves:
        if move.event == CANCELLING and move.target in workflow.statuses:
            target = workflow.status(move.target)
            if target.phase != "ended":
                place = f"move {move.source} -> {move.target}"
                yield Finding("warning", "cancel-is-asked", place, {"status": target.name})


def main_path(workflow: Workflow) -> tuple[str, ...]:
    """The codes a case passes when all goes well: from the start, always to the next status in the file's order."""
    order = {code: number for number, code in enumerate(workflow.statuses)}
    path = [workflow.start]
    while not workflow.status(path[-1]).closed:
        ahead = [
            move.target
            for move in workflow.moves_from(path[-1])
            if order[move.target] > order[path[-1]] and workflow.status(move.target).phase not in _OFF_THE_MAIN_PATH
        ]
        if not ahead:
            break
        path.append(min(ahead, key=order.__getitem__))
    return tuple(path)


def _reach(start: str, steps: Collection[tuple[str, str]]) -> set[str]:
    """All codes that can be reached from the start, itself included."""
    reached, edge = {start}, [start]
    while edge:
        code = edge.pop()
        fresh = {target for source, target in steps if source == code} - reached
        reached |= fresh
        edge.extend(fresh)
    return reached
