"""The pages of the desk, as the side bar and the command palette list them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tartib.shops.access import May, may
from tartib.shops.models import Membership, Shop

_PAGES = (
    ("desk:orders", "shopping-bag", _("Orders"), None),
    ("desk:attention", "alert-triangle", _("Needs attention"), None),
    ("desk:support", "headset", _("Support"), None),
    ("desk:products", "package", _("Products"), May.CATALOG),
    ("desk:window", "building-store", _("Shop window"), May.CATALOG),
    ("desk:payments", "credit-card", _("Payments"), May.PAYMENT),
    ("desk:imports", "file-import", _("Import"), May.IMPORT),
    ("desk:review", "eye-check", _("Review"), May.DELETE),
    ("desk:reports", "chart-bar", _("Reports"), None),
    ("desk:feedback", "star", _("Feedback"), None),
    ("desk:papers", "file-invoice", _("Invoices"), May.PAYMENT),
    ("desk:acts", "history", _("Recent acts"), May.MOVE),
    ("desk:templates", "mail-cog", _("Templates"), May.TEMPLATES),
    ("desk:first-steps", "list-check", _("First steps"), May.SETTINGS),
    ("desk:security", "shield-lock", _("Security log"), May.SECURITY),
    ("desk:settings", "settings", _("Settings"), May.SETTINGS),
)

# Where the page asks how much waits there.
_COUNTS = {
    "desk:attention": "desk:attention-count",
    "desk:support": "desk:support-count",
    "desk:first-steps": "desk:first-steps-count",
}
# Until they are put away; who practises has nothing to set up.
_WHILE: dict[str, Callable[[Shop], bool]] = {"desk:first-steps": lambda shop: shop.first_steps and not shop.practice}


@dataclass(frozen=True, slots=True)
class Item:
    """A page one can go to; at `count_url`, where there is one, how much waits there."""

    url: str
    icon: str
    label: str
    current: bool
    count_url: str = ""


def items(member: Membership, path: str) -> list[Item]:
    """The pages this member of staff may open, in the order of the side bar; the one at `path` is current."""
    found = []
    for name, icon, label, act in _PAGES:
        if (act is not None and not may(member, act)) or not _shown(name, member.shop):
            continue
        url = address(name, member.shop.slug)
        if url is None:
            continue
        count = address(_COUNTS[name], member.shop.slug) if name in _COUNTS else None
        found.append(Item(url, icon, str(label), path.startswith(url), count or ""))
    return found


def _shown(name: str, shop: Shop) -> bool:
    return name not in _WHILE or _WHILE[name](shop)


def address(name: str, slug: str) -> str | None:
    """The address of a page of the shop, or None where this installation does not have that page."""
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return None
