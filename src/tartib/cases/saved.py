"""Saved views: a list's filters under a name, of one person or of the whole shop, beside those every shop has."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from tartib.cases.filters import Filters
from tartib.cases.models import Phase, SavedView
from tartib.shops.models import Membership

MOST = 30


class TooMany(Exception):
    """A person keeps as many views as can be told apart already."""


def built_in(member: Membership) -> dict[str, Filters]:
    """The views every shop starts with, by code; one is the member's own work."""
    return {
        "all": Filters(),
        "new": Filters(phase=(Phase.WAITING,)),
        "in-work": Filters(phase=(Phase.WORKING, Phase.MOVING, Phase.READY)),
        "late": Filters(late=True, open=True, sort="due"),
        "requested": Filters(type="requested"),
        "problem": Filters(phase=(Phase.PROBLEM,)),
        "mine": Filters(owner=member.pk, open=True),
        "free": Filters(free=True, open=True, sort="due"),
    }


def views(member: Membership, kind: str) -> QuerySet[SavedView]:
    """The views the member sees: the shop's, then their own."""
    return _visible(member, kind).order_by("user_id", "position", "name")


@transaction.atomic
def save(member: Membership, kind: str, name: str, filters: Filters, *, shared: bool) -> SavedView:
    """Keep `filters` under `name`; a view of that name is replaced. Raises `TooMany`."""
    user = None if shared else member.user
    known = SavedView.objects.filter(shop=member.shop, user=user, kind=kind).select_for_update()
    view = known.filter(name=name).first()
    if view is None:
        if known.count() >= MOST:
            raise TooMany
        view = SavedView(shop=member.shop, user=user, kind=kind, name=name)
    view.query = filters.as_query()
    view.save()
    return view


def forget(member: Membership, kind: str, view_id: int, *, may_shared: bool) -> SavedView | None:
    """Remove a view the member may remove: their own, and the shop's when `may_shared`. None when there is none."""
    found = _visible(member, kind).filter(pk=view_id)
    view = (found if may_shared else found.filter(user=member.user)).first()
    if view is not None:
        view.delete()
    return view


def _visible(member: Membership, kind: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(user=None) | Q(user=member.user), shop=member.shop, kind=kind)
