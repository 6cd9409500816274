"""Reads of accounts: whose a session is, on which devices an account is open, which customers it stands for."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from tartib.customers.identity import Account, Session
from tartib.customers.models import Customer
from tartib.shops.models import Shop

KEPT = timedelta(days=90)
MOST_PLACES = 500
"""A person is known as so many customers at most; a shop's own test address may be known as thousands."""


def digest(token: str) -> bytes:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).digest()


def session(shop: Shop, token: str, *, now: datetime) -> Session | None:
    """The session of that cookie in that shop, with its account and customer; None when it has ended."""
    if not token:
        return None
    return (
        Session.objects.filter(digest=digest(token), account__shop=shop, seen_at__gt=now - KEPT)
        .select_related("account__customer")
        .first()
    )


def sessions(account: Account, *, now: datetime) -> QuerySet[Session]:
    """The devices on which an account is open, the one used last first."""
    return Session.objects.filter(account=account, seen_at__gt=now - KEPT).order_by("-seen_at", "-pk")


def customers(account: Account) -> list[int]:
    """The customers an account stands for: its own, and those of its shop with an address it has proved.

    A phone alone does not open what is in the name of an e-mail address that somebody else has proved.
    """
    mine = Q(pk=account.customer_id)
    if account.email:
        mine |= Q(email=account.email)
    if account.phone:
        others = Account.objects.filter(shop=account.shop_id, email=OuterRef("email")).exclude(pk=account.pk)
        mine |= Q(Q(email="") | Q(~Exists(others)), phone=account.phone)
    found = Customer.objects.filter(mine, shop=account.shop_id)
    return list(found.order_by("-pk").values_list("pk", flat=True)[:MOST_PLACES])
