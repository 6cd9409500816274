"""What papers register: an invoice follows payment in full, a credit note a refund, the receipt goes by fax."""

from __future__ import annotations

from tartib.billing import persons
from tartib.billing.assembling import receipt_of
from tartib.billing.operations import follow_edit, follow_money
from tartib.cases import plugs as cases
from tartib.cases.models import Case
from tartib.customers import plugs as customers
from tartib.documents.receipt import pdf
from tartib.notify import attaching
from tartib.notify.channels.letter import Attachment
from tartib.notify.models import Channel
from tartib.payments import plugs


def register() -> None:
    """Called once, when Django is ready."""
    plugs.listeners.append(follow_money)
    cases.after_edit.append(follow_edit)
    attaching.makers[Channel.FAX] = receipt_file
    customers.exporters.append(persons.tell)
    customers.erasers.append(persons.forget)


def receipt_file(case: Case, language: str) -> Attachment:
    """The receipt of an order as a file, for messages that carry it."""
    return Attachment(f"{case.code}.pdf", pdf(receipt_of(case, language)), "application/pdf")
