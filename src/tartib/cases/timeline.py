"""The entries that cases of any kind have (opened, moved, noted, edited …), and what reading a timeline begins with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.models import Case
from tartib.cases.refusal_json import unpack
from tartib.flow.facts import Refusal
from tartib.journal import kinds
from tartib.journal.kinds import CREATED, DELETED, IMPORTED, Data, EditedField, EntryKind, Group
from tartib.journal.models import Entry
from tartib.journal.reading import Change, EntryContext, EntryView

MOVED, UNDONE, EVENT, NOTE, EDITED = "moved", "undone", "event", "note", "edited"
MOVES = frozenset({CREATED, IMPORTED, MOVED, UNDONE})
"""The kinds that say where a case stands from there on."""


class Reader(Protocol):
    """Who reads: their language, the tag of how it is written for them, their calendar and time zone."""

    @property
    def language(self) -> str: ...
    @property
    def tag(self) -> str: ...
    @property
    def calendar(self) -> str: ...
    @property
    def zone(self) -> tzinfo: ...


def context(case: Case, reader: Reader) -> EntryContext:
    """What is known while the entries of a case are read, by somebody in whose language the page is."""
    return EntryContext(
        shop=case.shop, flow=case.flow, status=case.current_status, currency=case.currency, language=reader.language,
        tag=reader.tag, calendar=reader.calendar, zone=reader.zone,
    )  # fmt: skip


def replaced(entries: Iterable[Entry]) -> frozenset[int]:
    """The numbers of the notes that newer ones among these entries replace."""
    newer = (entry.data.get("corrects") for entry in entries if entry.kind == NOTE)
    return frozenset(seq for seq in newer if isinstance(seq, int))


def ignored(data: Data, context: EntryContext) -> Refusal:
    """Why an event changed nothing, with what was so at the time; its name is the one people know it by."""
    event = str(data.get("event", ""))
    name = str(kinds.connected.events.get(event, event))
    return Refusal(
        str(data.get("ignored", "")), {"status": context.status.name, **unpack(data.get("params")), "event": name}
    )


def changes(data: Data, context: EntryContext) -> list[Change]:
    """The fields that an entry says were edited."""
    found = []
    for name, (before, after) in data.get("changes", {}).items():
        field = kinds.connected.fields.get(name, EditedField(name))
        found.append(Change(str(field.label), _value(field, before, context), _value(field, after, context)))
    return found


def _value(field: EditedField, value: object, context: EntryContext) -> str:
    text = str(value)
    if text in ("", "None"):
        return ""
    if field.say is not None:
        return field.say(text, context)
    return {"True": _("yes"), "False": _("no")}.get(text, text)


def _created(entry: Entry, context: EntryContext) -> EntryView:
    title = _("Order placed") if entry.kind == CREATED else _("Imported")
    return EntryView(title=title, target=context.status_of(entry.data.get("status")))


def _created_for_customer(_entry: Entry, _context: EntryContext) -> EntryView:
    return EntryView(title=_("Order placed"), icon="receipt")


def _moved(entry: Entry, context: EntryContext) -> EntryView:
    data = entry.data
    return EntryView(
        title=_("Taken back") if entry.kind == UNDONE else _("Status changed"),
        source=context.status_of(data.get("from")), target=context.status_of(data.get("to")),
        text=str(data.get("note", "")), text_shown=bool(data.get("note_shown")),
    )  # fmt: skip


def _moved_for_customer(entry: Entry, context: EntryContext) -> EntryView | None:
    status = context.status_of(entry.data.get("to"))
    if status is None or not status.shown:
        return None
    said = str(entry.data.get("note", "")) if entry.data.get("note_shown") is True else ""
    return EntryView(title=status.name.say(context.language), icon=status.icon, text=said)


def _event(entry: Entry, context: EntryContext) -> EntryView:
    return EntryView(title=_("Noted, nothing changed"), text=ignored(entry.data, context))


def _note(entry: Entry, _context: EntryContext) -> EntryView:
    by_customer = entry.data.get("by") == "customer"
    return EntryView(
        title=_("Customer’s words") if by_customer else _("To the customer") if entry.shown else _("Note"),
        text=str(entry.data.get("text", "")), text_shown=entry.shown, photos=_photos(entry.data),
    )  # fmt: skip


def _note_for_customer(entry: Entry, context: EntryContext) -> EntryView:
    title = _("You wrote") if entry.data.get("by") == "customer" else context.shop.name
    photos = _photos(entry.data)
    return EntryView(
        title=title, icon="photo" if photos else "message", text=str(entry.data.get("text", "")), photos=photos
    )


def _photos(data: Data) -> list[str]:
    photos = data.get("photos")
    return [str(one) for one in photos] if isinstance(photos, list) else []


def _edited(entry: Entry, context: EntryContext) -> EntryView:
    return EntryView(title=_("Edited"), changes=changes(entry.data, context))


def _moment(text: str, context: EntryContext) -> str:
    try:
        return context.moment(datetime.fromisoformat(text))
    except ValueError:
        return text


FIELDS: Mapping[str, EditedField] = {"due_at": EditedField(gettext_lazy("Due"), fact=True, say=_moment)}
_OPENING = frozenset({"status", "total", "source", "external_id"})
ENTRIES = (
    EntryKind(
        code=CREATED, label=gettext_lazy("Created"), icon="plus", group=Group.MOVES, facts=_OPENING,
        staff=_created, customer=_created_for_customer,
    ),
    EntryKind(
        code=IMPORTED, label=gettext_lazy("Imported"), icon="file-import", group=Group.MOVES, facts=_OPENING,
        staff=_created, customer=_created_for_customer,
    ),
    EntryKind(
        code=MOVED, label=gettext_lazy("Status changed"), icon="arrow-right", group=Group.MOVES,
        facts=frozenset({"from", "to", "by", "note_shown"}), staff=_moved, customer=_moved_for_customer,
    ),
    EntryKind(
        code=UNDONE, label=gettext_lazy("Undone"), icon="arrow-back-up", group=Group.MOVES,
        facts=frozenset({"from", "to", "act"}), staff=_moved, customer=_moved_for_customer,
    ),
    EntryKind(
        code=EVENT, label=gettext_lazy("Event"), icon="bolt", group=Group.MOVES,
        facts=frozenset({"event", "ignored", "params"}), staff=_event,
    ),
    EntryKind(
        code=NOTE, label=gettext_lazy("Note"), icon="note", group=Group.NOTES, facts=frozenset({"by", "corrects"}),
        staff=_note, customer=_note_for_customer,
    ),
    EntryKind(code=EDITED, label=gettext_lazy("Edited"), icon="pencil", group=Group.EDITS, staff=_edited),
    EntryKind(
        code=DELETED, label=gettext_lazy("Deleted"), icon="trash", facts=frozenset({"code", "customer"}),
    ),
)  # fmt: skip
