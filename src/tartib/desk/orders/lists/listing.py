"""What the list of orders shows around its rows: tabs, chips, columns, the filter form, the moves one may choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tartib.cases import queries, saved
from tartib.cases.filters import Filters
from tartib.cases.models import PaymentState, Phase, SavedView
from tartib.cases.queries import MOST_COUNTED, Page, Row
from tartib.desk.cases import cells
from tartib.flow.workflow import Status, Workflow
from tartib.l10n import dates, digits, money
from tartib.l10n.typed_dates import NotADayError
from tartib.orders import ORDER
from tartib.shops import naming
from tartib.shops.models import Membership, Shop
from tartib.web import audience, days

KIND = ORDER
COLUMNS: Mapping[str, Promise] = {code: column.label for code, column in cells.COLUMNS.items()}
USUAL_COLUMNS = ("customer", "what", "status", "payment", "owner", "amount", "due")
COLUMNS_COOKIE = "tartib_columns"
DENSITY_COOKIE = "tartib_density"
BUILT_IN: Mapping[str, Promise] = {
    "all": pgettext_lazy("all orders", "All"),
    "new": pgettext_lazy("new orders", "New"),
    "in-work": gettext_lazy("In work"),
    "late": gettext_lazy("Late"),
    "requested": pgettext_lazy("customers ask to cancel or to return", "Requests"),
    "problem": gettext_lazy("Problem"),
    "mine": pgettext_lazy("my orders", "Mine"),
    "free": gettext_lazy("Nobody’s yet"),
}
SORTS: Mapping[str, Promise] = {
    "-placed": gettext_lazy("Newest first"),
    "placed": gettext_lazy("Oldest first"),
    "-updated": gettext_lazy("Changed last"),
    "due": gettext_lazy("Due soonest"),
    "-amount": gettext_lazy("Highest amount"),
    "amount": gettext_lazy("Lowest amount"),
}
TYPES: Mapping[str, Promise] = {
    "recorded": gettext_lazy("Recorded"),
    "incomplete": gettext_lazy("Incomplete"),
    "requested": gettext_lazy("Customer asks to cancel or return"),
}
_LABELS: Mapping[str, Promise] = {
    "text": gettext_lazy("Search"),
    "status": gettext_lazy("Status"),
    "phase": gettext_lazy("Stage"),
    "payment": gettext_lazy("Payment"),
    "channel": gettext_lazy("Channel"),
    "type": gettext_lazy("Type"),
    "owner": gettext_lazy("Responsible"),
    "customer": gettext_lazy("Customer"),
    "phone": gettext_lazy("Phone"),
    "placed_from": gettext_lazy("Placed from"),
    "placed_to": gettext_lazy("Placed until"),
    "amount_from": gettext_lazy("Amount from"),
    "amount_to": gettext_lazy("Amount up to"),
    "free": gettext_lazy("Nobody’s yet"),
    "late": gettext_lazy("Late"),
    "open": gettext_lazy("Open"),
    "doubtful": gettext_lazy("To check"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list; `key` tells it from the others. How many orders it holds is asked apart (see `Counted`)."""

    key: str
    label: str
    query: str
    current: bool
    view_id: int | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many orders each tab holds by its key, and the list itself as words and number (None: not counted)."""

    tabs: dict[str, str]
    total: str
    total_number: int | None


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter or a field, and whether it is chosen."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A status to which staff may move orders by hand, from which statuses, and from which of them with a note only."""

    code: str
    label: str
    sources: str
    noted: str


