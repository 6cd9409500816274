"""The timeline as staff read it: what happened, who did it, what it was before; the statuses that a case stood in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.models import Case
from tartib.cases.timeline import MOVES, UNDONE, context, replaced
from tartib.flow.workflow import Status
from tartib.journal import kinds
from tartib.journal.kinds import Group
from tartib.journal.models import ActorKind, Entry
from tartib.journal.reading import Change, EntryContext
from tartib.notify.models import NEWS, Channel, Message, State
from tartib.notify.timeline import fate
from tartib.web import audience
from tartib.web.templatetags.tartib import moment, said

FILTERS: Sequence[tuple[str, str | Promise]] = (("", gettext_lazy("All")), *Group.choices)
"""What the timeline can be narrowed to, by what its entries are about."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as it stands on the page."""

    seq: int
    at: datetime
    kind: str
    group: str
    icon: str
    who: str
    text: str
    shown: bool
    source: Status | None
    target: Status | None
    words: str
    words_shown: bool
    changes: Sequence[Change]
    photos: Sequence[str]
    troubled: bool
    replaced: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """A row of the status history: the status entered, and what was sent of it by each channel."""

    at: datetime
    status: Status | None
    code: str
    email: str
    sms: str
    push: str
    remark: str
    who: str


def timeline_items(case: Case, entries: Iterable[Entry]) -> list[Item]:
    """The entries as sentences, in the order given."""
    entries = list(entries)
    read, newer = context(case, audience.current()), replaced(entries)
    return [_item(entry, read, replaced=entry.seq in newer) for entry in entries]


def stages(case: Case, entries: Iterable[Entry], messages: Iterable[Message]) -> list[Stage]:
    """The statuses the case has stood in, newest first, each with what became of its messages (E5)."""
    told: dict[object, dict[str, str]] = {}
    for message in messages:
        if message.kind in NEWS:
            sent = told.setdefault(message.act_id, {})
            # Of several devices one that was reached is enough.
            if sent.get(message.channel) != State.SENT:
                sent[message.channel] = message.state
    rows = []
    for entry in entries:
        if entry.kind not in MOVES:
            continue
        code = str(entry.data.get("to") or entry.data.get("status") or "")
        sent = told.get(entry.act_id, {})
        remark = str(entry.data.get("note", "")) or (_("Undone") if entry.kind == UNDONE else "")
        rows.append(
            Stage(
                entry.at,
                case.flow.statuses.get(code),
                code,
                sent.get(Channel.EMAIL, ""),
                sent.get(Channel.SMS, ""),
                sent.get(Channel.PUSH, ""),
                remark,
                _who(entry),
            )
        )
    return rows


def outcome(message: Message) -> str:
    """What became of a message, in words: also whether and when its provider said that it arrived."""
    if message.delivered_at is not None:
        return _("Delivered: %(when)s") % {"when": moment(message.delivered_at)}
    if message.channel == Channel.SMS and message.state == State.SENT:
        return _("The provider has taken it, and has not said yet whether it arrived.")
    return fate(message.state, message.reason, message.answer)


def _item(entry: Entry, read: EntryContext, *, replaced: bool) -> Item:
    view = kinds.for_staff(entry, read)
    words, words_shown = said(view.text), view.text_shown
    if entry.seal is not None and not (words or view.changes):
        words, words_shown = _("What was said here has been erased."), False
    return Item(
        entry.seq, entry.at, entry.kind, kinds.group(entry.kind), view.icon, _who(entry), view.title, entry.shown,
        view.source, view.target, words, words_shown, view.changes, view.photos, view.troubled, replaced,
    )  # fmt: skip


def _who(entry: Entry) -> str:
    if entry.actor_kind == ActorKind.SYSTEM:
        return _("by itself")
    if entry.actor_kind == ActorKind.CUSTOMER and not entry.actor_name:
        return _("the customer")
    return entry.actor_name
