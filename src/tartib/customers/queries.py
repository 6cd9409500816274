"""Reads of accounts: whose a session is, on which devices an account is open, which customers it stands for, points."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from tartib.customers.identity import Account, Session
from tartib.customers.models import Customer
from tartib.customers.points_balance import PointsBalance, PointsMovement, PointsRule
from tartib.l10n import digits
from tartib.shops import naming
from tartib.shops.models import Shop

KEPT = timedelta(days=90)
MOST_WORDS, SHORTEST_NUMBER = 8, 3
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
    """The customers an account stands for, the newest first; see `known_as`."""
    return list(known_as(account).order_by("-pk").values_list("pk", flat=True)[:MOST_PLACES])


def find(shop: Shop, text: str, most: int) -> list[Customer]:
    """The customers whom a text names, by name: each of its words is a part of the name, the e-mail or the phone.

    Letters are compared as they are sorted: without regard to case, accents, and to which script's form of a letter
    somebody's keyboard has.
    """
    found = Customer.objects.filter(shop=shop, erased_at=None)
    # The groups of a number are one word.
    words = text.split() if any(map(str.isalpha, text)) else [text]
    for word in words[:MOST_WORDS]:
        match = Q(email__contains=word.lower())
        if wanted := naming.key(shop, word).strip():
            match |= Q(sort__contains=wanted)
        number = "".join(letter for letter in digits.latin(word) if letter.isdigit())
        if len(number) >= SHORTEST_NUMBER:
            # A number is kept with its country's code, and said with the zero that stands for it.
            match |= Q(phone__contains=number.lstrip("0") or number)
        found = found.filter(match)
    return list(found.order_by("sort", "pk")[:most])


def known_as(account: Account) -> QuerySet[Customer]:
    """The customers an account stands for: its own, and those of its shop with an address it has proved.

    A phone alone does not open what is in the name of an e-mail address that somebody else has proved.
    """
    mine = Q(pk=account.customer_id)
    if account.email:
        mine |= Q(email=account.email)
    if account.phone:
        others = Account.objects.filter(shop=account.shop_id, email=OuterRef("email")).exclude(pk=account.pk)
        mine |= Q(Q(email="") | Q(~Exists(others)), phone=account.phone)
    return Customer.objects.filter(mine, shop=account.shop_id)


def person(customer: Customer) -> list[int]:
    """The customers of the shop who are the same person, as far as an account proves it; the oldest first.

    It is the account of that customer, else the one that has proved their e-mail address, else their phone.
    """
    known = Q(customer=customer)
    if customer.email:
        known |= Q(email=customer.email)
    if customer.phone:
        known |= Q(phone=customer.phone)
    accounts = list(Account.objects.filter(known, shop=customer.shop_id))
    accounts.sort(
        key=lambda account: (account.customer_id != customer.pk, account.email != (customer.email or None), account.pk)
    )
    for account in accounts:
        rows = customers(account)
        if customer.pk in rows:
            return sorted(rows)
    return [customer.pk]


@dataclass(frozen=True, slots=True)
class Points:
    """What a person has: points to spend, and points that wait for approval."""

    balance: int = 0
    waiting: int = 0


def points(customer_ids: Sequence[int]) -> Points:
    """What the customers who are one person have together."""
    sums = PointsBalance.objects.filter(customer__in=customer_ids).aggregate(
        balance=Sum("balance"), waiting=Sum("waiting")
    )
    return Points(sums["balance"] or 0, sums["waiting"] or 0)


def points_rule(shop: Shop) -> PointsRule:
    """The rule of a shop; one that is off where it has set none."""
    return PointsRule.objects.filter(shop=shop).first() or PointsRule(shop=shop)


def has_points(shop: Shop) -> bool:
    """Whether a shop gives points, or has done so: what its customers have stays theirs."""
    return PointsRule.objects.filter(shop=shop).exists()


def points_movements(customer_ids: Sequence[int]) -> QuerySet[PointsMovement]:
    """What came and went, the newest first."""
    return PointsMovement.objects.filter(customer__in=customer_ids).order_by("-pk")
