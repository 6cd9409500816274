"""The lifecycle of a case as plain data: statuses, the moves between them, and nothing else.

A `Workflow` says what may follow what. It knows no orders, no database and no clock: guards and effects are names here,
and what they mean is registered elsewhere (guards in `guards.py`, effects with the engine).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from tartib.flow.words import Words

PHASES = ("waiting", "working", "moving", "ready", "done", "ended", "problem")
CLOSED_PHASES = frozenset({"done", "ended"})
PHASE_COLOURS = {
    "waiting": "amber",
    "working": "blue",
    "moving": "indigo",
    "ready": "teal",
    "done": "green",
    "ended": "grey",
    "problem": "red",
}
COLOURS = (*PHASE_COLOURS.values(), "azure", "cyan", "lime", "orange", "pink", "purple", "yellow")
CHANNELS = ("email", "sms", "push")
ROLES = ("expert", "technician", "manager", "owner")
CIRCUMSTANCES = {
    "prepaid": "payment",
    "on-receipt": "payment",
    "transfer": "transfer",
    "unpaid": "money",
    "paid": "money",
    "home": "delivery",
    "branch": "delivery",
    "pickup": "delivery",
    "carrier": "carriage",
    "courier": "carriage",
}
"""What words for customers and the steps of a case may depend on, each with the question it answers.

Of the answers to one question at most one holds; where none does, it is not known. `transfer` is a way of paying in
advance; `unpaid` is a case of which nothing has been paid, `paid` one of which all has been. `home` says where goods
go, `carrier` and `courier` who brings them: somebody else or the shop's own.
"""
LASTING = ("prepaid", "on-receipt", "home", "branch", "pickup", "carrier", "courier")
"""Those of them that are settled when the case begins."""

By = Literal["hand", "event", "timer"]


@dataclass(frozen=True, slots=True)
class Variant:
    """What a status says instead to the customers of cases in which all of these circumstances hold."""

    when: tuple[str, ...]
    customer: Words


@dataclass(frozen=True, slots=True)
class Status:
    """Where a case can stand.

    `phase` is the fixed meaning that survives renaming; `progress` is 0-100; `within` is the time a case may spend here
    before it counts as late. `name` and `customer` are for everybody, `meaning` and `action` for staff. `variants` say
    more fittingly what `customer` says, the first that fits is used. `only_for` names the circumstances in which cases
    come here; empty means all cases may.
    """

    code: str
    phase: str
    progress: int
    colour: str
    icon: str
    shown: bool
    within: timedelta | None
    name: Words
    customer: Words
    meaning: Words
    action: Words
    variants: tuple[Variant, ...] = ()
    only_for: tuple[str, ...] = ()

    def told(self, circumstances: Collection[str] = ()) -> Words:
        """What the customer of a case in these circumstances is told."""
        held = set(circumstances)
        return next((one.customer for one in self.variants if held.issuperset(one.when)), self.customer)

    def meets(self, circumstances: Collection[str]) -> bool:
        """Whether a case in these circumstances comes here; what is not known of it shuts nothing out."""
        known = {CIRCUMSTANCES[name]: name for name in circumstances}
        asked = {CIRCUMSTANCES[name] for name in self.only_for}
        return all(known[question] in self.only_for for question in asked & known.keys())

    @property
    def closed(self) -> bool:
        """Whether nothing more is expected to happen to a case that stands here."""
        return self.phase in CLOSED_PHASES


@dataclass(frozen=True, slots=True)
class Move:
    """A permitted change from one status to another: by hand, on an event, or after a time in the source status.

    Empty `roles` means any staff; managers and owners may do every hand move. `label` is the act ("Mark packed").
    """

    source: str
    target: str
    by: By
    label: Words
    event: str | None = None
    after: timedelta | None = None
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    note_required: bool = False
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a workflow's definition: where, and what."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class WorkflowError(ValueError):
    """A definition that cannot be a workflow. `problems` holds everything that is wrong with it, in reading order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Workflow:
    """Statuses by code in the order they are told, and the moves in the order they are offered."""

    code: str
    kind: str
    version: int
    name: Words
    start: str
    statuses: Mapping[str, Status]
    moves: tuple[Move, ...]
    _from: Mapping[str, tuple[Move, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Ten thousand cases are decided in one act: looking up a status's moves must not scan them all each time.
        leaving = {code: tuple(m for m in self.moves if m.source == code) for code in self.statuses}
        object.__setattr__(self, "_from", leaving)

    def __hash__(self) -> int:
        return hash((self.kind, self.code, self.version))

    def status(self, code: str) -> Status:
        """The status of that code; KeyError when the workflow has none."""
        return self.statuses[code]

    def moves_from(self, code: str) -> tuple[Move, ...]:
        """All moves that leave that status, in file order; empty for an unknown one."""
        return self._from.get(code, ())


def next_timer(workflow: Workflow, status: str, since: datetime) -> datetime | None:
    """When the earliest timer of that status is due for a case that stands there since `since`; None without timers."""
    waits = [move.after for move in workflow.moves_from(status) if move.by == "timer" and move.after is not None]
    return later(since, min(waits)) if waits else None


def later(moment: datetime, wait: timedelta) -> datetime:
    """The moment after that wait; the last moment there is, where the calendar ends before it."""
    try:
        return moment + wait
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
