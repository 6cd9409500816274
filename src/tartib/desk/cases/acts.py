"""What acts on a case of any kind have in common."""

from __future__ import annotations

from django.urls import reverse

from tartib.cases.engine import Outcome
from tartib.desk.access import StaffRequest


def seen_version(request: StaffRequest) -> int | None:
    """The version of the order that the page showed; None where the request does not say."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def way_back(request: StaffRequest, outcome: Outcome) -> str:
    """The address that takes back what was just done; empty where the shop gives no time for it."""
    return reverse("desk:act-undo", args=[request.shop.slug, outcome.act_id]) if request.shop.undo_seconds else ""
