"""What a member of staff is told themselves: that something is with them now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.l10n import digits
from tartib.l10n.names import language as nearest
from tartib.notify import enqueue
from tartib.notify.models import WAITING, Channel, Message, MessageKind, State
from tartib.shops.models import Membership, Shop

MOST_NAMED = 20


def tell_of_cases(
    shop: Shop, member: Membership, codes: Sequence[str], by: str, reason: str, act_id: UUID, *, now: datetime
) -> None:
    """Tell somebody, once, of all the cases they became responsible for by an act: which, by whom ("" by itself), why.

    In their own language, and held back for as long as the shop's messages are, so that what is undone at once is not
    told. Two statements, however many cases.
    """
    language = nearest(member.user.language)
    hold_until = now + timedelta(seconds=shop.hold_back_seconds)
    with override(language):
        note = _said(codes, by, reason, shop.tag(language))
    Message.objects.create(
        shop=shop, act_id=act_id, kind=MessageKind.HANDED, status="", channel=Channel.EMAIL,
        recipient=member.user.email, language=language, note=note, state=State.QUEUED, hold_until=hold_until,
        next_at=hold_until, created_at=now,
    )  # fmt: skip
    enqueue.send_at(hold_until, now)


def withdraw(act_id: UUID) -> None:
    """Do not tell of an act that was undone, where that has not gone out yet."""
    waiting = Message.objects.filter(act_id=act_id, kind=MessageKind.HANDED, state__in=WAITING)
    waiting.update(state=State.WITHDRAWN)


def _said(codes: Sequence[str], by: str, reason: str, tag: str) -> str:
    lines = [_("Handed over to you by %(by)s:") % {"by": by} if by else _("With you now:")]
    lines.append("\n".join(codes[:MOST_NAMED]))
    if len(codes) > MOST_NAMED:
        lines.append(_("… and %(count)s more") % {"count": digits.number(len(codes) - MOST_NAMED, tag)})
    if reason:
        lines.append(_("Reason: %(reason)s") % {"reason": reason})
    return "\n\n".join(lines)
