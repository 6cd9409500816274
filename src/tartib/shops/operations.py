"""What is done to shops: opening one, employing people, giving out tracking codes and keys, counting attempts."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from tartib.shops import naming
from tartib.shops.models import ApiKey, Branch, Limit, Membership, Role, Shop, User

KEY_PREFIX = "tt_"


class LastOwner(Exception):
    """A shop keeps at least one owner who works there."""


class NotTheirs(Exception):
    """Work can be handed over only to somebody else who works in the same shop."""


@transaction.atomic
def open_shop(
    *, slug: str, code: str, name: str, owner: User, branch_code: str = "1", branch_name: str = "", **settings: object
) -> Shop:
    """Open a shop with its first branch; `owner` becomes its owner and is responsible for cases by default."""
    shop = Shop(slug=slug, code=code, name=name, **settings)
    shop.languages = shop.languages or [shop.language]
    shop.full_clean(exclude=["default_owner"])
    shop.save()
    Branch.objects.create(shop=shop, code=branch_code, name=branch_name or name)
    shop.default_owner = employ(shop, owner, Role.OWNER)
    shop.save(update_fields=["default_owner"])
    return shop


def employ(shop: Shop, user: User, role: str, branch: Branch | None = None) -> Membership:
    """Give `user` a place in `shop`, or change the one they have."""
    membership, _created = Membership.objects.update_or_create(
        shop=shop, user=user, defaults={"role": role, "branch": branch, "active": True}
    )
    return membership


@transaction.atomic
def change_shop(shop: Shop, **changes: object) -> None:
    """Change a shop's settings; raises `ValidationError` when one of them cannot be."""
    language = Shop.objects.values_list("language", flat=True).get(pk=shop.pk)
    for name, value in changes.items():
        setattr(shop, name, value)
    shop.full_clean()
    shop.save()
    if shop.language != language:
        naming.sort_again(shop)


@transaction.atomic
def change_role(member: Membership, role: str, branch: Branch | None = None) -> None:
    """Give a member of staff another role or branch. Raises `LastOwner` when the shop would be left without one."""
    _keep_an_owner(member, leaves=role != Role.OWNER)
    member.role, member.branch = role, branch
    member.save(update_fields=["role", "branch"])


@transaction.atomic
def let_go(member: Membership, successor: Membership) -> None:
    """End a person's work in their shop; `successor` is responsible by default where they were.

    Their name stays in the history. Raises `LastOwner`, and `NotTheirs` for a successor who cannot be one.
    """
    if successor.shop_id != member.shop_id or not successor.active or successor.pk == member.pk:
        raise NotTheirs
    _keep_an_owner(member, leaves=True)
    member.active = False
    member.save(update_fields=["active"])
    Shop.objects.filter(pk=member.shop_id, default_owner=member).update(default_owner=successor)


def _keep_an_owner(member: Membership, *, leaves: bool) -> None:
    """Lock the shop, so that two owners cannot leave it to each other, and see that an owner stays."""
    Shop.objects.select_for_update(no_key=True).get(pk=member.shop_id)
    owners = Membership.objects.filter(shop_id=member.shop_id, role=Role.OWNER, active=True)
    if leaves and not owners.exclude(pk=member.pk).exists():
        raise LastOwner


def add_branch(shop: Shop, *, code: str, name: str, address: str = "", phone: str = "") -> Branch:
    """Add a place to a shop; raises `ValidationError` when something about it cannot be."""
    branch = Branch(shop=shop, code=code, name=name, address=address, phone=phone)
    branch.full_clean()
    branch.save(force_insert=True)
    return branch


def change_branch(branch: Branch, **changes: object) -> None:
    """Change a branch's name and the like; raises `ValidationError`. Tracking codes given out keep the old code."""
    for name, value in changes.items():
        setattr(branch, name, value)
    branch.full_clean()
    branch.save()


