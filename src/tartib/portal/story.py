"""An order's way so far and from here, as its customer may know it.

Only entries marked as shown are read, and of them only what their rooms tell customers (`journal.kinds`): who of the
staff did something, internal notes and how a move came about are never part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tartib.cases.models import Case
from tartib.cases.timeline import MOVED, UNDONE, context, replaced
from tartib.flow.workflow import Move, Status, Workflow
from tartib.journal import kinds
from tartib.journal.models import Entry
from tartib.orders.models import Order
from tartib.orders.requests import CustomerRequest
from tartib.orders.telling import taken
from tartib.payments.queries import WithBanks
from tartib.portal import requested
from tartib.portal.requested import Milestone
from tartib.web.audience import Reading
from tartib.web.templatetags.tartib import said

_ASIDE = frozenset({"problem", "ended"})
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history: what happened, with a text and the names of pictures where there are some."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """What the page tells."""

    status: Status
    since: datetime
    sentence: str
    more: str
    milestones: tuple[Milestone, ...]
    following: Status | None
    due: datetime | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class _Visit:
    status: Status
    at: datetime


def tell(
    case: Case,
    order: Order | None,
    entries: Sequence[Entry],
    reader: Reading,
    *,
    request: CustomerRequest | None = None,
    banks: WithBanks = WithBanks(),
) -> Story:
    """The story of a case from its shown entries, oldest first, for its reader.

    `request` is what its customer has asked to cancel or to return, where that says where the order stands; `banks` is
    what of its money banks have taken, which says so instead of a status that tells of what was paid.
    """
    flow, language, now = case.flow, reader.language, reader.now
    visits = _visits(flow, entries)
    # A status the shop keeps to itself is passed over: the customer still sees the one before.
    last = visits[-1] if visits else _Visit(flow.status(flow.start), case.placed_at)
    held = order.circumstances if order is not None else frozenset[str]()
    steps = requested.steps(request) if request is not None else []
    bank = taken(case, banks, reader.tag)
    way = [] if steps or bank else _way(flow, last.status, order, held)
    sentence, more = _parted(bank or last.status.told(held).say(language) or last.status.name.say(language))
    if request is not None:
        sentence, more = requested.headline(request, case.shop, language, now)
    known = case.due_at if case.due_at and case.due_at > now and last.status.code == case.status else None
    return Story(
        last.status,
        last.at,
        sentence,
        more,
        (
            *(_milestone(one.status, one.at, language) for one in _passed(visits, last)),
            _milestone(last.status, last.at, language, now=not steps),
            *steps,
            *(_milestone(one, None, language) for one in way),
        ),
        way[0] if way else None,
        known if way else None,
        tuple(reversed(list(_events(case, entries, reader)))),
    )


def _visits(flow: Workflow, entries: Iterable[Entry]) -> list[_Visit]:
    """Where the case stood and since when, without what was taken back."""
    visits: list[_Visit] = []
    for entry in entries:
        if entry.kind == UNDONE:
            if visits and visits[-1].status.code == entry.data.get("from"):
                visits.pop()
            continue
        code = entry.data.get("to") if entry.kind == MOVED else entry.data.get("status")
        status = flow.statuses.get(str(code))
        if status is not None and status.shown:
            visits.append(_Visit(status, entry.at))
    return visits


def _milestone(status: Status, at: datetime | None, language: str, *, now: bool = False) -> Milestone:
    return Milestone(status.name.say(language), status.icon, status.colour, at, now)


def _passed(visits: Sequence[_Visit], last: _Visit) -> list[_Visit]:
    """The statuses on the way that were passed, each with its newest date; not those the order has gone back behind."""
    newest = {visit.status.code: visit for visit in visits if visit.status.phase not in _ASIDE}
    newest.pop(last.status.code, None)
    aside = last.status.phase in _ASIDE
    kept = [visit for visit in newest.values() if aside or visit.status.progress < last.status.progress]
    return sorted(kept, key=lambda visit: visit.status.progress)


def _way(flow: Workflow, status: Status, order: Order | None, held: frozenset[str]) -> list[Status]:
    """The statuses to come, if all goes as it should: always the smallest step ahead that this order can make.

    Those the workflow keeps for other circumstances than the order's are left out.
    """
    way: list[Status] = []
    while True:
        ahead = [flow.status(move.target) for move in flow.moves_from(status.code) if _open(move, order)]
        ahead = [one for one in ahead if one.progress > status.progress and one.phase not in _ASIDE]
        ahead = [one for one in ahead if one.meets(held)]
        if not ahead or status.closed:
            return [one for one in way if one.shown]
        status = min(ahead, key=lambda one: one.progress)
        way.append(status)


def _open(move: Move, order: Order | None) -> bool:
    """Whether an order paid this way can make this move at all."""
    if order is not None and order.pays_on_receipt:
        return not {"paid", "prepaid"} & set(move.guards)
    return "pays-on-receipt" not in move.guards


def _parted(text: str) -> tuple[str, str]:
    """The first sentence, and the rest."""
    parts = _SENTENCE.split(text.strip(), maxsplit=1)
    return parts[0], parts[1].strip() if len(parts) > 1 else ""


def _events(case: Case, entries: Sequence[Entry], reader: Reading) -> Iterable[Event]:
    read, newer = context(case, reader), replaced(entries)
    for entry in entries:
        view = kinds.for_customer(entry, read) if entry.seq not in newer else None
        if view is not None:
            yield Event(entry.at, view.icon, view.title, said(view.text), tuple(view.photos))
