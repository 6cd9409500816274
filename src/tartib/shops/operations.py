"""What is done to shops: opening one, employing people, giving out tracking codes and keys, counting attempts."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tartib.shops import naming, security, sessions, sql, worktime
from tartib.shops.access import ALLOWED, May
from tartib.shops.bulk import new_ids
from tartib.shops.models import ApiKey, Branch, Limit, Membership, Role, SecurityEvent, Shop, User
from tartib.shops.room_settings import RoomSettings, keeper
from tartib.shops.scope import current, shop_of
from tartib.shops.security import TARTIB, Origin

KEY_PREFIX = "tt_"
USED_AGAIN = timedelta(minutes=10)
WARNED_BEFORE = timedelta(days=14)
"""So long before a key ends by itself its shop's owners are told."""


LONGEST_WINDOW = timedelta(days=2)
"""No window in which tries are counted is as long; counts that are older say nothing any more."""


class LastOwner(Exception):
    """A shop keeps at least one owner who works there."""


class NotTheirs(Exception):
    """Work can be handed over only to somebody else who works in the same shop."""


def number_of_new_shop() -> int:
    """The number of a shop that is to be opened: all about it is done in its scope, the opening too."""
    return new_ids("shops_shop", 1)[0]


@transaction.atomic
def open_shop(
    *, slug: str, code: str, name: str, owner: User, branch_code: str = "1", branch_name: str = "", **settings: object
) -> Shop:
    """Open a shop with its first branch; `owner` becomes its owner and is responsible for cases by default.

    It gets the number of the scope in which it is opened, see `number_of_new_shop`. Raises `ValidationError` when
    something about it cannot be.
    """
    shop = Shop(pk=current(), slug=slug, code=code, name=name, **settings)
    shop.languages = shop.languages or [shop.language]
    shop.full_clean(exclude=["default_owner"], validate_unique=False)
    # Of other shops nothing is to be seen here but whether there is one of that name.
    taken = {key: shop_of(key, value) for key, value in (("slug", slug), ("code", code))}
    if problems := {key: shop.unique_error_message(Shop, (key,)) for key, other in taken.items() if other is not None}:
        raise ValidationError(problems)
    shop.save(force_insert=True)
    Branch.objects.create(shop=shop, code=branch_code, name=branch_name or name)
    shop.default_owner = employ(shop, owner, Role.OWNER)
    shop.save(update_fields=["default_owner"])
    return shop


def choose_password(user: User, password: str) -> None:
    """Have a person sign in with another password; raises `ValidationError` for one that is too short or common."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def recover(user: User, password: str, by: Origin, *, now: datetime) -> None:
    """Have an account opened by another password, by who came from its mailbox. All its sessions end.

    Raises `ValidationError` for a password that is too short or common.
    """
    choose_password(user, password)
    user.proved_at = now
    user.save(update_fields=["proved_at"])
    sessions.end_all(user.pk)
    security.record_of_person(by, SecurityEvent.PASSWORD)


@transaction.atomic
def employ(shop: Shop, user: User, role: str, branch: Branch | None = None, *, by: Origin = TARTIB) -> Membership:
    """Give `user` a place in `shop`, or change the one they have.

    For who agreed to it: by accepting an invitation (`invitations.accept`), or where whoever runs Tartib opens a shop.
    """
    place = Membership.objects.filter(shop=shop, user=user)
    known = place.filter(role=role, active=True).exists()
    membership, _created = Membership.objects.update_or_create(
        shop=shop, user=user, defaults={"role": role, "branch": branch, "active": True, "ended_at": None}
    )
    if not known:
        security.record(shop, SecurityEvent.JOINED, by, who=user.name, role=role)
    return membership


@transaction.atomic
def change_shop(shop: Shop, *rooms: RoomSettings, **changes: object) -> None:
    """Change settings of a shop, those in `rooms` too: each in the record that has it.

    Raises `ValidationError` when one of them cannot be.
    """
    before = Shop.objects.values("language", *worktime.SETTINGS).get(pk=shop.pk)
    for name, value in changes.items():
        setattr(keeper(name, shop, *rooms), name, value)
    for record in (shop, *rooms):
        record.full_clean()
        record.save()
    if shop.language != before["language"]:
        naming.sort_again(shop)
    if any(getattr(shop, name) != before[name] for name in worktime.SETTINGS):
        for follow in worktime.after_change:
            follow(shop)


@transaction.atomic
def change_role(member: Membership, role: str, branch: Branch | None = None, *, by: Origin = TARTIB) -> None:
    """Give a member of staff another role or branch. Raises `LastOwner` when the shop would be left without one."""
    _keep_an_owner(member, leaves=role != Role.OWNER)
    before, member.role, member.branch = member.role, role, branch
    member.save(update_fields=["role", "branch"])
    if role != before:
        security.record(member.shop, SecurityEvent.ROLE, by, who=member.user.name, was=before, role=role)


@transaction.atomic
def let_go(member: Membership, successor: Membership, *, by: Origin = TARTIB, now: datetime | None = None) -> None:
    """End a person's work in their shop; `successor` is responsible by default where they were.

    From that moment no page of the shop opens to them, and the streams of those that are open end. With `now` it can be
    taken back for a while. Their name stays in the history. Raises `LastOwner`, and `NotTheirs` for a successor who
    cannot be one.
    """
    if successor.shop_id != member.shop_id or not successor.active or successor.pk == member.pk:
        raise NotTheirs
    _keep_an_owner(member, leaves=True)
    member.active, member.ended_at = False, now
    member.save(update_fields=["active", "ended_at"])
    Shop.objects.filter(pk=member.shop_id, default_owner=member).update(default_owner=successor)
    security.record(member.shop, SecurityEvent.LEFT, by, who=member.user.name, role=member.role)
    sql.end_streams(member=member.pk)


def responsible(shop: Shop, *wanted: int | None, act: May | None = None) -> int | None:
    """Who is responsible for what is written next in this transaction; they do not leave before it is.

    It is the first of the memberships `wanted` who works here and may do `act`, else who is so by default, else an
    owner; who is so by default also where everybody's place is being changed at this moment. None where the shop has
    nobody.
    """
    roles = [role for role, acts in ALLOWED.items() if act is None or act in acts]
    return sql.hold_first(shop.pk, [pk for pk in wanted if pk is not None], roles) or shop.default_owner_id


def take_back(member: Membership, *, by: Origin, now: datetime) -> bool:
    """Undo the end of somebody's work, in the time in which moves can be undone; false when it is too late for that.

    Later they have to be invited, as everybody.
    """
    in_time = now - timedelta(seconds=member.shop.undo_seconds)
    with transaction.atomic():
        again = Membership.objects.filter(pk=member.pk, active=False, ended_at__gt=in_time)
        if not again.update(active=True, ended_at=None):
            return False
        security.record(member.shop, SecurityEvent.JOINED, by, who=member.user.name, role=member.role)
    return True


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
    last = sql.count_codes(shop.pk, branch.pk, wanted)
    following = {period: last[period] - count + 1 for period, count in wanted.items()}
    codes = []
    for year, month in periods:
        number = following[year * 100 + month]
        following[year * 100 + month] = number + 1
        codes.append(f"{shop.code}-{branch.code}-{year % 100:02d}{month:02d}-{number:04d}")
    return codes


@transaction.atomic
def issue_key(
    shop: Shop, name: str, scopes: Sequence[str], *, expires_at: datetime | None = None, by: Origin = TARTIB
) -> tuple[ApiKey, str]:
    """Make an API key, which ends at `expires_at`. Returns its record and the key, which cannot be read again later."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    record = ApiKey.objects.create(
        shop=shop, name=name, prefix=key[:10], digest=hashlib.sha256(key.encode()).digest(), scopes=list(scopes),
        expires_at=expires_at,
    )  # fmt: skip
    until = expires_at.isoformat() if expires_at else ""
    security.record(shop, SecurityEvent.KEY_MADE, by, key=str(record), scopes=list(scopes), until=until)
    return record, key


