"""Who may say whose case it is: assign it to anybody, take it, hand it over, and take that back."""

from __future__ import annotations

from tartib.cases.models import Act, Case
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.shops.access import ALLOWED, May, may
from tartib.shops.models import Membership, Shop


def may_assign(actor: Actor) -> bool:
    """Whether they decide over the work of others: cases of anybody go to whom they say."""
    return May.ASSIGN in ALLOWED.get(actor.role, frozenset())


def may_hand_over(actor: Actor, owner: Membership | None) -> bool:
    """Whether a case of `owner` is theirs to hand over: their own, or anybody's for who assigns."""
    own = actor.kind == ActorKind.STAFF and owner is not None and owner.user_id == actor.id
    return may_assign(actor) or (own and May.MOVE in ALLOWED.get(actor.role, frozenset()))


def can_own(member: Membership) -> bool:
    """Whether somebody can be responsible for cases: they work in the shop now, and may move them on."""
    return may(member, May.MOVE)


def is_free(shop: Shop, owner: Membership | None) -> bool:
    """Whether a case of `owner` is nobody's yet: with whoever is responsible by default, or with who has left."""
    return owner is None or not owner.active or owner.pk == shop.default_owner_id


def may_take(member: Membership, case: Case) -> bool:
    """Whether they may take that case, whose owner is loaded, for themselves."""
    return (
        can_own(member) and case.closed_at is None and case.owner_id != member.pk and is_free(member.shop, case.owner)
    )


def may_take_back(actor: Actor, act: Act) -> bool:
    """Whether they may undo who became responsible by that act: they did it themselves, or assign."""
    return may_assign(actor) or (actor.kind == ActorKind.STAFF and act.user_id is not None and act.user_id == actor.id)
