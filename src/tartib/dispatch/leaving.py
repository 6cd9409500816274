"""Somebody leaves a shop: what they were responsible for is somebody else's from then on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tartib.cases.models import Case
from tartib.cases.operations import assign
from tartib.dispatch.operations import hand_over_all
from tartib.journal.operations import Actor
from tartib.shops.models import Membership
from tartib.shops.operations import let_go
from tartib.shops.security import Origin


@transaction.atomic
def leave(member: Membership, successor: Membership, actor: Actor, *, by: Origin, now: datetime) -> int:
    """End somebody's work and give every open case and record of theirs to `successor`; returns how many cases.

    Raises what `shops.operations.let_go` does; nothing is changed then.
    """
    let_go(member, successor, by=by, now=now)
    theirs = Case.objects.filter(shop_id=member.shop_id, owner=member, closed_at__isnull=True)
    moved = assign(theirs.values_list("pk", flat=True), successor, actor, now=now)
    hand_over_all(member, successor, actor, now=now)
    return moved
