"""What billing writes on timelines: the papers that were issued."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.billing.receipt import PaperKind
from tartib.journal.kinds import Data, EntryKind, Group
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView

PAPER = "paper"


def _paper(entry: Entry, context: EntryContext) -> EntryView:
    data = entry.data
    amount = context.money(data.get("amount"), data.get("currency", ""))
    return EntryView(title=_called(data), text=f"{data.get('number', '')} · {amount}")


def _paper_for_customer(entry: Entry, _context: EntryContext) -> EntryView:
    return EntryView(title=_called(entry.data), text=str(entry.data.get("number", "")))


def _called(data: Data) -> str:
    kind = str(data.get("kind", ""))
    return str(PaperKind(kind).label) if kind in PaperKind.values else kind


ENTRIES = (
    EntryKind(
        code=PAPER, label=_("Paper issued"), icon="file-invoice", group=Group.PAYMENTS,
        facts=frozenset({"kind", "number", "amount", "currency"}), staff=_paper, customer=_paper_for_customer,
    ),
)  # fmt: skip
