"""Reads of cases: lists with filters, search and counts; one case by its code or by its customer's link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from tartib.cases import hooks, kinds, sql
from tartib.cases.deadlines import is_late, late
from tartib.cases.filters import SORTS, Filters, read_cursor, write_cursor
from tartib.cases.models import CLOSED_PHASES, Case, Picture, WorkflowVersion, workflow
from tartib.files.models import Upload
from tartib.flow.decide import Option, options
from tartib.flow.facts import Facts
from tartib.flow.workflow import Status, Workflow
from tartib.journal.models import Entry
from tartib.l10n import digits, normal
from tartib.shops.models import Shop
from tartib.shops.search import having_in_shop, reading

MOST_COUNTED = 1_000
PAGE = 50
WINDOW = 2_000
# How long a term has to be for few words to begin with it, or hardly any.
_TELLING, _TELLING_NUMBER = 3, 4
_RARE = 7


class Row(NamedTuple):
    """A case as a line of a list shows it. A list has hundreds of values: models of all they belong to take longer."""

    pk: int
    code: str
    workflow_id: int
    status: str
    since: datetime
    title: str
    amount: Decimal | None
    currency: str
    payment: str
    channel: str
    placed_at: datetime
    updated_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    doubts: int
    customer: str
    owner: str

    @property
    def current_status(self) -> Status:
        """The status in which the case stands, with its words."""
        return workflow(self.workflow_id).status(self.status)

    def is_late(self, now: datetime) -> bool:
        """Whether its time is over."""
        return is_late(self.due_at, now)


_OWN = Row._fields[1:-2]
_NAMES = ("customer__name", "customer__email", "customer__phone", "owner__user__name", "owner__user__email")

Shown = TypeVar("Shown", Case, Row)


@dataclass(frozen=True, slots=True)
class Page(Generic[Shown]):
    """A stretch of a list, and the cursor of the next one ("" at the end)."""

    cases: list[Shown]
    following: str


def case_page(
    shop: Shop, kind: str, filters: Filters, *, now: datetime, cursor: str = "", size: int = PAGE
) -> Page[Case]:
    """Cases of `shop` as `filters` say, from `cursor` on: one query, or three where words are searched."""
    return _page(_whole, shop, kind, filters, now, cursor, size)


def page_of_rows(shop: Shop, kind: str, filters: Filters, *, now: datetime, cursor: str = "") -> Page[Row]:
    """The same stretch of the list as `page`, of rows."""
    return _page(rows, shop, kind, filters, now, cursor, PAGE)


def rows(cases: QuerySet[Case]) -> list[Row]:
    """Those cases as rows, people named as they name themselves."""
    return [
        Row._make((*own, name or email or phone or "", owner or address or ""))
        for *own, name, email, phone, owner, address in cases.values_list("pk", *_OWN, *_NAMES)
    ]


def _whole(cases: QuerySet[Case]) -> list[Case]:
    return list(cases.select_related("customer", "owner__user").defer("search"))


def _page(
    shown: Callable[[QuerySet[Case]], list[Shown]],
    shop: Shop,
    kind: str,
    filters: Filters,
    now: datetime,
    cursor: str,
    size: int,
) -> Page[Shown]:
    column, descending = SORTS[filters.sort]
    found = _narrowed(shop, kind, filters, now=now)
    terms = _terms(filters)
    having = partial(_having, open_of=shop.pk) if terms and _only_open(shop, kind, filters) else _having
    place = read_cursor(cursor, column) if cursor else None
    if place is not None:
        beyond = "lt" if descending else "gt"
        found = found.filter(
            Q(**{f"{column}__{beyond}": place[0]}) | Q(**{column: place[0], f"id__{beyond}": place[1]}),
            # The same bound once more on its own, because an index can start from it.
            **{f"{column}__{beyond}e": place[0]},
        )
    first = _first(shown, found, terms, having, column, descending, size + 1)
    more = len(first) > size
    first = first[:size]
    return Page(first, write_cursor(getattr(first[-1], column), first[-1].pk) if more else "")


def _first(
    shown: Callable[[QuerySet[Case]], list[Shown]],
    found: QuerySet[Case],
    terms: Sequence[str],
    having: Callable[[QuerySet[Case], Sequence[str]], QuerySet[Case]],
    column: str,
    descending: bool,
    most: int,
) -> list[Shown]:
    """The first `most` of `found` that have all terms, by `column`.

    The server can either walk along the sorted index and look for the words, which is quick for frequent ones, or
    gather all that have the words and sort them, which is quick for rare ones; how frequent they are it guesses badly.
    So the first `WINDOW` cases are walked through, and only if too few of them have the words, all are gathered.
    Of a long number or a word with one, such as a phone or a code, there is never more than a few: they are gathered.
    """
    sign = "-" if descending else ""
    along = found.order_by(f"{sign}{column}", f"{sign}id")
    if not terms:
        return shown(along[:most])
    # Sorting by an expression, where the server cannot walk along an index.
    key = Coalesce(F(column), F(column))
    everywhere = having(found, terms).order_by(key.desc() if descending else key.asc(), f"{sign}id")[:most]
    if any(len(term) >= _RARE and not term.isalpha() for term in terms):
        return shown(everywhere)
    edge = along.values_list(column, flat=True)[WINDOW : WINDOW + 1].first()
    if edge is None:
        return shown(reading(along, terms)[:most])
    near = shown(reading(along, terms).filter(**{f"{column}__{'gte' if descending else 'lte'}": edge})[:most])
    if len(near) == most:
        return near
    return shown(everywhere)


def _only_open(shop: Shop, kind: str, filters: Filters) -> bool:
    """Whether the filters let only open cases through, whose words have an index of their own."""
    if filters.open or filters.free or (filters.phase and not set(filters.phase) & set(CLOSED_PHASES)):
        return True
    if not filters.status:
        return False
    statuses = (flow.statuses.get(code) for flow in workflows(shop, kind) for code in filters.status)
    return not any(status is not None and status.phase in CLOSED_PHASES for status in statuses)


def _narrowed(shop: Shop, kind: str, filters: Filters, *, now: datetime) -> QuerySet[Case]:
    """The cases of a shop that `filters` let through, apart from the words they look for, unsorted."""
    found = Case.objects.filter(shop=shop, kind=kind)
    for name in ("status", "phase", "payment", "channel"):
        if values := getattr(filters, name):
            found = found.filter(**{f"{name}__in": values} if len(values) > 1 else {name: values[0]})
    if of_type := kinds.filters().get(filters.type):
        found = found.filter(of_type(shop))
    start, end = filters.placed_between(ZoneInfo(shop.timezone))
    bounds = {
        "owner_id": filters.owner,
        "placed_at__gte": start,
        "placed_at__lt": end,
        "amount__gte": filters.amount_from,
        "amount__lte": filters.amount_to,
        "closed_at__isnull": True if filters.open else None,
        "doubts__gt": 0 if filters.doubtful else None,
    }
    found = found.filter(**{name: value for name, value in bounds.items() if value is not None})
    if filters.free:
        # Nobody's yet: with whoever is responsible by default.
        found = found.filter(owner_id=shop.default_owner_id, closed_at__isnull=True)
    if filters.late:
        found = found.filter(late(now))
    if filters.sort == "due":
        found = found.filter(due_at__isnull=False)
    if "amount" in filters.sort:
        found = found.filter(amount__isnull=False)
    return found


def matching(shop: Shop, kind: str, filters: Filters, *, now: datetime) -> QuerySet[Case]:
    """The cases of a shop that `filters` let through, unsorted."""
    found = _narrowed(shop, kind, filters, now=now)
    terms = _terms(filters)
    return _having(found, terms) if terms else found


def _having(found: QuerySet[Case], terms: Sequence[str], *, open_of: int | None = None) -> QuerySet[Case]:
    """Those of `found` that have all terms, by the index; open ones of the shop `open_of` by the index of these.

    So many words begin with a short term that it only delays the index: where there are longer ones, it is read from
    the rows these give.
    """
    selective = [term for term in terms if len(term) >= (_TELLING if term.isalpha() else _TELLING_NUMBER)]
    if not selective:
        longest = max(map(len, terms))
        selective = [term for term in terms if len(term) == longest]
    if open_of is None:
        indexed = found.filter(search__words=selective)
    else:
        indexed = having_in_shop(found.filter(closed_at__isnull=True), open_of, selective)
    return reading(indexed, [term for term in terms if term not in selective])


def _terms(filters: Filters) -> list[str]:
    """Beginnings of words that the search text of a case must have, each of them."""
    return [term for text in filters.words for term in normal.search_terms(text)]


def counts(shop: Shop, kind: str, views: Sequence[Filters], *, now: datetime) -> list[int]:
    """How many cases each view lists, in one statement; counting stops at one past `MOST_COUNTED`."""
    if not views:
        return []
    parts: list[str] = []
    params: list[Any] = []
    for view in views:
        limited = matching(shop, kind, view, now=now).order_by().values("pk")[: MOST_COUNTED + 1]
        statement, values = limited.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({statement}) AS v)")
        params += values
    return sql.together(parts, params)


def by_code(shop: Shop, code: str, kind: str) -> Case | None:
    """The case of `shop` with that tracking code, however its letters and digits were typed; of any kind for ""."""
    of_kind = {"kind": kind} if kind else {}
    return (
        Case.objects.filter(shop=shop, code=digits.latin(code).strip().upper(), **of_kind)
        .select_related("shop", "branch", "customer__group", "owner__user", "workflow")
        .first()
    )


def by_token(token: str) -> Case | None:
    """The case a customer's link opens."""
    return Case.objects.filter(token=token).select_related("shop", "branch", "customer", "owner__user").first()


