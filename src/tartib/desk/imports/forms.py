"""The page on which a person says how a file is to be read: columns, status words, and what becomes of the orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tartib.flow.workflow import Workflow
from tartib.imports import products, queries, statuses
from tartib.imports.goods.mapping import GoodsMapping
from tartib.imports.models import Import, SavedMapping
from tartib.imports.operations import Choices
from tartib.imports.reading.mapping import ColumnMapping, MappingError
from tartib.imports.records import STATES
from tartib.imports.words import GOODS, GROUPS
from tartib.imports.words import STATES as STATE_WORDS

Option = tuple[str, str]
SAMPLES = 3
# Status words that a dry run did not know are asked for, so many at once.
WORDS = 30
# So many columns are asked about, and those that are understood already; a page of thousands would never end.
COLUMNS = 150
_PROBLEMS_READ = 5_000
_WHOSE = ("customer_name", "shipping_name", "billing_name")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, some of what it holds, and the field it is taken for."""

    number: int
    name: str
    samples: Sequence[str]
    field: str


@dataclass(frozen=True, slots=True)
class Word:
    """A status word of the file and the state it is taken for."""

    number: int
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Place:
    """A state, the status that is usual for it, and the one chosen instead."""

    state: str
    label: str
    usual: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of choices shows."""

    columns: Sequence[Column]
    more: int
    words: Sequence[Word]
    places: Sequence[Place]
    mapping: ColumnMapping
    groups: Sequence[tuple[str, Sequence[Option]]]
    states: Sequence[Option]
    statuses: Sequence[Option]

    @property
    def unused(self) -> int:
        """How many columns are left out."""
        return sum(not column.field for column in self.columns)

    @property
    def question(self) -> str:
        """The one thing to be asked before the file can be tried out; "" where every needed column is known."""
        lacking = self.mapping.lacking if self.columns else ()
        return _(QUESTIONS[lacking[0]]) if lacking else ""


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """What the page of choices shows for a file of products: its columns, where they are not known.

    What a column can be is in one group, which needs no name.
    """

    columns: Sequence[Column]
    more: int
    decimal: str
    groups: Sequence[tuple[str, Sequence[Option]]]


QUESTIONS: Mapping[str, str] = {
    "number": gettext_noop(
        "Say which column holds the order number: by it an order is known when the file comes again."
    ),
    "placed_at": gettext_noop("Say which column holds the day on which an order was placed."),
    "total": gettext_noop("Say which column holds the order’s total, or the price of a piece."),
}


class Unclear(Exception):
    """What was sent cannot be used; the sentences say what is wrong."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


def import_form(batch: Import, flow: Workflow, language: str, saved: SavedMapping | None = None) -> Page:
    """The choices made so far, or those of a saved mapping, or guessed from the file."""
    header, samples, guessed = queries.preview(batch) if batch.platform == "csv" else ([], [], ColumnMapping({}))
    kept = saved.mapping if saved else batch.mapping
    mapping = ColumnMapping.from_data(kept) if kept else guessed
    given = saved.statuses if saved else batch.statuses
    fields = {column: name for name, column in mapping.columns.items()}
    usual = statuses.usual(flow)
    asked = [(number, name) for number, name in enumerate(header) if number < COLUMNS or name in fields]
    return Page(
        columns=[Column(number, name, _samples(samples, number), fields.pop(name, "")) for number, name in asked],
        more=len(header) - len(asked),
        words=_words(batch, mapping) if batch.platform == "csv" else [],
        places=[
            Place(state, _(STATE_WORDS[state]), flow.status(usual[state]).name.say(language), given.get(state, ""))
            for state in STATES
        ],
        mapping=mapping,
        groups=[(_(group), _options(_(group), labels)) for group, labels in GROUPS],
        states=[(state, _(label)) for state, label in STATE_WORDS.items()],
        statuses=[(code, status.name.say(language)) for code, status in flow.statuses.items()],
    )


