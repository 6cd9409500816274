"""What did not arrive by one letter goes by the other: e-mail by SMS, SMS by e-mail, once."""

from __future__ import annotations

from datetime import datetime

from tartib.notify import enqueue, reaching, sql
from tartib.notify.models import NEWS, TROUBLED, Message, MessageKind, Reason, Sending, State
from tartib.notify.sql import NewMessage

_TOLD_OTHERWISE = (*NEWS, MessageKind.REPLY, MessageKind.IDENTITY)


def stand_in(message: Message, *, now: datetime) -> bool:
    """Have a message that came back, or failed for good, go by the other letter; true where it does. In a transaction.

    Not where that is no way to the customer, where the shop has switched it off, where it went there anyway, nor where
    newer news of the case has been told since.
    """
    if message.kind not in _TOLD_OTHERWISE or message.channel not in reaching.OTHER or message.state not in TROUBLED:
        return False
    case, other = message.case, reaching.OTHER[message.channel]
    if case is None or case.customer_id is None:
        return False
    rules = reaching.rules(message.shop)
    status = message.status if message.kind == MessageKind.STATUS else reaching.CONFIRMATION
    if not rules.stand_in or rules.unready[other] or rules.sending(status, other, ()) == Sending.NEVER:
        return False
    person = sql.people([case.customer_id]).get(case.customer_id)
    to = person.reached_by(other) if person and not person.refuses(other) else ""
    if not to or _told(message, other):
        return False
    fresh = NewMessage(
        case.pk, message.kind, message.status, other, to, message.language, message.note, State.QUEUED, Reason.NONE
    )
    sql.insert(
        message.shop_id, [fresh], message.act_id, enqueue.sending_at(now, now),
        keep_copy=message.keep_copy, hold_until=now, now=now,
    )  # fmt: skip
    return True


def _told(message: Message, other: str) -> bool:
    """Whether the same was told by the other letter, or something newer by any."""
    of_case = Message.objects.filter(case=message.case)
    same = of_case.filter(kind=message.kind, act_id=message.act_id, channel=other).exclude(state=State.OFF)
    newer = of_case.filter(kind=MessageKind.STATUS, pk__gt=message.pk).exclude(act_id=message.act_id)
    return same.exists() or (message.kind == MessageKind.STATUS and newer.exists())
