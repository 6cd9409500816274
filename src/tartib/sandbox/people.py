"""Who can sign in to the practice shops: one of each role in each shop, all with the same password."""

from __future__ import annotations

from tartib.shops.models import Role, Shop
from tartib.shops.scope import at_hand, in_each, practice_shops

PASSWORD = "practice-makes-perfect"  # noqa: S105 - it guards invented data only, and is printed at every start


def address(role: str, slug: str) -> str:
    """The e-mail address with which somebody of that role signs in."""
    return f"{role}@{slug}.example.com"


def accounts() -> list[tuple[str, str]]:
    """The name of each practice shop that is there, and its owner's address."""
    return in_each(practice_shops(), _owner)


def _owner() -> tuple[str, str]:
    shop = Shop.objects.get(pk=at_hand())
    return shop.name, address(Role.OWNER, shop.slug)
