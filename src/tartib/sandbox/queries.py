"""Reading what was caught."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from tartib.sandbox.models import Caught
from tartib.shops import access
from tartib.shops.models import Membership, User


def place(user: User | AnonymousUser) -> Membership | None:
    """The person's membership in a practice shop, where they have one."""
    return next((place for place in access.memberships(user) if place.shop.practice), None)


def newest(after: int, most: int) -> list[Caught]:
    """The newest messages caught since the one with that id, newest first."""
    return list(Caught.objects.filter(pk__gt=after).order_by("-pk")[:most])
