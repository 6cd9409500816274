"""Somebody's work in a shop ends: everything that is open with them has another owner in the same transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tartib.dispatch import assigning, operations
from tartib.journal.operations import Actor
from tartib.shops.models import Membership
from tartib.shops.operations import NotTheirs, let_go
from tartib.shops.security import Origin


@transaction.atomic
def leave(member: Membership, successor: Membership | None, actor: Actor, *, by: Origin, now: datetime) -> int:
    """End somebody's work in their shop; returns how many open cases are with `successor` now.

    Without one that is who is responsible by default. The cases say on their timelines why, and work records go along.
    Raises `LastOwner`, `NotTheirs` for a successor who cannot be one, and `NotHere` for one who has just left.
    """
    heir = successor or member.shop.default_owner
    if heir is None:
        raise NotTheirs
    let_go(member, heir, by=by, now=now)
    given = assigning.of_who_leaves(member, heir, actor, now=now).given
    operations.hand_over_all(member, heir, actor, now=now)
    return len(given)
