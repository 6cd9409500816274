"""Moving points: every change of what a customer has goes through here, each once, none below nought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tartib.customers import sql
from tartib.customers.models import Customer
from tartib.customers.points_balance import PointsBalance, PointsKind, PointsMovement, PointsRule
from tartib.customers.queries import person
from tartib.shops.bulk import insert_rows
from tartib.shops.models import Shop

MONTH = timedelta(days=30)
MOST = 1_000


class TooFew(Exception):
    """Fewer points are there than are to be taken; `there` is how many are."""

    def __init__(self, there: int) -> None:
        super().__init__(str(there))
        self.there = there


@dataclass(frozen=True, slots=True)
class Posting:
    """A movement to be written: `points` of the balance, `waiting` of what waits for approval."""

    customer_id: int
    kind: str
    points: int
    key: str
    waiting: int = 0
    case_id: int | None = None
    reason: str = ""


def lock_balances(shop: Shop, customer_ids: Iterable[int], *, now: datetime) -> dict[int, PointsBalance]:
    """The balances of these customers of `shop`, locked in the order of their ids, for whoever is about to `post`.

    Balances are locked after cases and stock, by everybody.
    """
    ids = sorted(set(customer_ids))
    PointsBalance.objects.bulk_create(
        [PointsBalance(customer_id=pk, shop=shop, moved_at=now) for pk in ids], ignore_conflicts=True
    )
    held = PointsBalance.objects.select_for_update().filter(shop=shop, customer__in=ids).order_by("customer_id")
    return {balance.customer_id: balance for balance in held}


def post(shop: Shop, postings: Sequence[Posting], who: str, *, now: datetime) -> None:
    """Write movements and what they make of the held balances, with two statements however many there are.

    Part of the caller's transaction. Raises `IntegrityError` for a key that is there already and for a sum below zero.
    """
    if not postings:
        return
    insert_rows(
        "customers_pointsmovement",
        ("shop_id", "customer_id", "case_id", "kind", "points", "waiting", "key", "reason", "actor_name", "at"),
        (
            (shop.pk, p.customer_id, p.case_id, p.kind, p.points, p.waiting, p.key, p.reason[:250], who[:150], now)
            for p in postings
        ),
    )
    sql.fill([(p.customer_id, p.points, p.waiting) for p in postings], now)


def spread(balances: Iterable[PointsBalance], points: int) -> list[tuple[int, int]]:
    """So many points taken from held balances, (customer, points) of each: the oldest customer's first.

    Raises `TooFew`.
    """
    parts, left = [], points
    for balance in balances:
        part = min(balance.balance, left)
        if part > 0:
            parts.append((balance.customer_id, part))
            left -= part
    if left:
        raise TooFew(points - left)
    return parts


@transaction.atomic
def correct(
    shop: Shop, customer: Customer, change: int, reason: str, who: str, *, key: str, now: datetime, case_id: int | None
) -> bool:
    """Give a person points or take some away, with a reason; false when `key` has been used already.

    Raises `TooFew` when they do not have so many.
    """
    balances = lock_balances(shop, person(customer), now=now)
    if PointsMovement.objects.filter(shop=shop, key__startswith=f"{key}:").exists():
        return False
    parts = [(customer.pk, change)] if change > 0 else [(pk, -n) for pk, n in spread(balances.values(), -change)]
    post(
        shop,
        [Posting(pk, PointsKind.SET, n, f"{key}:{pk}", case_id=case_id, reason=reason) for pk, n in parts if n],
        who,
        now=now,
    )
    return True


def lapse(now: datetime, *, most: int = MOST) -> int:
    """Take the points that nobody touched for as long as the shop lets them stand; returns of how many customers."""
    lapsed = 0
    rules = PointsRule.objects.filter(active=True, months__isnull=False).select_related("shop").order_by("pk")
    for rule in rules:
        assert rule.months is not None
        lapsed += _lapse(rule.shop, now - rule.months * MONTH, now, most)
    return lapsed


@transaction.atomic
def _lapse(shop: Shop, before: datetime, now: datetime, most: int) -> int:
    old = (
        PointsBalance.objects.select_for_update(skip_locked=True)
        .filter(shop=shop, balance__gt=0, moved_at__lt=before)
        .order_by("customer_id")[:most]
    )
    postings = [
        Posting(
            balance.customer_id, PointsKind.LAPSED, -balance.balance, f"lapsed:{balance.customer_id}:{now.isoformat()}"
        )
        for balance in old
    ]
    post(shop, postings, "Tartib", now=now)
    return len(postings)


def set_rule(shop: Shop, **values: object) -> PointsRule:
    """Keep the rule of a shop; raises `ValidationError` when something about it cannot be."""
    rule = PointsRule.objects.filter(shop=shop).first() or PointsRule(shop=shop)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.full_clean()
    rule.save()
    return rule
