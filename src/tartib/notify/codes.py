"""Messages about an account and no case: one-time codes, of which no copy is kept, and warnings."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from tartib.customers.identity import Account
from tartib.l10n.names import language as nearest
from tartib.notify import channels, enqueue
from tartib.notify.models import Message, MessageKind, State
from tartib.shops.models import Shop


def send(
    shop: Shop, channel: str, recipient: str, language: str, code: str, *, good_until: datetime, now: datetime
) -> None:
    """Have a code sent at once, in the shop's name."""
    reason = channels.unready(channel, shop)
    Message.objects.create(
        shop=shop, act_id=uuid4(), kind=MessageKind.CODE, status="", channel=channel, recipient=recipient,
        language=language, secret="" if reason else code, good_until=good_until, keep_copy=False,
        state=State.WITHHELD if reason else State.QUEUED, reason=reason, hold_until=now, next_at=now, created_at=now,
    )  # fmt: skip
    enqueue.send_urgently()


def warn(account: Account, channel: str, recipient: str, instead: str, token: str, *, now: datetime) -> None:
    """Tell whoever reads at `recipient` that it does not lead to the account any more, in the customer's language."""
    shop, person = account.shop, account.customer
    reason = channels.unready(channel, shop)
    Message.objects.create(
        shop=shop, customer=person, act_id=uuid4(), kind=MessageKind.ADDRESS, status="", channel=channel,
        recipient=recipient, language=nearest(person.language or shop.language), note=instead, keep_copy=False,
        secret="" if reason else token, state=State.WITHHELD if reason else State.QUEUED, reason=reason,
        hold_until=now, next_at=now, created_at=now,
    )  # fmt: skip
    enqueue.send_at(now, now)


def ready(shop: Shop, channel: str) -> bool:
    """Whether something sent by that channel would go out."""
    return not channels.unready(channel, shop)
