"""What imports write on timelines: what differs in the file that an order came from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tartib.cases.timeline import EVENT, ignored
from tartib.journal.kinds import Data, EntryVariant
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView

SUMS_DIFFER = "sums-differ"


def _differ(data: Data) -> bool:
    return data.get("ignored") == SUMS_DIFFER


def _differing(entry: Entry, context: EntryContext) -> EntryView:
    return EntryView(title=_("The sums in the file differ"), text=ignored(entry.data, context))


ENTRIES = (
    EntryVariant(of=EVENT, known=_differ, facts=frozenset({"event", "ignored", "params"}), staff=_differing),
)  # fmt: skip
