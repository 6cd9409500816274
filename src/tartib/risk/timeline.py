"""What risk writes on timelines: who looked at an order, and the way of a proof of identity."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tartib.journal.kinds import EntryKind, Group, Text
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView

CHECKED = "checked"
DOUBTFUL = "order.doubtful"
EVENTS: Mapping[str, Text] = {DOUBTFUL: _("something unusual found")}
_ACTS: Mapping[str, Text] = {
    "cleared": _("Looked at and found all right"),
    "asked": _("Proof of identity asked for"),
    "given": _("Proof of identity uploaded"),
    "opened": _("Proof of identity opened"),
    "accepted": _("Proof of identity accepted and deleted"),
    "declined": _("Proof of identity declined and deleted"),
    "expired": _("Proof of identity: time has run out, nothing is kept"),
}
_LABEL = _("Checks")


def _checked(entry: Entry, _context: EntryContext) -> EntryView:
    return EntryView(title=str(_ACTS.get(str(entry.data.get("act", "")), _LABEL)))


ENTRIES = (
    EntryKind(
        code=CHECKED, label=_LABEL, icon="shield-check", group=Group.CHECKS, facts=frozenset({"act", "checks"}),
        staff=_checked,
    ),
)  # fmt: skip
