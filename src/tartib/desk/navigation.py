"""The pages of the desk, as the side bar and the command palette list them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tartib.shops.access import May, may
from tartib.shops.models import Membership

_PAGES = (
    ("desk:orders", "shopping-bag", _("Orders"), None),
    ("desk:products", "package", _("Products"), May.CATALOG),
    ("desk:imports", "file-import", _("Import"), May.IMPORT),
    ("desk:review", "eye-check", _("Review"), May.DELETE),
    ("desk:templates", "mail-cog", _("Templates"), May.TEMPLATES),
    ("desk:settings", "settings", _("Settings"), May.SETTINGS),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A page one can go to."""

    url: str
    icon: str
    label: str
    current: bool


def items(member: Membership, path: str) -> list[Item]:
    """The pages this member of staff may open, in the order of the side bar; the one at `path` is current."""
    found = []
    for name, icon, label, act in _PAGES:
        if act is not None and not may(member, act):
            continue
        try:
            url = reverse(name, args=[member.shop.slug])
        except NoReverseMatch:
            continue
        found.append(Item(url, icon, str(label), path.startswith(url)))
    return found
