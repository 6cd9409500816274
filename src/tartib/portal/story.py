"""An order's way so far and from here, as its customer may know it.

Only entries marked as shown are read, and of them only what is named here: who of the staff did something, internal
notes and how a move came about are never part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from tartib.billing.receipt import PaperKind
from tartib.cases.models import Case
from tartib.customers.points_balance import PointsKind
from tartib.feedback.models import stars
from tartib.flow.workflow import Move, Status, Workflow
from tartib.journal.models import Entry, Kind
from tartib.l10n import digits, money, names
from tartib.orders.models import Choice, Order
from tartib.orders.requests import CustomerRequest
from tartib.portal import requested
from tartib.portal.requested import Milestone

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
    tag: str,
    *,
    now: datetime,
    request: CustomerRequest | None = None,
) -> Story:
    """The story of a case from its shown entries, oldest first, for a reader of the language (or tag).

    `request` is what its customer has asked to cancel or to return, where that says where the order stands.
    """
    flow, language = case.flow, names.language(tag)
    visits = _visits(flow, entries)
    # A status the shop keeps to itself is passed over: the customer still sees the one before.
    last = visits[-1] if visits else _Visit(flow.status(flow.start), case.placed_at)
    held = order.circumstances if order is not None else frozenset[str]()
    steps = requested.steps(request) if request is not None else []
    way = [] if steps else _way(flow, last.status, order, held)
    sentence, more = _parted(last.status.told(held).say(language) or last.status.name.say(language))
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
        tuple(reversed(list(_events(case, flow, entries, tag)))),
    )


def _visits(flow: Workflow, entries: Iterable[Entry]) -> list[_Visit]:
    """Where the case stood and since when, without what was taken back."""
    visits: list[_Visit] = []
    for entry in entries:
        if entry.kind == Kind.UNDONE:
            if visits and visits[-1].status.code == entry.data.get("from"):
                visits.pop()
            continue
        code = entry.data.get("to") if entry.kind == Kind.MOVED else entry.data.get("status")
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


def _events(case: Case, flow: Workflow, entries: Sequence[Entry], tag: str) -> Iterable[Event]:
    replaced = {entry.data.get("corrects") for entry in entries if entry.kind == Kind.NOTE}
    for entry in entries:
        if entry.seq in replaced:
            continue
        event = _event(case, flow, entry, tag)
        if event is not None:
            yield event


def _event(case: Case, flow: Workflow, entry: Entry, tag: str) -> Event | None:
    data, language = entry.data, names.language(tag)
    match entry.kind:
        case Kind.CREATED | Kind.IMPORTED:
            return Event(entry.at, "receipt", _("Order placed"))
        case Kind.MOVED | Kind.UNDONE:
            status = flow.statuses.get(str(data.get("to")))
            if status is None or not status.shown:
                return None
            said = str(data.get("note", "")) if data.get("note_shown") is True else ""
            return Event(entry.at, status.icon, status.name.say(language), said)
        case Kind.NOTE if data.get("choice") in Choice.values:
            chosen = _("You chose: %(choice)s") % {"choice": Choice(str(data["choice"])).label}
            return Event(entry.at, "message", chosen, str(data.get("text", "")))
        case Kind.NOTE if data.get("request"):
            icon, title, text = requested.event(data, language)
            return Event(entry.at, icon, title, text) if title else None
        case Kind.NOTE:
            title = _("You wrote") if data.get("by") == "customer" else case.shop.name
            photos = data.get("photos")
            shown = tuple(str(one) for one in photos) if isinstance(photos, list) else ()
            return Event(entry.at, "photo" if shown else "message", title, str(data.get("text", "")), shown)
        case Kind.PAYMENT:
            return _payment(entry, tag)
        case Kind.POINTS:
            return _points(entry, tag)
        case Kind.FEEDBACK:
            return Event(entry.at, "star", stars(int(data["rating"])), str(data.get("text", "")))
        case Kind.TRACKING:
            number = str(data.get("number") or _changed_to(data, "tracking_number"))
            return Event(entry.at, "package", _("Parcel number"), number) if number else None
        case Kind.PAPER:
            kind = str(data.get("kind", ""))
            title = str(PaperKind(kind).label) if kind in PaperKind.values else kind
            return Event(entry.at, "file-invoice", title, str(data.get("number", "")))
    return None


def _points(entry: Entry, tag: str) -> Event | None:
    kind, moved = str(entry.data.get("act", "")), entry.data.get("points") or entry.data.get("waiting")
    if kind not in PointsKind.values or not isinstance(moved, int):
        return None
    return Event(
        entry.at, "coins", _("Points"), f"{PointsKind(kind).label}{names.colon(tag)}{digits.signed(moved, tag)}"
    )


def _payment(entry: Entry, tag: str) -> Event | None:
    data = entry.data
    try:
        amount = money.show(Decimal(str(data["amount"])), str(data["currency"]), tag)
    except (KeyError, InvalidOperation):
        return None
    title = _("Payment received") if data.get("direction") == "in" else _("Money returned")
    return Event(entry.at, "cash", title, amount)


def _changed_to(data: dict[str, object], name: str) -> str:
    changes = data.get("changes")
    values = changes.get(name) if isinstance(changes, dict) else None
    return str(values[1]) if isinstance(values, list) and len(values) == 2 else ""
