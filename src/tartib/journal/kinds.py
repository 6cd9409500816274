"""The kinds of entries. A room describes those it writes once, in its `timeline.py`: what of them survives erasing, and
how staff and customers read them. `project.wiring` lists them.

Readers are called with an entry and the context of its case (`journal.reading`). They ask no database: what an entry
says is in it, names as they were then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView

Text = str | Promise
Data = Mapping[str, Any]
CREATED, IMPORTED = "created", "imported"
"""The kinds of a first entry, which opens the chain of its case."""
DELETED, ERASED = "deleted", "erased"
"""The kinds that say of a timeline that its case is gone, and that a person is."""


class Group(models.TextChoices):
    """What entries are about, as staff look for them."""

    MOVES = "moves", _("Moves")
    CHECKS = "checks", _("Checks")
    NOTES = "notes", _("Notes")
    MESSAGES = "messages", _("Messages")
    PAYMENTS = "payments", _("Payments")
    EDITS = "edits", _("Edits")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKind:
    """A kind of entry.

    `facts` names what of an entry's data proves something and is kept when a person is erased; all else goes. What
    somebody typed, a name, an address, a number by which somebody can be found is never a fact. Staff read an entry
    without a reader of its own as its label; a customer reads nothing of it.
    """

    code: str
    label: Text
    icon: str
    group: Group | None = None
    facts: frozenset[str] = frozenset()
    staff: Callable[[Entry, EntryContext], EntryView] | None = None
    customer: Callable[[Entry, EntryContext], EntryView | None] | None = None
    exported: bool = True
    """Handed to the person it is about with the timeline; what another room hands out by itself is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVariant:
    """Entries of a kind of another room (`of`) that say something of their own, known by their data."""

    of: str
    known: Callable[[Data], bool]
    staff: Callable[[Entry, EntryContext], EntryView]
    customer: Callable[[Entry, EntryContext], EntryView | None] | None = None
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EditedField:
    """A field that can be edited. With `fact` both of its values are facts; `say` writes one of them for its reader."""

    label: Text
    fact: bool = False
    say: Callable[[str, EntryContext], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Descriptions:
    """What rooms describe of their timelines: entries, the fields of edits by their names, and what people call events
    by theirs."""

    entries: Sequence[EntryKind | EntryVariant] = ()
    fields: Mapping[str, EditedField] = field(default_factory=dict)
    events: Mapping[str, Text] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> Mapping[str, EntryKind]:
        """The kinds by their codes."""
        return {one.code: one for one in self.entries if isinstance(one, EntryKind)}

    @cached_property
    def variants(self) -> Mapping[str, Sequence[EntryVariant]]:
        """The variants by the codes of their kinds."""
        found: defaultdict[str, list[EntryVariant]] = defaultdict(list)
        for one in self.entries:
            if isinstance(one, EntryVariant):
                found[one.of].append(one)
        return dict(found)

    @cached_property
    def field_facts(self) -> frozenset[str]:
        """The fields of which both values are facts."""
        return frozenset(name for name, one in self.fields.items() if one.fact)


connected = Descriptions()


def label(code: str) -> Text:
    """What a kind is called; its code where nobody describes it any more."""
    kind = connected.kinds.get(code)
    return kind.label if kind else code


def group(code: str) -> str:
    """What entries of a kind are about; "" for one that is about none of the groups."""
    kind = connected.kinds.get(code)
    return kind.group if kind and kind.group else ""


def for_staff(entry: Entry, context: EntryContext) -> EntryView:
    """An entry as staff read it."""
    read = _described(entry.kind, entry.data)
    view = read.staff(entry, context) if read and read.staff else EntryView(title=str(label(entry.kind)))
    return _with_icon(entry.kind, view)


def for_customer(entry: Entry, context: EntryContext) -> EntryView | None:
    """An entry as the customer reads it; None where it says nothing to them."""
    read = _described(entry.kind, entry.data)
    view = read.customer(entry, context) if read and read.customer else None
    return _with_icon(entry.kind, view) if view else None


def part(code: str, data: Data) -> tuple[dict[str, object], dict[str, object]]:
    """The facts of an entry of that kind, and its words. Raises `KeyError` for a kind that no room describes."""
    known = (_described(code, data) or connected.kinds[code]).facts
    facts = {name: value for name, value in data.items() if name in known}
    if len(facts) == len(data):
        return facts, {}
    words = {name: value for name, value in data.items() if name not in known}
    changes = words.pop("changes", None)
    if isinstance(changes, Mapping):
        kept = {name: pair for name, pair in changes.items() if name in connected.field_facts}
        gone = {name: pair for name, pair in changes.items() if name not in kept}
        facts |= {"changes": kept} if kept else {}
        words |= {"changes": gone} if gone else {}
    return facts, words


def _with_icon(code: str, view: EntryView) -> EntryView:
    kind = connected.kinds.get(code)
    return view if view.icon else replace(view, icon=kind.icon if kind else "point")


def _described(code: str, data: Data) -> EntryKind | EntryVariant | None:
    return next((one for one in connected.variants.get(code, ()) if one.known(data)), connected.kinds.get(code))
