"""Where the rooms above meet: what they add to the engine, and the values that pass between.

`orders` states what is due, `payments` what came in, a guard of the workflow compares the two, and neither knows the
other: `project.wiring` connects both here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.utils.functional import Promise

from tartib.flow.facts import Decision, Refusal
from tartib.journal.operations import Actor
from tartib.shops.models import Shop

if TYPE_CHECKING:
    from tartib.cases.models import Case


@dataclass(frozen=True, slots=True)
class LockedCase:
    """A locked case, as much of it as the engine and its hooks need."""

    id: int
    branch_id: int
    workflow_id: int
    code: str
    status: str
    since: datetime
    placed_at: datetime
    due_at: datetime | None
    timer_at: datetime | None
    closed_at: datetime | None
    customer_id: int | None
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class Step:
    """One case about to move, and the decision it moves by."""

    case: LockedCase
    decision: Decision


@dataclass(frozen=True, slots=True)
class NotifyOptions:
    """How a person wants the customers told of a move.

    `channels` None means those the workflow names for the move, empty means nobody. `language` None means each
    customer's own. `note_shown` shows the move's note to the customer, on their page and in the message. Where cases
    open, `to_shop` tells the shop's own people too. `confirms`: this is the first that customers hear of their cases,
    though these have moved on from where they were opened.
    """

    channels: frozenset[str] | None = None
    language: str | None = None
    note_shown: bool = False
    keep_copy: bool = True
    to_shop: bool = True
    confirms: bool = False


AS_USUAL = NotifyOptions()
TOLD, WROTE = "note", "words"
"""The events of a step by which a case stays where it is: customers are told something, or a person writes to them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a plug needs to know of the act it takes part in. It adds what it did to `tally` (see `Outcome`)."""

    shop: Shop
    actor: Actor
    now: datetime
    act_id: UUID
    note: str = ""
    undoes: UUID | None = None
    notify_options: NotifyOptions = AS_USUAL
    tally: Counter[str] = field(default_factory=Counter)

    @property
    def hold_until(self) -> datetime:
        """Until when messages of this act are held back, so that staff can still take it back."""
        return self.now + timedelta(seconds=self.shop.hold_back_seconds)


class FactSource(Protocol):
    """Reads the facts that guards ask for, of all cases at once, with a fixed number of queries."""

    def __call__(self, case_ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]: ...


class Handler(Protocol):
    """Does (or takes back) one effect for all steps at once; returns the cases it refuses, each with its reason."""

    def __call__(self, steps: Sequence[Step], context: Context) -> Mapping[int, Refusal]: ...


class Teller(Protocol):
    """Writes what is to be told about the steps, in the same transaction; sends nothing itself."""

    def __call__(self, steps: Sequence[Step], context: Context) -> None: ...


class Follower(Protocol):
    """Brings what it keeps in line with where cases stand now: after moves, and after moves that were taken back."""

    def __call__(self, steps: Sequence[Step], context: Context) -> None: ...


class Untelling(Protocol):
    """Takes back what the act `context.undoes` was about to tell; returns the cases where it has been told already."""

    def __call__(self, case_ids: Sequence[int], context: Context) -> Mapping[int, Refusal]: ...


@dataclass(frozen=True, slots=True)
class Effect:
    """A named consequence of a move. Only an effect with `refuses` may refuse a case; those run before all others."""

    apply: Handler
    reverse: Handler
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class TemplateVariables:
    """Words a message may use: each name with its description for the shop, and a reader for many cases at once."""

    names: Mapping[str, str | Promise]
    read: Callable[[Sequence[int], str], Mapping[int, Mapping[str, str]]]


class AfterEdit(Protocol):
    """Hears, in the same transaction, that what a held case is for, or what it costs, was edited."""

    def __call__(self, case: Case, actor: Actor, now: datetime, /) -> None: ...


class OfCases(Protocol):
    """Does something for many cases at once, in the same transaction."""

    def __call__(self, case_ids: Sequence[int], context: Context, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What the rooms above add to the engine, each in the order in which it is called. `project.wiring` says which.

    `events` are those that rooms raise: a workflow that waits for another would wait for ever.
    """

    facts: Sequence[FactSource] = ()
    effects: Mapping[str, Effect] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    after_open: Sequence[OfCases] = ()
    after_move_or_undo: Sequence[Follower] = ()
    after_move: Sequence[Teller] = ()
    before_undo: Sequence[Untelling] = ()
    already_told: Sequence[Callable[[Sequence[UUID]], Collection[tuple[UUID, int]]]] = ()
    """Of which of these acts which cases' customers have been told already, so that they cannot be undone for them."""
    after_edit: Sequence[AfterEdit] = ()
    before_delete: Sequence[OfCases] = ()
    template_variables: Sequence[TemplateVariables] = ()


connected = Hooks()


def facts(case_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """All facts of the cases; the later source wins where two name the same fact."""
    gathered: dict[int, dict[str, object]] = {case_id: {} for case_id in case_ids}
    for source in connected.facts:
        for case_id, values in source(case_ids).items():
            gathered[case_id].update(values)
    return gathered
