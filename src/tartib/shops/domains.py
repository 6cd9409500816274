"""A shop's own domain: it is claimed, proved, and only then answered.

Who holds a domain can write into its DNS, or put a file where it is answered now. Without such a proof anybody could
name somebody else's domain, and keep it from its shop. A claim that is proved takes the domain from whoever had it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from tartib.shops.models import Claim, Shop
from tartib.shops.operations import change_shop
from tartib.shops.outside import NotFetched, fetch

if TYPE_CHECKING:
    from dns.resolver import Resolver

LOOKED_FOR = timedelta(days=30)
"""For how long the worker looks by itself for the proof of a claim."""
SCHEMES = ("https", "http")
MOST_BYTES = 10_000
SECONDS = 6.0


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
    found = _in_dns(claimed) or _at_the_domain(claimed)
    Claim.objects.filter(pk=claimed.pk).update(looked_at=now)
    claimed.looked_at = now
    return found and _prove(claimed, now)


def look_for_all(*, now: datetime) -> int:
    """Look for the proofs of all claims that are not too old; returns how many were found."""
    waiting = Claim.objects.filter(proved_at=None, claimed_at__gt=now - LOOKED_FOR).select_related("shop")
    return sum(look(one, now=now) for one in waiting.order_by(F("looked_at").asc(nulls_first=True))[:200])


@transaction.atomic
def _prove(claimed: Claim, now: datetime) -> bool:
    """Open the domain for its shop; false when another claim has taken this one's place meanwhile."""
    same = Q(shop=claimed.shop_id, domain=claimed.domain, token=claimed.token, proved_at=None)
    if not Claim.objects.filter(same).update(proved_at=now):
        return False
    others = Shop.objects.filter(domain=claimed.domain).exclude(pk=claimed.shop_id)
    Claim.objects.filter(shop__in=others.values("pk"), domain=claimed.domain).update(proved_at=None)
    others.update(domain="")
    shop = Shop.objects.get(pk=claimed.shop_id)
    change_shop(shop, domain=claimed.domain)
    claimed.proved_at = now
    return True


def _in_dns(claimed: Claim) -> bool:
    """Whether the DNS of the domain has the record; what other records stand there does not matter."""
    # Half as long to import as all of Django, and asked for once in a shop's life.
    import dns.exception

    try:
        found = _resolver().resolve(claimed.record, "TXT", lifetime=SECONDS, search=False)
    except dns.exception.DNSException:
        return False
    return any(b"".join(record.strings) == claimed.line.encode() for record in found)


def _at_the_domain(claimed: Claim) -> bool:
    """Whether the file is there. One that another host answers for the domain proves nothing of it."""
    for scheme in SCHEMES:
        try:
            said = fetch(f"{scheme}://{claimed.file}", most=MOST_BYTES, same_host=True)
        except NotFetched:
            continue
        if claimed.line in said.body.decode("ascii", "replace").split():
            return True
    return False


def _resolver() -> Resolver:
    from dns.resolver import Resolver

    return Resolver()
