"""A shop's own domain: it is claimed, proved, and only then answered.

Who holds a domain can write into its DNS, or put a file where it is answered now. Without such a proof anybody could
name somebody else's domain, and keep it from its shop. A claim that is proved takes the domain from whoever had it.

A proof is looked for every day from then on, since domains are given up and sold. A look that finds nothing proves
nothing: only when it was gone for days in a row, and the shop was told, is the domain closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, QuerySet

from tartib.shops.models import Claim, Shop
from tartib.shops.operations import change_shop
from tartib.shops.outside import NotFetched, fetch
from tartib.shops.scope import scope, shop_of

if TYPE_CHECKING:
    from dns.resolver import Resolver

LOOKED_FOR = timedelta(days=30)
"""For how long the worker looks by itself for the proof of a claim."""
WARNED_AFTER, CLOSED_AFTER = 3, 7
"""On how many days in a row a proof has to be gone before the shop is told, and before its domain is closed."""
DAILY = timedelta(hours=20)
"""A day as the worker counts it: it may be late on one, and early on the next."""
SCHEMES = ("https", "http")
MOST_BYTES = 10_000
SECONDS = 6.0
"""How long the DNS, and each way to the file, may take in all."""


class Turn(StrEnum):
    """What a shop is told of its own domain."""

    MISSING = "missing"
    LOST = "lost"


after_turn: Sequence[Callable[[Shop, str, Turn, datetime], None]] = ()
"""Who tells a shop, in the caller's transaction, what became of a domain of its own: see `project.wiring`."""


@transaction.atomic
def claim(shop: Shop, domain: str, *, now: datetime) -> Claim | None:
    """Let a shop say which domain is its own; "" gives up the one it has. Until it is proved, nothing changes.

    Raises `ValidationError` for what is no domain.
    """
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    held = Claim.objects.filter(shop=shop).first()
    if not domain:
        Claim.objects.filter(shop=shop).delete()
        change_shop(shop, domain="")
        return None
    if held is not None and held.domain == domain:
        return held
    claimed = Claim(shop=shop, domain=domain, claimed_at=now, proved_at=now if domain == shop.domain else None)
    claimed.full_clean(validate_unique=False)
    claimed.save()
    return claimed


def look(claimed: Claim, *, now: datetime) -> bool:
    """Look for the proof of a claim in the DNS and at the domain itself; whether it is there, or has been before.

    Asks others, so it is called outside of transactions.
    """
    if claimed.proved_at is not None:
        return True
    found = bool(_in_dns(claimed)) or _at_the_domain(claimed)
    Claim.objects.filter(pk=claimed.pk).update(looked_at=now)
    claimed.looked_at = now
    return found and _prove(claimed, now)


def look_for_all(shop_id: int | None = None, *, now: datetime) -> int:
    """Look for the proofs of a shop's claims, or of all shops', that are not too old; returns how many were found."""
    return sum(look(one, now=now) for one in _of(shop_id, _waiting(now)))


def check_all(shop_id: int | None = None, *, now: datetime) -> int:
    """Look whether the proved domains of a shop, or of all, are still theirs, once a day; returns how many are closed.

    The former domain of a shop that claims another goes on only as long as the proof of that one is looked for.
    """
    closed = sum(_check(one, now) for one in _of(shop_id, _proved(now)))
    return closed + sum(_close(one, now) for one in _of(shop_id, _left(now)))


def _waiting(now: datetime) -> QuerySet[Claim]:
    waiting = Claim.objects.filter(proved_at=None, claimed_at__gt=now - LOOKED_FOR)
    return waiting.order_by(F("looked_at").asc(nulls_first=True))


def _proved(now: datetime) -> QuerySet[Claim]:
    proved = Claim.objects.filter(proved_at__lt=now - DAILY).filter(Q(looked_at=None) | Q(looked_at__lt=now - DAILY))
    return proved.order_by(F("looked_at").asc(nulls_first=True))


def _left(now: datetime) -> QuerySet[Claim]:
    return Claim.objects.filter(proved_at=None, claimed_at__lte=now - LOOKED_FOR).exclude(shop__domain="")


def _of(shop_id: int | None, claims: QuerySet[Claim]) -> QuerySet[Claim]:
    return (claims if shop_id is None else claims.filter(shop_id=shop_id)).select_related("shop")


def _check(claimed: Claim, now: datetime) -> bool:
    """Look for one proof again, and count the days on which it is gone; whether the domain is closed now."""
    in_dns = _in_dns(claimed)
    found = bool(in_dns) or _at_the_domain(claimed)
    if not found and in_dns is None:
        # Nobody answered in time: that says nothing of the domain.
        return False
    missed = 0 if found else claimed.missed + 1
    Claim.objects.filter(pk=claimed.pk, token=claimed.token).update(looked_at=now, missed=missed)
    if missed >= CLOSED_AFTER:
        return _close(claimed, now)
    if missed == WARNED_AFTER:
        _tell(claimed.shop, claimed.domain, Turn.MISSING, now)
    return False


@transaction.atomic
def _close(claimed: Claim, now: datetime) -> bool:
    """Close a shop's domain, and look for its proof as at first; false when the shop has changed it meanwhile."""
    shop = Shop.objects.select_for_update(no_key=True).get(pk=claimed.shop_id)
    if not shop.domain or shop.domain != claimed.shop.domain:
        return False
    domain = shop.domain
    Claim.objects.filter(shop=shop, domain=domain).update(proved_at=None, claimed_at=now, missed=0)
    change_shop(shop, domain="")
    _tell(shop, domain, Turn.LOST, now)
    return True


@transaction.atomic
def _tell(shop: Shop, domain: str, turn: Turn, now: datetime) -> None:
    for tell in after_turn:
        tell(shop, domain, turn, now)


@transaction.atomic
def _prove(claimed: Claim, now: datetime) -> bool:
    """Open the domain for its shop; false when another claim has taken this one's place meanwhile."""
    same = Q(shop=claimed.shop_id, domain=claimed.domain, token=claimed.token, proved_at=None)
    if not Claim.objects.filter(same).update(proved_at=now, missed=0):
        return False
    former = shop_of("domain", claimed.domain)
    if former is not None and former != claimed.shop_id:
        with scope(former):
            Claim.objects.filter(shop=former, domain=claimed.domain).update(proved_at=None)
            Shop.objects.filter(pk=former).update(domain="")
    shop = Shop.objects.get(pk=claimed.shop_id)
    change_shop(shop, domain=claimed.domain)
    claimed.proved_at = now
    return True


def _in_dns(claimed: Claim) -> bool | None:
    """Whether the DNS of the domain has the record, beside whatever others; None where nobody answered in time."""
    # Half as long to import as all of Django, and seldom needed.
    import dns.exception

    try:
        found = _resolver().resolve(claimed.record, "TXT", lifetime=SECONDS, search=False)
    except dns.exception.Timeout:
        return None
    except dns.exception.DNSException:
        return False
    return any(b"".join(record.strings) == claimed.line.encode() for record in found)


def _at_the_domain(claimed: Claim) -> bool:
    """Whether the file is there. One that another host answers for the domain proves nothing of it."""
    for scheme in SCHEMES:
        try:
            said = fetch(f"{scheme}://{claimed.file}", most=MOST_BYTES, same_host=True, within=SECONDS)
        except NotFetched:
            continue
        if claimed.line in said.body.decode("ascii", "replace").split():
            return True
    return False


def _resolver() -> Resolver:
    from dns.resolver import Resolver

    return Resolver()