def moves(case: Case, role: str, *, now: datetime) -> tuple[Option, ...]:
    """Every move by hand from where the case stands, likeliest first, permitted or with the reason why not."""
    facts = Facts(case.status, case.since, case.placed_at, hooks.facts([case.pk])[case.pk])
    return options(case.flow, facts, role, now)


def timeline(case: Case, *, shown_only: bool = False) -> QuerySet[Entry]:
    """The entries of a case, newest first; those a customer may see when `shown_only`."""
    entries = Entry.objects.filter(case_id=case.pk).order_by("-seq")
    return entries.filter(shown=True) if shown_only else entries


def of_customers(shop: Shop, customers: Sequence[int], *, cursor: str = "", size: int = 20) -> Page[Case]:
    """The cases of these customers of `shop`, open ones first, then the closed, each newest first, from `cursor` on."""
    theirs = Case.objects.filter(shop=shop, customer__in=customers).order_by("-placed_at", "-pk").defer("search")
    groups = (theirs.filter(closed_at__isnull=True), theirs.filter(closed_at__isnull=False))
    closed = cursor[:1] == "c"
    place = read_cursor(cursor[1:], "placed_at")
    first = groups[closed]
    if place is not None:
        first = first.filter(Q(placed_at__lt=place[0]) | Q(placed_at=place[0], pk__lt=place[1]))
    found = list(first.select_related("shop", "branch")[: size + 1])
    if not closed and len(found) <= size:
        found += groups[1].select_related("shop", "branch")[: size + 1 - len(found)]
    more, found = len(found) > size, found[:size]
    following = ("c" if found[-1].closed_at else "o") + write_cursor(found[-1].placed_at, found[-1].pk) if more else ""
    return Page(found, following)


