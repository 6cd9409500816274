"""The newest anchor of a shop's timelines, by e-mail to its owners: they keep it where its host cannot reach it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.journal.anchors import files, statements
from tartib.journal.anchors.statements import NoAnchor
from tartib.journal.models import Anchoring
from tartib.l10n import dates, digits
from tartib.l10n.names import language as nearest
from tartib.notify import enqueue
from tartib.notify.models import Channel, Message, MessageKind, State
from tartib.shops.models import Role, Shop, User


def shops_to_write_to() -> Iterator[int]:
    """The numbers of the shops whose newest anchor was not sent yet."""
    return Anchoring.objects.filter(number__gt=F("mailed")).order_by("shop").values_list("shop", flat=True).iterator()


@transaction.atomic
def write_to_owners(shop: Shop, *, now: datetime) -> int:
    """Send the owners of a shop the signed statement of its newest anchor, each in their language; to how many.

    The statement names no person and no other shop. Each anchor is sent once; none is where its file is gone.
    """
    newest = Anchoring.objects.select_for_update().filter(shop=shop, number__gt=F("mailed")).first()
    if newest is None:
        return 0
    try:
        token = files.token_of(files.place_of(shop.pk, newest.number))
    except (NoAnchor, OSError):
        return 0
    owners = User.objects.filter(
        is_active=True, memberships__shop=shop, memberships__active=True, memberships__role=Role.OWNER
    )
    letters = [_letter(shop, owner, token, now) for owner in owners.order_by("pk")]
    Message.objects.bulk_create(letters)
    Anchoring.objects.filter(shop=shop).update(mailed=newest.number)
    if letters:
        enqueue.send_at(now, now)
    return len(letters)


def _letter(shop: Shop, owner: User, token: str, now: datetime) -> Message:
    language = nearest(owner.language)
    said, tag = statements.unverified(token), shop.tag(language)
    with override(language):
        line = _("Proof no. %(number)s, %(at)s; key %(key)s") % {
            "number": digits.number(said.number, tag),
            "at": dates.show_datetime(said.moment, tag, shop.calendar, ZoneInfo(shop.timezone)),
            "key": statements.key_of(token),
        }
    return Message(
        shop=shop, act_id=uuid4(), kind=MessageKind.ANCHOR, status="", channel=Channel.EMAIL, recipient=owner.email,
        language=language, note=f"{line}\n\n{files.armoured(token)}", state=State.QUEUED, hold_until=now, next_at=now,
        created_at=now,
    )  # fmt: skip
