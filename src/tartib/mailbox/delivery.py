"""Where a letter goes: into the request it answers, or into the ledger where it says that a message did not arrive."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from django.utils.translation import override

from tartib.cases.models import Case
from tartib.dispatch.operations import open_work
from tartib.files.models import Upload
from tartib.files.operations import discard, keep_letter
from tartib.journal.operations import SYSTEM
from tartib.l10n.names import language as nearest
from tartib.mailbox import reading
from tartib.mailbox.hooks import UNREAD
from tartib.mailbox.letters import Body, Head
from tartib.notify import operations as messages
from tartib.notify.leaving_out import tell_left_out
from tartib.notify.models import Message
from tartib.notify.replying import is_for_news, key_of
from tartib.shops.operations import within_limit
from tartib.shops.scope import NOBODYS, scope, shop_of
from tartib.support import SUPPORT, operations
from tartib.support.models import Way
from tartib.support.operations import Given, Said, Written
from tartib.support.queries import NOT_READ, left_out

MOST, WITHIN = 40, timedelta(hours=1)
NOTHING_WRITTEN = "—"

logger = logging.getLogger(__name__)


class TooMany(Exception):
    """More letters answer one message than a person writes; they are to be sent again later."""


def addressed(address: str) -> Message | None:
    """The message that an address is for answers to, or for news of; None where there is no such address."""
    key = key_of(address)
    return (
        None
        if key is None
        else Message.objects.select_related("case__shop", "case__customer").filter(key=key, case__isnull=False).first()
    )


def known(address: str) -> bool:
    """Whether an address is for answers to a message, or for news of one."""
    with _scope_of(address):
        return addressed(address) is not None


def deliver(address: str, raw: bytes, envelope_sender: str, *, now: datetime) -> None:
    """Take in a letter that was sent to `address`, an answer to one of our messages; nothing where it is of none.

    The letter is kept as it came before anybody looks into it. What a person wrote goes into the support request that
    the message was about, or the one about that order; what a program wrote is passed over. Raises `TooMany`.
    """
    with _scope_of(address):
        message = addressed(address)
        if message is not None:
            _deliver(message, address, raw, envelope_sender, now)


def _scope_of(address: str) -> AbstractContextManager[None]:
    key = key_of(address)
    return scope((shop_of("message", key) if key else None) or NOBODYS)


def _deliver(message: Message, address: str, raw: bytes, envelope_sender: str, now: datetime) -> None:
    if not within_limit("mailbox", [str(message.case_id)], most=MOST, window=WITHIN, now=now):
        raise TooMany
    kept = keep_letter(message.shop, raw, now=now)
    sender = envelope_sender.strip("<> ").lower()
    letter = reading.read_letter(raw)
    if not sender or letter.head.automatic:
        _pass_over(message, letter, by_mail_server=not sender and is_for_news(address), now=now)
        discard(kept)
    elif (said := _take_in(message, kept, letter, sender, now)) is None:
        discard(kept)
    else:
        _say_what_is_missing(said, letter.head, sender, now)
        if letter.body is None:
            logger.warning("letter %s could not be read in time or in so many parts; it waits for a person", kept.pk)


def _pass_over(message: Message, letter: reading.Letter, *, by_mail_server: bool, now: datetime) -> None:
    """What no person wrote. That a message did not arrive is believed of mail servers alone, and where they say so."""
    bounced = letter.body.bounced if letter.body and by_mail_server else ""
    if bounced:
        messages.bounced(message, bounced, now=now)
    else:
        logger.info("passed over an automatic letter that answers message %s", message.pk)


def _take_in(message: Message, kept: Upload, letter: reading.Letter, sender: str, now: datetime) -> Said | None:
    """What a person wrote; None where it has been taken in already."""
    case = message.case
    assert case is not None, "an address is only of messages about a case"
    written = _written(case, kept, letter, sender)
    with transaction.atomic():
        if case.kind == SUPPORT:
            said = operations.say(case, written, now=now)
        else:
            said = operations.join(case, written, letter.head.subject or _unread(case, letter.body), now=now)
        if said is not None and letter.body is None:
            # Nobody may forget it, since nobody sees what it says.
            facts = {"sender": letter.head.sender or sender}
            open_work(
                case.shop, UNREAD, f"letter:{kept.pk}", case_id=said.case.pk, facts=facts, actor=SYSTEM, now=now
            )  # fmt: skip
    return said


def _written(case: Case, kept: Upload, letter: reading.Letter, sender: str) -> Written:
    head, body = letter.head, letter.body or Body()
    known = case.customer.email.lower() if case.customer else ""
    writer = head.sender or sender[:254]
    return Written(
        body.words or head.subject or _unread(case, letter.body) or NOTHING_WRITTEN,
        [Given(BytesIO(file.content), file.name, file.inline) for file in body.files],
        Way.MAIL,
        "" if writer == known else writer,
        head.message_id or f"sha256:{kept.sha256}",
        lenient=True,
        letter=kept,
        quoted=body.quoted,
        whole=letter.body is not None and not body.cut,
    )


def _unread(case: Case, body: Body | None) -> str:
    """What stands in place of the words of a letter that could not be read, in the shop's language."""
    if body is not None:
        return ""
    with override(nearest(case.shop.language)):
        return str(NOT_READ)


def _say_what_is_missing(said: Said, head: Head, sender: str, now: datetime) -> None:
    """Tell whoever wrote which files were left out; no mailing list is told."""
    if not said.left or head.listed:
        return
    tell_left_out(said.case, head.sender or sender, [(one.name, one.why) for one in left_out(said.left)], now=now)
