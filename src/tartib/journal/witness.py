"""What rooms above keep that timelines tell of: `verify` compares both, and anchors hold what was told.

The rooms say it in their `witness.py`; `project.wiring` lists them. All of it is asked shop by shop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from tartib.journal.kinds import DELETED, Text

Data = Mapping[str, Any]
_DIGITS = 20
"""No amount has so many before its point; what somebody wrote into the database may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """A value of a case that its timeline tells: the last entry that says it holds.

    `told` reads it of the facts of an entry, by the kind of entry, None where that says nothing of it. `stored` reads
    what stands in the tables of a shop now, for many cases in one query. Both give text of one form, so that what is
    equal is the same. `untold` is what holds where no entry says anything of it, None where nothing does.
    """

    name: str
    label: Text
    told: Mapping[str, Callable[[Data], str | None]]
    stored: Callable[[int, Sequence[int]], Mapping[int, str]]
    untold: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The rows of a ledger about one subject after the row `after`, up to and with `until`.

    `digest` is SHA-256 over them in hexadecimal, `stands` what the subject came to by all rows up to there.
    """

    subject: int
    after: int
    until: int
    digest: str
    stands: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unlike:
    """A subject whose rows of the ledger come to `told`, and that stands at `found`."""

    subject: int
    told: Mapping[str, int]
    found: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Rows that only grow and that no timeline holds, such as movements of stock: anchors hold digests of them.

    `fresh` gives what came since the last anchor (`mark` keeps how far that was), `digests` those of spans as the rows
    are now, in the order asked, `unlike` the subjects that do not stand where their rows lead. `names` says in words
    what subjects are.
    """

    code: str
    label: Text
    fresh: Callable[[int], Iterator[Span]]
    mark: Callable[[int, Sequence[Span]], None]
    digests: Callable[[int, Sequence[tuple[int, int, int]]], Sequence[str]]
    unlike: Callable[[int], Iterator[Unlike]]
    names: Callable[[int, Sequence[int]], Mapping[int, str]]


def _no_cases(_shop_id: int) -> Iterator[int]:
    return iter(())


@dataclass(frozen=True, kw_only=True)
class Witness:
    """What all rooms keep. `case_ids` gives the numbers of all cases of a shop, ascending."""

    case_ids: Callable[[int], Iterator[int]] = _no_cases
    implied: Sequence[Implied] = ()
    ledgers: Sequence[Ledger] = field(default_factory=tuple)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of entries that tell something."""
        return frozenset({DELETED, *(kind for one in self.implied for kind in one.told)})


connected = Witness()


def told_by(entries: Iterable[tuple[str, object]]) -> dict[str, str]:
    """What entries (kind, facts) of one case, in their order, tell of it in the end, by the names of `Implied`."""
    values = untold()
    for kind, facts in entries:
        values |= tells(kind, facts)
    return values


def untold() -> dict[str, str]:
    """What holds of a case before its timeline tells anything."""
    return {one.name: one.untold for one in connected.implied if one.untold is not None}


def tells(kind: str, facts: object) -> dict[str, str]:
    """What one entry tells; nothing where its facts are not of the form in which entries are written."""
    if kind not in connected.kinds or not isinstance(facts, dict):
        return {}
    said = {one.name: one.told[kind](facts) for one in connected.implied if kind in one.told}
    return {name: value for name, value in said.items() if value is not None}


def text(data: Data, name: str) -> str | None:
    """A word among the facts of an entry; None where there is none."""
    value = data.get(name)
    return value if isinstance(value, str) else None


def edited(data: Data, name: str) -> str | None:
    """The value of a field after the edit that an entry tells of; None where it tells of none."""
    changes = data.get("changes")
    pair = changes.get(name) if isinstance(changes, dict) else None
    return pair[1] if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], str) else None


def amount(value: object) -> str | None:
    """An amount in the one form in which amounts are compared; None for what is none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return f"{number:.3f}" if number.is_finite() and number.adjusted() < _DIGITS else None


def figures(stands: Mapping[str, int]) -> str:
    """What a subject of a ledger stands at, for people who look after an installation: “on_hand 3, reserved 1”."""
    return ", ".join(f"{name} {value}" for name, value in stands.items())
