"""What staff do with templates and messages: write and reset wording; retry, withdraw and send at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tartib.cases import hooks
from tartib.cases.engine import announce
from tartib.cases.models import Case
from tartib.customers import contact
from tartib.journal.operations import SYSTEM, Actor, NewEntry, write
from tartib.l10n import names, phones
from tartib.notify import enqueue, service, template_syntax
from tartib.notify.channels import fax
from tartib.notify.channels.letter import LONGEST_ANSWER
from tartib.notify.models import (
    TO_CUSTOMERS,
    TROUBLED,
    WAITING,
    Channel,
    Message,
    NoticeAddress,
    Reason,
    State,
    Template,
)
from tartib.notify.queries import shop_statuses
from tartib.notify.sending import entry
from tartib.notify.standing_in import stand_in
from tartib.notify.timeline import MESSAGE
from tartib.shops.models import LANGUAGE_NAMES, Shop

LONGEST_SUBJECT = 200
LONGEST_BODY: dict[str, int] = {Channel.EMAIL: 10_000, Channel.SMS: 1_000, Channel.PUSH: 1_000}


class TooLate(Exception):
    """A message is not in a state any more in which that can be done with it; `message` shows what became of it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.state)
        self.message = message


def check_template(channel: str, subject: str, body: str) -> None:
    """Refuse wording that could not be sent: a ValidationError with what is wrong and where, by field.

    What passes here can always be rendered, whatever the case it is for.
    """
    known = {name for source in hooks.connected.template_variables for name in source.names}
    subject, body = subject.strip(), body.strip()
    wrong = {"subject": template_syntax.problems(subject, known), "body": template_syntax.problems(body, known)}
    if channel != Channel.SMS:
        if not subject:
            wrong["subject"].append(_("Write a subject."))
        if any(char in subject for char in "\r\n"):
            wrong["subject"].append(_("The subject must be a single line."))
        if len(subject) > LONGEST_SUBJECT:
            wrong["subject"].append(_("The subject can have at most %d characters.") % LONGEST_SUBJECT)
    elif subject:
        wrong["subject"].append(_("An SMS has no subject."))
    if not body:
        wrong["body"].append(_("Write the text, or reset it to the one that ships with Tartib."))
    if len(body) > LONGEST_BODY[channel]:
        wrong["body"].append(_("The text can have at most %d characters.") % LONGEST_BODY[channel])
    if any(wrong.values()):
        raise ValidationError({field: found for field, found in wrong.items() if found})


def save_template(
    shop: Shop, status: str, channel: str, language: str, *, subject: str, body: str, now: datetime
) -> Template:
    """Keep the shop's own wording for a status, channel and language; raises ValidationError when it cannot be sent."""
    if channel not in TO_CUSTOMERS or language not in LANGUAGE_NAMES:
        raise ValidationError(_("There are no messages of this kind."))
    if status not in shop_statuses(shop):
        raise ValidationError(_("The shop has no such status."))
    check_template(channel, subject, body)
    template, _created = Template.objects.update_or_create(
        shop=shop,
        status=status,
        channel=channel,
        language=language,
        defaults={"subject": subject.strip(), "body": body.strip().replace("\r\n", "\n"), "updated_at": now},
    )
    return template


def reset_template(shop: Shop, status: str, channel: str, language: str) -> bool:
    """Go back to the wording that ships; false when it was in use already."""
    deleted, _rows = Template.objects.filter(shop=shop, status=status, channel=channel, language=language).delete()
    return bool(deleted)


def tell_also(shop: Shop, channel: str, address: str) -> NoticeAddress:
    """Tell one more address of the shop of its new orders; raises ValidationError for one that cannot be told."""
    if channel == Channel.EMAIL:
        address = contact.email(address)
    else:
        reading = contact.phone(address, shop.country)
        address = reading.number
        if channel == Channel.SMS and not phones.textable(address):
            number = names.isolate(phones.shown(address))
            raise ValidationError(_("No SMS can arrive at %(number)s.") % {"number": number})
        if channel == Channel.FAX and not fax.gateway(shop):
            raise ValidationError(_("Enter the fax service of the shop first."))
        if channel == Channel.SMS and service.of(shop) is None:
            raise ValidationError(_("Choose the SMS service of the shop first."))
    return NoticeAddress.objects.get_or_create(shop=shop, channel=Channel(channel), address=address)[0]


def tell_no_more(shop: Shop, address_id: int) -> None:
    """Tell that address of the shop's orders no more; raises `NoticeAddress.DoesNotExist` for one that is not its."""
    NoticeAddress.objects.get(shop=shop, pk=address_id).delete()


@transaction.atomic
def retry(shop: Shop, message_id: int, *, now: datetime) -> Message:
    """Try a message again that failed, bounced or was withheld, from the first attempt on.

    Raises `Message.DoesNotExist` for a message the shop does not have, `TooLate` when it is not in such a state.
    """
    return _queue(shop, message_id, TROUBLED, now)


@transaction.atomic
def send_now(shop: Shop, message_id: int, *, now: datetime) -> Message:
    """Send a message at once that is held back or waits for its next attempt; raises as `retry` does."""
    return _queue(shop, message_id, WAITING, now)


@transaction.atomic
def withdraw(shop: Shop, message_id: int, actor: Actor, *, now: datetime) -> Message:
    """Do not send a message that still waits; the timeline says who decided so. Raises as `retry` does."""
    message, case = _hold(shop, message_id, WAITING)
    message.state, message.reason = State.WITHDRAWN, Reason.BY_HAND
    write(shop.pk, [NewEntry(case.pk, MESSAGE, entry(message))], actor, now)
    message.save(update_fields=["state", "reason"])
    announce(shop, [case.pk])
    return message


@transaction.atomic
def bounced(message: Message, said: str, *, now: datetime) -> None:
    """Note that a message which had been sent did not arrive, and what the other side says of it. Once is enough."""
    held = Message.objects.select_for_update(of=("self",)).select_related("shop").get(pk=message.pk)
    if held.state != State.SENT or held.case_id is None:
        return
    held.state, held.sent_at, held.answer = State.BOUNCED, None, said[:LONGEST_ANSWER]
    write(held.shop_id, [NewEntry(held.case_id, MESSAGE, entry(held))], SYSTEM, now)
    held.save(update_fields=["state", "sent_at", "answer"])
    stand_in(held, now=now)
    announce(held.shop, [held.case_id])


def _queue(shop: Shop, message_id: int, states: Sequence[str], now: datetime) -> Message:
    message, case = _hold(shop, message_id, states)
    if message.channel == Channel.SMS and message.reason in (Reason.NOT_THERE, Reason.REFUSED, Reason.BAD_ADDRESS):
        # It is known not to have come through: under its old key a provider would take it for a repetition.
        message.key = uuid4()
    message.state, message.reason, message.attempts, message.next_at = State.QUEUED, Reason.NONE, 0, now
    message.hold_until, message.reference = now, ""
    message.save(update_fields=["state", "reason", "attempts", "next_at", "hold_until", "reference", "key"])
    enqueue.send_at(now, now)
    announce(shop, [case.pk])
    return message


def _hold(shop: Shop, message_id: int, states: Sequence[str]) -> tuple[Message, Case]:
    """The message, locked, and the case it is about; one about no case is nothing that staff decide on."""
    message = Message.objects.select_for_update(of=("self",)).select_related("case").get(pk=message_id, shop=shop)
    if message.case is None:
        raise Message.DoesNotExist
    if message.state not in states:
        raise TooLate(message)
    return message, message.case
