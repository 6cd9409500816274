"""What passes between the sending worker and a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tartib.notify.models import Reason, State
from tartib.shops.models import Shop

LONGEST_ANSWER = 500
BY_PROGRAM, BY_PERSON, BY_ANSWERING_PROGRAM = "auto-generated", "", "auto-replied"
"""What `Auto-Submitted` says of a letter (RFC 3834, 5); a person's own words have no such header."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with a letter."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered message, to a customer or to the shop itself.

    `key` is the same in every attempt, so that a provider can tell a repetition. `unsubscribe` is the address at which
    its recipient declines letters of this kind, "" for one they cannot decline. `link` is the path of the page that
    tells more, `topic` the same for all letters of which only the newest matters, `at` when it is sent; an `urgent` one
    is for now, not for when the device is next looked at. `below` are the ids of the e-mails it goes below in its
    conversation, the last the one it answers; `written_by` says whether a person's own words make it. `written` is when
    it came to be sent at all, and it is tried `again` where an earlier attempt may have come through.
    """

    key: UUID
    shop: Shop
    recipient: str
    language: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str = ""
    to_customer: bool = True
    link: str = ""
    topic: str = ""
    urgent: bool = False
    at: datetime | None = None
    below: tuple[str, ...] = ()
    written_by: str = BY_PROGRAM
    written: datetime | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt: `state` is SENT, FAILED, BOUNCED or WITHHELD for good, QUEUED to try again later.

    `said` is what the provider answered, in its own words. A letter that `Reason.WAITS` is not tried too often by being
    tried. `reference` is the provider's name for it, `parts` and `price` what it took and cost, where that is known.
    """

    state: State
    said: str = ""
    reason: str = Reason.NONE
    reference: str = ""
    parts: int | None = None
    price: Decimal | None = None
    currency: str = ""
