"""Who may: a person's membership in a shop and what each role is allowed to do."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tartib.shops.models import Membership, Role, User
from tartib.shops.scope import at_hand, in_each, shops_of_person


class May(StrEnum):
    """Things a member of staff may do that not every role may."""

    MOVE = "move"
    NOTE = "note"
    EDIT = "edit"
    BULK = "bulk"
    ASSIGN = "assign"
    IMPORT = "import"
    CATALOG = "catalog"
    DELETE = "delete"
    PAYMENT = "payment"
    TEMPLATES = "templates"
    IDENTITY = "identity"
    PERSONS = "persons"
    SECURITY = "security"
    SETTINGS = "settings"
    KEYS = "keys"


class Scope(TextChoices):
    """What an API key may be given leave to do."""

    ORDERS_READ = "orders:read", _("Read orders, their moves and timelines, and the workflow")
    ORDERS_WRITE = "orders:write", _("Place orders, correct customers and addresses, enter parcels")
    MOVES_WRITE = "moves:write", _("Move orders, one or many, and undo moves")
    ASSIGNMENTS_WRITE = "assignments:write", _("Say who is responsible for orders and support requests")
    NOTES_WRITE = "notes:write", _("Write notes on timelines")
    PAYMENTS_READ = "payments:read", _("Read payments, tries to pay and refunds")
    PAYMENTS_WRITE = "payments:write", _("Record payments, send money back")
    SUPPORT_READ = "support:read", _("Read support requests")


_TECHNICIAN = frozenset({May.MOVE, May.NOTE})
_EXPERT = _TECHNICIAN | {May.EDIT, May.BULK, May.PAYMENT, May.CATALOG}
_MANAGER = _EXPERT | {May.ASSIGN, May.IMPORT, May.DELETE, May.TEMPLATES, May.IDENTITY, May.PERSONS, May.SECURITY}
_OWNER = _MANAGER | {May.SETTINGS, May.KEYS}

ALLOWED: dict[str, frozenset[May]] = {
    Role.TECHNICIAN: _TECHNICIAN,
    Role.EXPERT: _EXPERT,
    Role.MANAGER: _MANAGER,
    Role.OWNER: _OWNER,
}


def may(membership: Membership, act: May) -> bool:
    """Whether this member of staff may do `act` in their shop."""
    return membership.active and act in ALLOWED[membership.role]


def memberships(user: User | AnonymousUser) -> list[Membership]:
    """The shops in which a signed-in person works now, the first one first."""
    if not isinstance(user, User):
        return []
    places = user.memberships.filter(active=True).select_related("shop", "branch", "user")
    found = in_each(shops_of_person(user.pk), lambda: places.filter(shop=at_hand()).first())
    return [place for place in found if place is not None]


def membership(user: User | AnonymousUser, slug: str) -> Membership | None:
    """The person's place in the shop at `slug`, or None: to a stranger a shop does not exist."""
    if not isinstance(user, User):
        return None
    found = Membership.objects.filter(user=user, active=True, shop__slug=slug).select_related("shop").first()
    if found is not None:
        # Every page asks this, and knows the person already.
        found.user = user
    return found
