"""Taking back an act, whatever it did: one address, one button, one rule."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tartib.cases import engine
from tartib.cases.engine import Outcome
from tartib.cases.models import Act
from tartib.dispatch import assigning
from tartib.dispatch.assigning import Assigned
from tartib.journal.operations import Actor
from tartib.shops.models import Shop


def undo(shop: Shop, act_id: UUID, actor: Actor, *, now: datetime) -> Outcome | Assigned:
    """Take back a move, or who became responsible. Raises `NotUndoable`, `Act.DoesNotExist`."""
    if is_assignment(shop, act_id):
        return assigning.undo(shop, act_id, actor, now=now)
    return engine.undo(shop, act_id, actor, now=now)


def is_assignment(shop: Shop, act_id: UUID) -> bool:
    """Whether an act of the shop said who is responsible, and moved nothing."""
    return Act.objects.filter(pk=act_id, shop=shop, answer__has_key="assigned").exists()
