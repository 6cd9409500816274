"""Where the rooms above meet: what they register with the engine, and the values that pass between.

`orders` states what is due, `payments` what came in, a guard of the workflow compares the two, and neither knows the
other: both register here. Each app registers its plugs once, when it is ready (`AppConfig.ready`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise

from tartib.flow.facts import Decision, Refusal
from tartib.journal.operations import Actor
from tartib.shops.models import Membership, Shop

if TYPE_CHECKING:
    from tartib.cases.models import Case


@dataclass(frozen=True, slots=True)
class Standing:
    """A locked case, as much of it as the engine and its plugs need."""

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

    case: Standing
    decision: Decision


@dataclass(frozen=True, slots=True)
class Telling:
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


AS_USUAL = Telling()


@dataclass(frozen=True, slots=True)
class Context:
    """What a plug needs to know of the act it takes part in. It adds what it did to `tally` (see `Outcome`)."""

    shop: Shop
    actor: Actor
    now: datetime
    act_id: UUID
    note: str = ""
    undoes: UUID | None = None
    telling: Telling = AS_USUAL
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


class Sayer(Protocol):
    """Writes words to be sent in the same transaction: the shop's to the customer of a case, or theirs to the shop."""

    def __call__(self, case_id: int, words: str, context: Context, *, to_shop: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Effect:
    """A named consequence of a move. Only an effect with `refuses` may refuse a case; those run before all others."""

    apply: Handler
    reverse: Handler
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Pieces of one line of a case that the customer gives back: to the shelf again, or (broken, kept) not."""

    line_id: int
    quantity: int
    shelved: bool


class Taker(Protocol):
    """Takes back pieces of one case, each once whatever else returns the stock of that case later."""

    def __call__(self, case_id: int, pieces: Sequence[Piece], context: Context) -> None: ...


@dataclass(frozen=True, slots=True)
class WordSource:
    """Words a message may use: each name with its description for the shop, and a reader for many cases at once."""

    names: Mapping[str, str | Promise]
    read: Callable[[Sequence[int], str], Mapping[int, Mapping[str, str]]]


fact_sources: list[FactSource] = []
effects: dict[str, Effect] = {}
tellers: list[Teller] = []
followers: list[Follower] = []
untellers: list[Untelling] = []
told_of: list[Callable[[Sequence[UUID]], Collection[tuple[UUID, int]]]] = []
"""Of which of these acts which cases' customers have been told already, so that they cannot be undone for them."""
sayers: list[Sayer] = []
word_sources: list[WordSource] = []
takers: list[Taker] = []
finders: dict[str, Callable[[Sequence[Case]], Mapping[int, str]]] = {}
"""What cases of a kind are found by besides their tracking code, many at once; their customers are loaded."""
letter_ids: list[Callable[[Sequence[int]], Mapping[int, Sequence[str]]]] = []
"""The ids of the e-mails that people wrote to cases, oldest first: what is answered by e-mail goes below them."""
assigners: list[Callable[[Sequence[int], Membership, Actor, datetime], None]] = []
"""Rooms above are told here which cases, locked, are about to have somebody else responsible for them."""
circumstances: dict[str, Callable[[Sequence[int]], Mapping[int, frozenset[str]]]] = {}
"""What the words and steps of a workflow may depend on (`flow.workflow.CIRCUMSTANCES`), for cases of a kind."""
openers: list[Callable[[Sequence[int], Context], None]] = []
deleters: list[Callable[[Sequence[int], Context], None]] = []
after_edit: list[Callable[[Case, Actor, datetime], None]] = []
"""Rooms above are told here, in the same transaction, that what a held case is for, or what it costs, was edited."""
events: set[str] = set()
types: dict[str, Callable[[Shop], Q]] = {}
"""What the filter `type` of a list can be, and the condition it then puts on the cases of a shop."""


def circumstances_of(cases: Sequence[Case]) -> dict[int, frozenset[str]]:
    """The circumstances of cases, with a fixed number of queries; of a kind without any, none."""
    found: dict[int, frozenset[str]] = {}
    for kind, read in circumstances.items():
        if of_kind := [case.pk for case in cases if case.kind == kind]:
            found |= read(of_kind)
    return found


def facts(case_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """All registered facts of the cases; the later source wins where two name the same fact."""
    gathered: dict[int, dict[str, object]] = {case_id: {} for case_id in case_ids}
    for source in fact_sources:
        for case_id, values in source(case_ids).items():
            gathered[case_id].update(values)
    return gathered
