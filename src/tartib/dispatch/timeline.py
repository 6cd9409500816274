"""What dispatch writes on timelines, for staff alone: who is responsible, what needed a person and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.dispatch import kinds
from tartib.dispatch.models import WorkAct
from tartib.journal.kinds import EntryKind, Group, Text
from tartib.journal.models import Entry
from tartib.journal.reading import Change, EntryContext, EntryView, joined
from tartib.l10n import names

WORK, ASSIGNED = "work", "assigned"
UNDONE = "undone"
"""How an entry says that somebody is responsible again because an act was undone."""


class How(StrEnum):
    """By what somebody became responsible; the name of the act."""

    ASSIGNED = "assign"
    CLAIMED = "claim"
    HANDED_OVER = "hand-over"
    LEFT = "leave"


_ASSIGNED: Mapping[str, Text] = {
    How.ASSIGNED: _("Assigned"),
    How.CLAIMED: pgettext_lazy("a case", "Taken"),
    How.HANDED_OVER: _("Handed over"),
    How.LEFT: _("Handed over, because somebody does not work here any more"),
    UNDONE: pgettext_lazy("a case", "Given back"),
}


def _work(entry: Entry, context: EntryContext) -> EntryView:
    data = entry.data
    act = str(data.get("act", ""))
    text = joined(
        str(WorkAct(act).label) if act in WorkAct.values else act,
        names.isolate(str(data.get("to", ""))),
        context.money(data.get("amount"), data.get("currency", "")),
        str(data.get("note", "")),
    )
    title = str(kinds.kind(str(data.get("work", ""))).title)
    return EntryView(title=title, text=text, troubled=act in (WorkAct.OPENED, WorkAct.REOPENED))


def _assigned(entry: Entry, _context: EntryContext) -> EntryView:
    data = entry.data
    title = str(_ASSIGNED.get(str(data.get("how", "")), _("Responsible")))
    change = Change("", str(data.get("from", "")), str(data.get("to", "")))
    return EntryView(title=title, text=str(data.get("reason", "")), changes=[change])


ENTRIES = (
    EntryKind(
        code=ASSIGNED, label=_("Responsible changed"), icon="user", group=Group.EDITS,
        facts=frozenset({"from", "to", "how", "act"}), staff=_assigned,
    ),
    EntryKind(
        code=WORK, label=_("Needs attention"), icon="alert-triangle", group=Group.CHECKS,
        facts=frozenset({"act", "work", "amount", "currency", "to"}), staff=_work,
    ),
)  # fmt: skip