@dataclass(frozen=True, slots=True)
class Listing:
    """All that the page of the list shows."""

    filters: Filters
    page: Page[Row]
    columns: tuple[str, ...]
    compact: bool
    tabs: list[Tab]
    chips: list[Chip]
    total: str
    total_number: int
    whole: bool
    own_name: str
    statuses: list[Choice]
    phases: list[Choice]
    payments: list[Choice]
    types: list[Choice]
    people: list[Choice]
    sorts: list[Choice]
    targets: list[Target]
    pairs: list[tuple[str, str]]
    from_cursor: bool
    problems: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        """The address part of the filters in force."""
        return self.filters.as_query()

    @property
    def dates(self) -> tuple[date | str | None, date | str | None]:
        """The date filters for their fields: the day, or what was typed and is none."""
        refused = self.filters.refused
        return (
            refused.get("placed_from", (self.filters.placed_from,))[0],
            refused.get("placed_to", (self.filters.placed_to,))[0],
        )

    @property
    def wrong(self) -> tuple[bool, bool]:
        """Whether what was typed in these two fields is no day."""
        return "placed_from" in self.filters.refused, "placed_to" in self.filters.refused

    @property
    def reasons(self) -> list[str]:
        """Why days were not understood, and what to write."""
        why = [problem for _text, problem in self.filters.refused.values()]
        return list(dict.fromkeys(days.explain(problem) for problem in why if isinstance(problem, NotADayError)))


def build(request: HttpRequest, member: Membership, filters: Filters, page: Page[Row]) -> Listing:
    """Gather the list's furniture; the number of queries is fixed. Nothing is counted: `counted` does that after it."""
    shop = member.shop
    flows = queries.workflows(shop, KIND)
    people = _people(shop)
    statuses = _statuses(flows)
    whole = not page.following and not request.GET.get("cursor")
    tabs = _tabs(member, filters)
    current = next((tab for tab in tabs if tab.current), None)
    return Listing(
        filters=filters,
        page=page,
        columns=columns(request),
        compact=request.COOKIES.get(DENSITY_COOKIE) == "compact",
        tabs=tabs,
        chips=_chips(filters, statuses, people, shop),
        total=_counted(len(page.cases) if whole else None, len(page.cases)),
        total_number=len(page.cases) if whole else len(page.cases) + 1,
        whole=whole,
        own_name=current.label if current and current.view_id else "",
        statuses=[_choice(code, _say(status), filters.status) for code, status in statuses.items()],
        phases=[_choice(value, label, filters.phase) for value, label in Phase.choices],
        payments=[_choice(value, label, filters.payment) for value, label in PaymentState.choices],
        types=[Choice(code, str(label), filters.type == code) for code, label in TYPES.items()],
        people=[Choice(str(pk), name, filters.owner == pk) for pk, name in people],
        sorts=[Choice(filters.as_query(sort=code), str(label), filters.sort == code) for code, label in SORTS.items()],
        targets=_targets(flows, statuses),
        pairs=parse_qsl(filters.as_query(text="")),
        from_cursor=bool(request.GET.get("cursor")),
        problems=[str(_LABELS.get(name, SORTS.get(name, name))) for name in filters.problems],
    )


def read_filters(request: HttpRequest) -> Filters:
    """The filters in the address of the request."""
    return Filters.read({name: request.GET.getlist(name) for name in request.GET}, _day)


def read_query(query: str) -> Filters:
    """The filters in the address part of a list, as forms and saved views carry it."""
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query[:2000]):
        values.setdefault(name, []).append(value)
    return Filters.read(values, _day)


def _day(text: str) -> date:
    """A day somebody typed; a weekday is the last one, since orders were placed in the past."""
    return days.read_day(text, "past")


def columns(request: HttpRequest) -> tuple[str, ...]:
    """The columns this person chose to see on this device, in the list's order."""
    kept = request.COOKIES.get(COLUMNS_COOKIE)
    if kept is None:
        return USUAL_COLUMNS
    chosen = set(kept.split("."))
    return tuple(code for code in COLUMNS if code in chosen)


def counted(member: Membership, filters: Filters, *, now: datetime) -> Counted:
    """Count the views and the list, all in one statement.

    A list found by words is not counted: that would take longer than finding its first page.
    """
    kept = {_key(view): read_query(view.query) for view in saved.views(member, KIND)}
    views = saved.built_in(member) | kept
    asked = [*views.values()] if filters.words else [*views.values(), filters]
    counts = queries.counts(member.shop, KIND, asked, now=now)
    total = None if filters.words else counts[-1]
    tabs = {key: _counted(count) for key, count in zip(views, counts, strict=False)}
    return Counted(tabs, "" if total is None else _counted(total), total)


