"""What a person most likely does next with a case: the one act that its page offers first.

It follows from the workflow alone: moves stand in it likeliest first, its statuses say in which circumstances cases
come there, and its guards say what is still wanting. So a new status, or a shop's own workflow, needs no rule here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from tartib.flow.decide import Option
from tartib.flow.facts import Decision
from tartib.flow.workflow import Move, Status, Workflow

NUMBERED = "tracking.added"
"""The event by which a freight number alone makes a move."""
PAID = "payment.confirmed"
"""The event by which money alone makes a move."""

Act = Literal["move", "money", "wait"]
_OFF_COURSE = frozenset({"problem", "ended"})
STILL_HERE = frozenset({"waiting", "working", "problem"})
"""The phases in which nothing has left the shop yet."""
NO_NUMBER = "no-tracking-number"
"""The reason of a move that wants nothing but a freight number."""
_WANTS_MONEY, _WANTS_TIME = "not-paid", "on-hold-until"


@dataclass(frozen=True, slots=True)
class Likely:
    """The next act: a `move`, recording `money` that comes in by hand, or to `wait`: for a gateway, for time."""

    act: Act
    move: Move | None = None


def likeliest(workflow: Workflow, status: str, options: Sequence[Option], held: Collection[str]) -> Likely:
    """The likeliest act for a case in `status` whose moves by hand are `options`, in the circumstances `held`.

    The first move in file order that leads onwards, to where cases in these circumstances come, decides. One that
    wants only a freight number is made, since the number is asked with it; one that wants money waits for it. A move
    that demands a note is out of the ordinary: it is likely only where no other leads on and no money is awaited.
    """
    here = workflow.status(status)
    if here.closed:
        return Likely("wait")
    onwards = [one for one in options if _leads_on(here, workflow.status(one.move.target), held)]
    by_gateway = "prepaid" in held and "transfer" not in held
    for option in onwards:
        if option.move.note_required and here.phase not in _OFF_COURSE:
            continue
        wanting = "" if isinstance(option.answer, Decision) else option.answer.code
        if wanting in ("", NO_NUMBER):
            return Likely("move", option.move)
        if wanting == _WANTS_TIME:
            return Likely("wait")
        if wanting == _WANTS_MONEY and not by_gateway:
            return Likely("money")
    if "unpaid" in held and "on-receipt" not in held and any(m.event == PAID for m in workflow.moves_from(status)):
        return Likely("wait" if by_gateway else "money")
    ready = (one.move for one in onwards if isinstance(one.answer, Decision))
    move = next(ready, None)
    return Likely("move", move) if move else Likely("wait")


def asks_number(workflow: Workflow, move: Move) -> bool:
    """Whether a move hands a parcel over, so that its freight number is asked with it."""
    by_number = (one for one in workflow.moves_from(move.source) if one.event == NUMBERED)
    return needs_number(move) or any(one.target == move.target for one in by_number)


def needs_number(move: Move) -> bool:
    """Whether a move cannot be made without a freight number."""
    return "tracked" in move.guards


def _leads_on(here: Status, there: Status, held: Collection[str]) -> bool:
    """Whether a move leads nearer to the end, in these circumstances; out of trouble, anywhere but to another."""
    if there.phase in _OFF_COURSE or not there.meets(held):
        return False
    return here.phase in _OFF_COURSE or there.progress > here.progress