def goods_page(batch: Import, saved: SavedMapping | None = None) -> GoodsPage:
    """The choices made so far for a file of products, or those of a saved mapping, or guessed from it."""
    if batch.platform != products.TABLE:
        return GoodsPage([], 0, ".", [])
    header, samples, guessed = queries.goods_preview(batch)
    kept = saved.mapping if saved else batch.mapping
    mapping = GoodsMapping.from_data(kept) if kept else guessed
    fields = {column: name for name, column in mapping.columns.items()}
    asked = [(number, name) for number, name in enumerate(header) if number < COLUMNS or name in fields]
    return GoodsPage(
        columns=[Column(number, name, _samples(samples, number), fields.pop(name, "")) for number, name in asked],
        more=len(header) - len(asked),
        decimal=mapping.decimal,
        groups=[("", [(name, _(label)) for name, label in GOODS.items()])],
    )


def goods_choices(post: QueryDict, batch: Import) -> Choices:
    """What was chosen for a file of products; raises `Unclear`."""
    mapping = None
    if batch.platform == products.TABLE:
        columns = _chosen_columns(post, queries.goods_preview(batch)[0])
        try:
            mapping = GoodsMapping.from_data({"columns": columns, "decimal": post.get("decimal", ".")})
        except MappingError:
            raise Unclear(_("Say which columns hold the SKU, the name and the price.")) from None
    return Choices(batch.platform, mapping, update="update" in post)


def choices(post: QueryDict, batch: Import, flow: Workflow) -> Choices:
    """What was chosen; raises `Unclear`."""
    mapping = _mapping(post, batch) if batch.platform == "csv" else None
    given = {state: post.get(f"status-{state}", "") for state in STATES}
    return Choices(
        platform=batch.platform,
        mapping=mapping,
        statuses={state: code for state, code in given.items() if code in flow.statuses},
        notify="notify" in post,
        take_stock="take_stock" in post,
        store=post.get("store", "").strip(),
    )


def _mapping(post: QueryDict, batch: Import) -> ColumnMapping:
    columns = _chosen_columns(post, queries.preview(batch)[0])
    if lacking := ColumnMapping(columns).lacking:
        raise Unclear(_(QUESTIONS[lacking[0]]))
    data = {
        "columns": columns,
        "statuses": _chosen_words(post),
        "currency": post.get("currency", ""),
        **{name: post[name] for name in ("decimal", "date_order", "calendar") if post.get(name)},
    }
    try:
        return ColumnMapping.from_data(data)
    except MappingError as error:
        if any(problem.place == "currency" for problem in error.problems):
            raise Unclear(_("Write the currency as three letters, such as UAH.")) from None
        raise Unclear(_("These choices cannot be used. Reload the page and choose again.")) from None


def _chosen_columns(post: QueryDict, header: Sequence[str]) -> dict[str, str]:
    """Field -> the name of its column; raises `Unclear` for a field of two columns."""
    columns: dict[str, str] = {}
    twice = []
    for number, name in enumerate(header):
        field = post.get(f"column-{number}", "")
        if field and field in columns:
            twice.append(name)
        elif field:
            columns[field] = name
    if twice:
        names = ", ".join(f"“{name}”" for name in twice)
        raise Unclear(
            _("Each part of an order can come from one column only. Choose again for %(names)s.") % {"names": names}
        )
    return columns


def _chosen_words(post: QueryDict) -> dict[str, str]:
    pairs = ((post.get(f"word-{number}", ""), post.get(f"state-{number}", "")) for number in range(WORDS))
    return {word: state for word, state in pairs if word and state}


def _words(batch: Import, mapping: ColumnMapping) -> list[Word]:
    """The words given a state already, then those that the dry run did not know."""
    known: Mapping[str, str] = mapping.statuses
    unknown = (
        problem.params["value"]
        for problem in queries.problems(batch, _PROBLEMS_READ)
        if problem.code == "unknown-status"
    )
    texts = islice(dict.fromkeys([*known, *unknown]), WORDS)
    return [Word(number, text, known.get(text, "")) for number, text in enumerate(texts)]


def _options(group: str, labels: Mapping[str, str]) -> list[Option]:
    """The fields of a group; a name or a city says whose it is, for a closed list does not show its group."""
    whose = not labels.keys().isdisjoint(_WHOSE)
    return [(name, f"{group}: {_(label)}" if whose else _(label)) for name, label in labels.items()]


def _samples(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """The first different cells of a column that hold something."""
    cells = (row[place].strip()[:60] for row in rows if place < len(row))
    return list(islice(dict.fromkeys(filter(None, cells)), SAMPLES))
