"""What dispatch writes on timelines, for staff alone: what needed a person, and what became of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.dispatch import kinds
from tartib.dispatch.models import WorkAct
from tartib.journal.kinds import EntryKind, Group
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView, joined
from tartib.l10n import names

WORK = "work"


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


ENTRIES = (
    EntryKind(
        code=WORK, label=_("Needs attention"), icon="alert-triangle", group=Group.CHECKS,
        facts=frozenset({"act", "work", "amount", "currency", "to"}), staff=_work,
    ),
)  # fmt: skip
