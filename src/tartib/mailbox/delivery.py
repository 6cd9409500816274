"""Where a letter goes: into the request it answers, or into the ledger where it says that a message did not arrive."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

from tartib.cases.models import CaseKind
from tartib.mailbox.letters import Letter
from tartib.notify import operations as messages
from tartib.notify.models import Message
from tartib.notify.replying import key_of
from tartib.shops.operations import within_limit
from tartib.support import operations
from tartib.support.models import Way
from tartib.support.operations import Given, Written

MOST, WITHIN = 40, timedelta(hours=1)
NOTHING_WRITTEN = "—"


class TooMany(Exception):
    """More letters answer one message than a person writes; they are to be sent again later."""


def addressed(address: str) -> Message | None:
    """The message that an address is for answers to, or for news of; None where there is no such address."""
    key = key_of(address)
    if key is None:
        return None
    return Message.objects.select_related("case__shop", "case__customer").filter(key=key, case__isnull=False).first()


def deliver(message: Message, letter: Letter, *, now: datetime) -> None:
    """Take in a letter that answers `message`.

    What a person wrote goes into the support request that the message was about, or the one about that order. What a
    program wrote is passed over. Raises `TooMany`.
    """
    if letter.bounced:
        messages.bounced(message, letter.bounced, now=now)
        return
    if letter.automatic:
        return
    if not within_limit("mailbox", [str(message.case_id)], most=MOST, window=WITHIN, now=now):
        raise TooMany
    case = message.case
    assert case is not None, "an address is only of messages about a case"
    known = case.customer.email if case.customer else ""
    written = Written(
        letter.words or letter.subject or NOTHING_WRITTEN,
        [Given(BytesIO(file.content), file.name) for file in letter.files],
        Way.MAIL,
        "" if letter.sender == known else letter.sender,
        letter.message_id,
        lenient=True,
    )
    if case.kind == CaseKind.SUPPORT:
        operations.say(case, written, now=now)
    else:
        operations.join(case, written, letter.subject, now=now)
