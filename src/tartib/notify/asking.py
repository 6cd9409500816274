"""Telling a customer something that is not a new status: written like every message, sent at once."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from tartib.cases.models import Case
from tartib.notify import channels, jobs, sql
from tartib.notify.models import Channel, State
from tartib.notify.sql import NewMessage
from tartib.speech.names import language as nearest


def tell_customer(case: Case, kind: str, *, now: datetime) -> str:
    """Have a message of `kind` sent by e-mail, or by SMS where there is no e-mail; returns the channel, "" for none.

    Part of the caller's transaction. Its wording is `defaults.letter`.
    """
    person = sql.people([case.customer_id] if case.customer_id else []).get(case.customer_id or 0)
    reached = ((channel, person.reached_by(channel)) for channel in Channel.values) if person else ()
    channel, recipient = next((way for way in reached if way[1]), ("", ""))
    if not channel:
        return ""
    unready = channels.unready(channel, case.shop)
    state = State.WITHHELD if unready else State.QUEUED
    message = NewMessage(case.pk, kind, case.status, channel, recipient, nearest(case.language), "", state, unready)
    job = jobs.sending_at(now, now)
    sql.insert(case.shop_id, [message], uuid4(), job, keep_copy=True, hold_until=now, now=now)
    return channel
