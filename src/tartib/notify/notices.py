"""Telling customers something that is not a new status: written like every message, sent at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from tartib.cases.models import Case
from tartib.l10n.names import language as nearest
from tartib.notify import channels, enqueue, sql
from tartib.notify.models import Channel, MessageKind, Reason, State
from tartib.notify.sql import NewMessage
from tartib.shops.models import Shop

_WAYS = (Channel.EMAIL, Channel.SMS)


def tell_customer(case: Case, kind: str, *, now: datetime, turn: str = "", note: str = "") -> None:
    """Have a message of `kind` sent by every channel its customer agreed to: e-mail, SMS, and their devices.

    How an order was is asked by the first of these. What they asked for themselves is answered whatever they agreed to,
    by e-mail or else by SMS, and on their devices. A channel that the shop has not set up is passed over. Part of the
    caller's transaction. Its wording is `defaults.letter`, of a kind that says several things that of its `turn`;
    `note` are words of the shop's own in it.
    """
    _tell(case.shop, [case], kind, now, turn, note)


def tell_customers(shop: Shop, case_ids: Iterable[int], kind: str, *, now: datetime) -> None:
    """Tell the customers of many cases, as `tell_customer` does, with a fixed number of statements."""
    cases = Case.objects.filter(shop=shop, pk__in=case_ids).defer("search").order_by("pk")
    _tell(shop, list(cases), kind, now)


def _tell(shop: Shop, cases: Sequence[Case], kind: str, now: datetime, turn: str = "", note: str = "") -> None:
    asking, answering = kind == MessageKind.FEEDBACK, kind == MessageKind.REQUEST
    people = sql.people({case.customer_id for case in cases if case.customer_id})
    devices = sql.devices(shop.pk, [(case.pk, case.customer_id) for case in cases], asking=asking)
    unready: dict[str, str] = {channel: channels.unready(channel, shop) for channel in (*_WAYS, Channel.PUSH)}
    messages = []
    for case in cases:
        person = people.get(case.customer_id or 0)
        reach = person and (person.asked_by if asking else person.at if answering else person.reached_by)
        ways = [
            (channel, recipient)
            for channel in _WAYS
            if reach and unready[channel] != Reason.NO_SERVICE and (recipient := reach(channel))
        ]
        ways += [(Channel.PUSH, name) for name in devices.get(case.pk, ())]
        taken = [way for way in ways if not unready[way[0]]] or ways[:1]
        if answering and any(channel == Channel.EMAIL for channel, _recipient in taken):
            taken = [way for way in taken if way[0] != Channel.SMS]
        # How it was is asked once, not in every pocket: by e-mail where there is one, else by SMS, else on devices.
        first = taken[0][0] if taken else ""
        for channel, recipient in [way for way in taken if way[0] == first] if asking else taken:
            reason = unready[channel]
            state, language = State.WITHHELD if reason else State.QUEUED, nearest(case.language)
            about = turn or case.status
            messages.append(NewMessage(case.pk, kind, about, channel, recipient, language, note, state, reason))
    if messages:
        sql.insert(shop.pk, messages, uuid4(), enqueue.sending_at(now, now), keep_copy=True, hold_until=now, now=now)
