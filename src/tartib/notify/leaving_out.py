"""Telling whoever wrote an e-mail which of its files could not be taken in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils.translation import override

from tartib.cases.models import Case
from tartib.l10n.names import language as nearest
from tartib.notify import channels, enqueue, sql
from tartib.notify.models import Channel, MessageKind, State
from tartib.notify.sql import NewMessage
from tartib.shops.operations import within_limit

ONCE_IN = timedelta(days=1)


def tell_left_out(case: Case, recipient: str, left: Sequence[tuple[str, object]], *, now: datetime) -> bool:
    """Write to `recipient` which files were left out of their e-mail about the case, and why: (name, why) of each.

    One address is written to so once a day, whatever it sends: false where that was done already. Whoever calls has
    made sure that a person wrote, and that the letter was taken in.
    """
    if not within_limit("left-out", [f"{case.shop_id} {recipient}"], most=1, window=ONCE_IN, now=now):
        return False
    language = nearest(case.language)
    with override(language):
        note = "\n".join(f"\u2068{name}\u2069: {why}" for name, why in left)
    reason = channels.unready(Channel.EMAIL, case.shop)
    message = NewMessage(
        case.pk, MessageKind.LEFT, case.status, Channel.EMAIL, recipient, language, note,
        State.WITHHELD if reason else State.QUEUED, reason,
    )  # fmt: skip
    sql.insert(case.shop_id, [message], uuid4(), enqueue.sending_at(now, now), keep_copy=True, hold_until=now, now=now)
    return True
