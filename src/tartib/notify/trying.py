"""Trying the SMS service: a text to whoever asks for it, sent at once, and in the ledger like every other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from tartib.l10n import normal
from tartib.l10n.names import language as nearest
from tartib.notify import channels
from tartib.notify.channels.letter import Letter
from tartib.notify.models import Channel, Message, MessageKind, Reason, State
from tartib.notify.rendering import render_all
from tartib.notify.sending import LEASE, record
from tartib.shops.models import Shop


def send_test(shop: Shop, number: str, language: str, *, now: datetime) -> Message:
    """Send a test to that number, read as one of the shop's country; the message says what became of it.

    It is tried once: whoever reads what is wrong tries again. Speaks to the provider, so outside of transactions.
    """
    message = Message.objects.create(
        shop=shop, act_id=uuid4(), kind=MessageKind.TEST, status="", channel=Channel.SMS,
        recipient=normal.phone(number, shop.country or None), language=nearest(language), state=State.SENDING,
        attempts=1, claimed_at=now, hold_until=now, next_at=now + LEASE, created_at=now,
    )  # fmt: skip
    rendered = render_all([message])[message.pk]
    letter = Letter(
        message.key, shop, message.recipient, message.language, "", rendered.text, "", to_customer=False, at=now,
        written=now,
    )  # fmt: skip
    with channels.sender(Channel.SMS) as sender:
        answer = sender.send(letter)
    if answer.state == State.QUEUED:
        # It does not wait: what the provider said, and what the account is in trouble for, is for whoever tried.
        answer = replace(answer, state=State.FAILED, reason=Reason.NONE)
    record(message, rendered, answer, now, 0)
    return message