@transaction.atomic
def revoke_key(key: ApiKey, now: datetime, *, by: Origin = TARTIB) -> None:
    """End a key; it is refused from the next request on."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        security.record(key.shop, SecurityEvent.KEY_ENDED, by, key=str(key))
    key.revoked_at = key.revoked_at or now


def key_used(key: ApiKey, now: datetime) -> None:
    """Keep when a key was last used, to ten minutes: not each request writes to the database for it."""
    if key.used_at is None or now - key.used_at >= USED_AGAIN:
        ApiKey.objects.filter(pk=key.pk).update(used_at=now)


def keys_to_warn_of(now: datetime) -> list[ApiKey]:
    """The keys that end soon and of which nobody was told yet; in the caller's transaction they count as told of."""
    ending = ApiKey.objects.filter(
        revoked_at=None, warned_at=None, expires_at__gt=now, expires_at__lte=now + WARNED_BEFORE
    )
    keys = list(ending.select_for_update(of=("self",)).select_related("shop").order_by("pk"))
    ApiKey.objects.filter(pk__in=[key.pk for key in keys]).update(warned_at=now)
    return keys


def end_expired_keys(now: datetime) -> int:
    """Write down of keys whose time is over that it is (they are refused anyway); returns how many."""
    ended = 0
    for key in ApiKey.objects.filter(revoked_at=None, expires_at__lte=now).select_related("shop").order_by("pk"):
        with transaction.atomic():
            if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=key.expires_at):
                security.record(key.shop, SecurityEvent.KEY_EXPIRED, TARTIB, key=str(key))
                ended += 1
    return ended


def within_limit(purpose: str, subjects: Iterable[str], *, most: int, window: timedelta, now: datetime) -> bool:
    """Count one attempt for every subject (address, phone, code …); false when any of them exceeds `most` a window.

    The count is kept in the database, so all web processes share it, and outlives cookies. It is written at once, in
    one statement, whether the attempt is then allowed or not.
    """
    keys = _counted(purpose, subjects)
    if not keys:
        return True
    return all(count <= most for count in sql.count_tries(keys, window, now))


def within_limits(counts: Iterable[tuple[str, Sequence[str], int]], *, window: timedelta, now: datetime) -> bool:
    """Count one attempt in each of several ways (purpose, subjects, most); false when it is too many in any of them."""
    passed = [within_limit(purpose, subjects, most=most, window=window, now=now) for purpose, subjects, most in counts]
    return all(passed)


def give_back(purpose: str, subjects: Iterable[str]) -> None:
    """Take one attempt back that `within_limit` counted: it turned out to be none of those that are limited."""
    sql.take_back(_counted(purpose, subjects))


def forget_limits(now: datetime) -> int:
    """Forget the counts of windows that are over, however long these are; returns how many."""
    return sql.forget_limits(now - LONGEST_WINDOW)


def used_up(purpose: str, subjects: Iterable[str], *, most: int, window: timedelta, now: datetime) -> bool:
    """Whether any of the subjects has had its `most` attempts of this window; nothing is counted."""
    counted = Limit.objects.filter(subject__in=_counted(purpose, subjects), window_start__gt=now - window)
    return counted.filter(count__gte=most).exists()


def _counted(purpose: str, subjects: Iterable[str]) -> list[str]:
    """The rows of `Limit` of these subjects, in the order in which they are locked."""
    return sorted({hashlib.sha256(f"{purpose}\0{subject}".encode()).hexdigest() for subject in subjects if subject})
