"""What the shop itself is told: that an order came in, and what a customer answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.utils.functional import Promise
from django.utils.translation import override

from tartib.cases import kinds
from tartib.cases.hooks import Context, Step
from tartib.cases.models import Case, workflow
from tartib.l10n.names import language as nearest
from tartib.notify import channels, enqueue, sql
from tartib.notify.models import WAITING, Channel, Message, MessageKind, State
from tartib.notify.queries import notice_addresses
from tartib.notify.sql import NewMessage
from tartib.shops.domains import Turn
from tartib.shops.models import Role, Shop, User

MOST_OPENINGS_TOLD = 20
"""A shop is told of orders as they come in, not of each one when it takes in a whole list of them."""


def openings(steps: Sequence[Step], shop: Shop) -> list[NewMessage]:
    """The messages to the shop's people of these cases as new ones (E7); none where they are too many to be told each.

    One query, and none without cases.
    """
    opened = [(step.case.id, step.decision.status.code, workflow(step.case.workflow_id).kind) for step in steps]
    return _openings(opened, shop)


def tell_of_orders(steps: Sequence[Step], context: Context) -> None:
    """Tell the shop, once, of orders that count as new from this move on, though they were written down before."""
    told = _told([step.case.id for step in steps])
    fresh = openings([step for step in steps if step.case.id not in told], context.shop)
    _tell(context.shop, fresh, context.act_id, context.now)


def tell_of_order(case: Case, *, now: datetime) -> None:
    """Tell the shop, once, of an order that counts as new from now on, though it stays where it is."""
    if not _told([case.pk]):
        _tell(case.shop, _openings([(case.pk, case.status, case.kind)], case.shop), uuid4(), now)


def _told(case_ids: Sequence[int]) -> set[int]:
    known = Message.objects.filter(case__in=case_ids, kind=MessageKind.OPENED).values_list("case_id", flat=True)
    return {case_id for case_id in known if case_id is not None}


def _tell(shop: Shop, fresh: Sequence[NewMessage], act_id: UUID, now: datetime) -> None:
    if fresh:
        sql.insert(shop.pk, fresh, act_id, enqueue.sending_at(now, now), keep_copy=True, hold_until=now, now=now)


def _openings(opened: Sequence[tuple[int, str, str]], shop: Shop) -> list[NewMessage]:
    """The messages of cases as new ones: (case, status, kind) of each."""
    if not opened or len(opened) > MOST_OPENINGS_TOLD:
        return []
    told = [(Channel.EMAIL, shop.email)] if shop.email else []
    told += [
        (Channel(channel), address) for channel, address in notice_addresses(shop).values_list("channel", "address")
    ]
    return [
        _message(shop, case_id, MessageKind.OPENED, status, channel, address)
        for case_id, status, kind in opened
        for channel, address in dict.fromkeys(told)
        # A fax is the receipt of an order.
        if channel != Channel.FAX or kinds.connected[kind].receipts
    ]


def tell_of_answer(shop: Shop, case: Case, answer: str | Promise, words: str, *, now: datetime) -> None:
    """Tell the shop what a customer answered to a question about their order, in the shop's language.

    An earlier answer that has not gone out yet gives way to this one.
    """
    if not shop.email:
        return
    with override(nearest(shop.language)):
        said = "\n".join(part for part in (str(answer), words) if part)
    message = _message(shop, case.pk, MessageKind.ANSWERED, case.status, Channel.EMAIL, shop.email)._replace(note=said)
    act_id = uuid4()
    Message.objects.filter(case=case, kind=MessageKind.ANSWERED, state__in=WAITING).update(
        state=State.MERGED, replaced_by=act_id
    )
    sql.insert(shop.pk, [message], act_id, enqueue.sending_at(now, now), keep_copy=True, hold_until=now, now=now)


def tell_of_words(shop: Shop, case: Case, wish: str | Promise, words: str, *, now: datetime) -> None:
    """Tell the shop what a customer asks for or wrote, in the shop's language; each of several is told."""
    if not shop.email:
        return
    with override(nearest(shop.language)):
        said = "\n".join(part for part in (str(wish), words) if part)
    message = _message(shop, case.pk, MessageKind.WRITTEN, case.status, Channel.EMAIL, shop.email)._replace(note=said)
    if message.state == State.HELD:
        # Held back, the next one would have to be merged into it.
        message = message._replace(state=State.QUEUED)
    sql.insert(shop.pk, [message], uuid4(), enqueue.sending_at(now, now), keep_copy=True, hold_until=now, now=now)


def _message(shop: Shop, case_id: int, kind: str, status: str, channel: Channel, address: str) -> NewMessage:
    unready = channels.unready(channel, shop)
    state = State.WITHHELD if unready else State.HELD
    return NewMessage(case_id, kind, status, channel, address, nearest(shop.language), "", state, unready)


def tell_of_domain(shop: Shop, domain: str, turn: Turn, now: datetime) -> None:
    """Tell the owners of a shop, each in their language, that the proof of its own domain is gone, or the domain is."""
    owners = User.objects.filter(
        is_active=True, memberships__shop=shop, memberships__active=True, memberships__role=Role.OWNER
    )
    for owner in owners.order_by("pk"):
        Message.objects.create(
            shop=shop, act_id=uuid4(), kind=MessageKind.DOMAIN, status=turn, channel=Channel.EMAIL,
            recipient=owner.email, language=nearest(owner.language), note=domain, state=State.QUEUED, hold_until=now,
            next_at=now, created_at=now,
        )  # fmt: skip
    enqueue.send_at(now, now)