def tracking_codes(shop: Shop, branch: Branch, periods: Sequence[tuple[int, int]]) -> list[str]:
    """Take the next tracking code of `branch` for each of `periods` (year, month in the shop's calendar), in order.

    A code is shop code, branch code, year and month, running number: `NH-1-2411-0117`. The counter rows are locked
    until the transaction ends, so numbers have neither gaps nor doubles: a rolled back registration gives its numbers
    back.
    """
    wanted = Counter(year * 100 + month for year, month in periods)
    months = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO shops_counter AS c (branch_id, period, last)
            SELECT %s, n.period, n.count FROM unnest(%s::int[], %s::int[]) AS n (period, count) ORDER BY n.period
            ON CONFLICT (branch_id, period) DO UPDATE SET last = c.last + excluded.last
            RETURNING period, last
            """,
            [branch.pk, months, [wanted[month] for month in months]],
        )
        following = {period: last - wanted[period] + 1 for period, last in cursor.fetchall()}
    codes = []
    for year, month in periods:
        number = following[year * 100 + month]
        following[year * 100 + month] = number + 1
        codes.append(f"{shop.code}-{branch.code}-{year % 100:02d}{month:02d}-{number:04d}")
    return codes


def issue_key(shop: Shop, name: str, scopes: Sequence[str]) -> tuple[ApiKey, str]:
    """Make an API key. Returns its record and the key itself, which cannot be read again later."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    record = ApiKey.objects.create(
        shop=shop, name=name, prefix=key[:10], digest=hashlib.sha256(key.encode()).digest(), scopes=list(scopes)
    )
    return record, key


def revoke_key(key: ApiKey, now: datetime) -> None:
    """End a key; it is refused from the next request on."""
    key.revoked_at = key.revoked_at or now
    key.save(update_fields=["revoked_at"])


def within_limit(purpose: str, subjects: Iterable[str], *, most: int, window: timedelta, now: datetime) -> bool:
    """Count one attempt for every subject (address, phone, code …); false when any of them exceeds `most` a window.

    The count is kept in the database, so all web processes share it, and outlives cookies. It is written at once, in
    one statement, whether the attempt is then allowed or not.
    """
    keys = _counted(purpose, subjects)
    if not keys:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO shops_limit AS l (subject, window_start, count)
            SELECT unnest(%s::text[]), %s, 1
            ON CONFLICT (subject) DO UPDATE SET
                count = CASE WHEN l.window_start <= %s THEN 1 ELSE l.count + 1 END,
                window_start = CASE WHEN l.window_start <= %s THEN excluded.window_start ELSE l.window_start END
            RETURNING count
            """,
            [keys, now, now - window, now - window],
        )
        return all(count <= most for (count,) in cursor.fetchall())


def within_limits(counts: Iterable[tuple[str, Sequence[str], int]], *, window: timedelta, now: datetime) -> bool:
    """Count one attempt in each of several ways (purpose, subjects, most); false when it is too many in any of them."""
    passed = [within_limit(purpose, subjects, most=most, window=window, now=now) for purpose, subjects, most in counts]
    return all(passed)


def give_back(purpose: str, subjects: Iterable[str]) -> None:
    """Take one attempt back that `within_limit` counted: it turned out to be none of those that are limited."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH mine AS (SELECT subject FROM shops_limit WHERE subject = ANY(%s) ORDER BY subject FOR UPDATE)
            UPDATE shops_limit AS l SET count = greatest(l.count - 1, 0) FROM mine WHERE l.subject = mine.subject
            """,
            [_counted(purpose, subjects)],
        )


def used_up(purpose: str, subjects: Iterable[str], *, most: int, window: timedelta, now: datetime) -> bool:
    """Whether any of the subjects has had its `most` attempts of this window; nothing is counted."""
    counted = Limit.objects.filter(subject__in=_counted(purpose, subjects), window_start__gt=now - window)
    return counted.filter(count__gte=most).exists()


def _counted(purpose: str, subjects: Iterable[str]) -> list[str]:
    """The rows of `Limit` of these subjects, in the order in which they are locked."""
    return sorted({hashlib.sha256(f"{purpose}\0{subject}".encode()).hexdigest() for subject in subjects if subject})