def timelines(cases: Sequence[Case]) -> dict[int, list[Entry]]:
    """What the customers of these cases may see of their timelines, oldest first, in one query."""
    found: dict[int, list[Entry]] = {case.pk: [] for case in cases}
    for entry in Entry.objects.filter(case_id__in=list(found), shown=True).order_by("case_id", "seq"):
        found[entry.case_id].append(entry)
    return found


def picture(case: Case, token: str, *, shown_only: bool = False) -> Upload | None:
    """The picture of that name on the case's timeline; one the customer may see when `shown_only`."""
    found = Picture.objects.filter(case=case, upload__token=token).select_related("upload").first()
    return found.upload if found is not None and (found.shown or not shown_only) else None


def current_workflow(shop: Shop, kind: str) -> WorkflowVersion | None:
    """The workflow that new cases of a kind follow: the one published last."""
    return WorkflowVersion.objects.filter(shop=shop, kind=kind).order_by("-published_at", "-pk").first()


def open_count(shop: Shop, kind: str) -> int:
    """How many cases of a kind are neither done nor ended."""
    return Case.objects.filter(shop=shop, kind=kind, closed_at__isnull=True).count()


def workflows(shop: Shop, kind: str) -> list[Workflow]:
    """Every published workflow of a kind, newest first, for lists that show cases of older ones too."""
    versions = WorkflowVersion.objects.filter(shop=shop, kind=kind).order_by("-published_at", "-pk")
    return [workflow(pk) for pk in versions.values_list("pk", flat=True)]