def _tabs(member: Membership, filters: Filters) -> list[Tab]:
    here = filters.as_query()
    tabs = []
    for code, view in saved.built_in(member).items():
        query = view.as_query()
        tabs.append(Tab(code, str(BUILT_IN[code]), query, query == here))
    for kept in saved.views(member, KIND):
        query = read_query(kept.query).as_query()
        tabs.append(Tab(_key(kept), kept.name, query, query == here, kept.pk, kept.user_id is None))
    return tabs


def _key(view: SavedView) -> str:
    return f"view-{view.pk}"


def _people(shop: Shop) -> list[tuple[int, str]]:
    """Who works in the shop, by name."""
    working = shop.memberships.filter(active=True).values_list("pk", "user__name", "user__email")
    people = [(pk, name or email) for pk, name, email in working]
    return sorted(people, key=lambda person: (naming.key(shop, person[1]), person[0]))


def _counted(count: int | None, at_least: int = 0) -> str:
    """A count as it is shown; where nobody counted, what there is at least."""
    tag = audience.current().tag
    if count is None:
        return f"{digits.number(at_least, tag)}+"
    shown = digits.number(min(count, MOST_COUNTED), tag)
    return f"{shown}+" if count > MOST_COUNTED else shown


def _statuses(flows: Iterable[Workflow]) -> dict[str, Status]:
    """Every status of the shop's workflows by code, as the newest workflow words it."""
    found: dict[str, Status] = {}
    for flow in flows:
        for code, status in flow.statuses.items():
            found.setdefault(code, status)
    return found


def _targets(flows: Sequence[Workflow], statuses: Mapping[str, Status]) -> list[Target]:
    sources: dict[str, dict[str, bool]] = {}
    for flow in flows:
        for move in flow.moves:
            if move.by == "hand":
                known = sources.setdefault(move.target, {})
                known[move.source] = known.get(move.source, False) or move.note_required
    return [
        Target(
            code, _say(statuses[code]), " ".join(found), " ".join(source for source, noted in found.items() if noted)
        )
        for code in statuses
        if (found := sources.get(code))
    ]


def _chips(
    filters: Filters, statuses: Mapping[str, Status], people: Sequence[tuple[int, str]], shop: Shop
) -> list[Chip]:
    found = []
    for name in filters.active:
        value = getattr(filters, name)
        values = value if isinstance(value, tuple) else (value,)
        for one in values:
            rest = tuple(other for other in value if other != one) if isinstance(value, tuple) else _nothing(value)
            shown = _shown(name, one, statuses, people, shop)
            found.append(Chip(str(_LABELS[name]), shown, filters.as_query(**{name: rest})))
    return found


def _nothing(value: object) -> object:
    return False if isinstance(value, bool) else "" if isinstance(value, str) else None


def _shown(
    name: str, value: object, statuses: Mapping[str, Status], people: Sequence[tuple[int, str]], shop: Shop
) -> str:
    reader = audience.current()
    match name, value:
        case "status", str():
            return _say(statuses[value]) if value in statuses else value
        case "phase", str():
            return str(Phase(value).label) if value in Phase.values else value
        case "payment", str():
            return str(PaymentState(value).label) if value in PaymentState.values else value
        case "type", str():
            return str(TYPES.get(value, value))
        case "owner", _:
            return next((name for pk, name in people if pk == value), _("nobody here"))
        case _, date():
            return dates.show_date(value, reader.tag, reader.calendar, reader.zone)
        case _, Decimal():
            return money.show(value, shop.currency, reader.tag)
        case _, bool():
            return ""
    return str(value)


def _choice(value: str, label: object, chosen: Sequence[str]) -> Choice:
    return Choice(value, str(label), value in chosen)


def _say(status: Status) -> str:
    return status.name.say(audience.current().language)
