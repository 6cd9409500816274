"""What papers add to messages: the receipt goes by fax."""

from __future__ import annotations

from tartib.billing.assembling import receipt_of
from tartib.billing.receipt import pdf
from tartib.cases.models import Case
from tartib.notify.channels.letter import Attachment


def receipt_file(case: Case, language: str) -> Attachment:
    """The receipt of an order as a file, for messages that carry it."""
    return Attachment(f"{case.code}.pdf", pdf(receipt_of(case, language)), "application/pdf")
