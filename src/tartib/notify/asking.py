"""Telling customers something that is not a new status: written like every message, sent at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from tartib.cases.models import Case
from tartib.notify import channels, jobs, sql
from tartib.notify.models import Channel, MessageKind, State
from tartib.notify.sql import NewMessage
from tartib.shops.models import Shop
from tartib.speech.names import language as nearest

_WAYS = (Channel.EMAIL, Channel.SMS)


def tell_customer(case: Case, kind: str, *, now: datetime) -> str:
    """Have a message of `kind` sent by e-mail, or by SMS where there is no e-mail; returns the channel, "" for none.

    Part of the caller's transaction. Its wording is `defaults.letter`.
    """
    return next(iter(_tell(case.shop, [case], kind, now)), "")


def tell_customers(shop: Shop, case_ids: Iterable[int], kind: str, *, now: datetime) -> int:
    """Tell the customers of many cases, as `tell_customer` does, with a fixed number of statements; how many."""
    cases = Case.objects.filter(shop=shop, pk__in=case_ids).defer("search").order_by("pk")
    return len(_tell(shop, list(cases), kind, now))


def _tell(shop: Shop, cases: Sequence[Case], kind: str, now: datetime) -> list[str]:
    """The channels by which the customers are told, those left out who cannot be."""
    people = sql.people({case.customer_id for case in cases if case.customer_id})
    unready: dict[str, str] = {channel: channels.unready(channel, shop) for channel in _WAYS}
    messages = []
    for case in cases:
        person = people.get(case.customer_id or 0)
        reach = person and (person.asked_by if kind == MessageKind.FEEDBACK else person.reached_by)
        reached = ((channel, reach(channel)) for channel in _WAYS) if reach else ()
        channel, recipient = next((way for way in reached if way[1]), ("", ""))
        if channel:
            reason = unready[channel]
            state = State.WITHHELD if reason else State.QUEUED
            language = nearest(case.language)
            messages.append(NewMessage(case.pk, kind, case.status, channel, recipient, language, "", state, reason))
    if messages:
        sql.insert(shop.pk, messages, uuid4(), jobs.sending_at(now, now), keep_copy=True, hold_until=now, now=now)
    return [message.channel for message in messages]
