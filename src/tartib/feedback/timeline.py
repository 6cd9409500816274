"""What feedback writes on timelines: what a customer thought of an order."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.feedback.models import LOW, stars
from tartib.journal.kinds import EntryKind, Group
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView

FEEDBACK = "feedback"


def _feedback(entry: Entry, _context: EntryContext) -> EntryView:
    rating = int(entry.data["rating"])
    return EntryView(title=stars(rating), text=str(entry.data.get("text", "")), troubled=rating <= LOW)


ENTRIES = (
    EntryKind(
        code=FEEDBACK, label=_("Feedback"), icon="star", group=Group.NOTES, facts=frozenset({"rating"}),
        staff=_feedback, customer=_feedback,
    ),
)  # fmt: skip
