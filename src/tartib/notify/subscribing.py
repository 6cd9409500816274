"""Being told on a device: what a browser gives to be written to, and an end to it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from py_vapid import Vapid02

from tartib.cases.models import Case
from tartib.customers import consents
from tartib.customers.addresses import PUSH
from tartib.customers.devices import device
from tartib.customers.models import Purpose, Session, Source
from tartib.customers.queries import customers
from tartib.notify.devices import PushKey, Subscription
from tartib.shops.models import Shop

LONGEST_ENDPOINT = 1_000
MOST_OF_ACCOUNT = 20
MOST_OF_CASE = 10
"""Devices told of one account or case; beyond that the oldest one is forgotten."""

KEPT = timedelta(days=90)
"""How long after its case is closed a browser is remembered."""

_NAME = 60
_POINT, _SECRET = 65, 16


class Unusable(Exception):
    """What a browser gave is no address and keys of a push service."""


@dataclass(frozen=True, slots=True)
class Given:
    """Where and with which keys a browser is written to (RFC 8030, 8291); keys in base64url as browsers write them."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def digest(self) -> bytes:
        """By what the browser is known again."""
        return digest(self.endpoint)


def read(endpoint: str, p256dh: str, auth: str) -> Given:
    """What a browser gave, if it can be used; raises `Unusable`.

    Whether the host is one of the open net is found out when something is sent: asking for its address now would let
    anybody have Tartib ask for any name.
    """
    if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii() or not _is_address(endpoint):
        raise Unusable
    point = unpacked(p256dh)
    if len(point) != _POINT or len(unpacked(auth)) != _SECRET:
        raise Unusable
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as problem:
        raise Unusable from problem
    return Given(endpoint, p256dh, auth)


@transaction.atomic
def tell_session(
    session: Session, given: Given, user_agent: str, address: str, *, now: datetime, chance: Callable[[], str]
) -> Subscription:
    """Tell that browser of all cases of the account open in it; the customer agrees to push messages with it.

    `chance` gives some random letters.
    """
    account = session.account
    others = Subscription.objects.filter(session__account=account)
    made = _keep(others, given, user_agent, MOST_OF_ACCOUNT, now, chance, shop_id=account.shop_id, session=session)
    consents.change(customers(account), PUSH, Purpose.STATUS, Source.ACCOUNT, address, given=True, now=now)
    return made


@transaction.atomic
def tell_holder(case: Case, given: Given, user_agent: str, *, now: datetime, chance: Callable[[], str]) -> Subscription:
    """Tell that browser, which has the link of a case, of that case."""
    others = Subscription.objects.filter(case=case)
    return _keep(others, given, user_agent, MOST_OF_CASE, now, chance, shop_id=case.shop_id, case=case)


def is_told(endpoint: str, **of: Session | Case) -> bool:
    """Whether the browser with that address is told of a `session` or `case`."""
    return Subscription.objects.filter(digest=digest(endpoint), **of).exists()


def tell_no_more(endpoint: str, **of: Session | Case) -> None:
    """Tell the browser with that address no more of a `session` or `case`."""
    Subscription.objects.filter(digest=digest(endpoint), **of).delete()


@transaction.atomic
def renew(shop: Shop, endpoint: str, given: Given) -> bool:
    """Write from now on to the address that a browser got instead of that one; false for one that nobody is told at."""
    former = Subscription.objects.filter(shop=shop, digest=digest(endpoint))
    if given.endpoint == endpoint or not former.exists():
        return False
    Subscription.objects.filter(shop=shop, digest=given.digest).delete()
    for one in former.select_for_update():
        one.digest, one.endpoint = given.digest, given.endpoint
        one.p256dh, one.auth = given.p256dh, given.auth
        one.save(update_fields=["digest", "endpoint", "p256dh", "auth"])
    return True


def of_account(account_id: int) -> QuerySet[Subscription]:
    """The devices told of an account, the newest first."""
    return Subscription.objects.filter(session__account=account_id).select_related("session").order_by("-pk")


def forget(account_id: int, subscription_id: int) -> bool:
    """Tell a device of that account no more; false for one that is not its."""
    return bool(of_account(account_id).filter(pk=subscription_id).delete()[0])


def gone(shop: Shop, found: Subscription) -> None:
    """Forget a browser that its push service does not know any more, whatever it was told of."""
    Subscription.objects.filter(shop=shop, digest=found.digest).delete()


def sweep(now: datetime) -> None:
    """Forget the browsers that were told of cases closed long ago."""
    Subscription.objects.filter(case__closed_at__lt=now - KEPT).delete()


def key(shop: Shop, *, now: datetime) -> PushKey:
    """The key pair of a shop, made when it is first asked for, and anew when it cannot be read any more."""
    known = PushKey.objects.filter(shop=shop).first()
    if known is not None and known.private:
        return known
    pair = Vapid02()
    pair.generate_keys()
    private = pair.private_key.private_numbers().private_value.to_bytes(32, "big")
    numbers = pair.public_key.public_numbers()
    public = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    fresh = {"private": packed(private), "public": packed(public), "created_at": now}
    if known is None:
        # Who comes first makes it: a browser that was told another one would never hear of the shop.
        return PushKey.objects.get_or_create(shop=shop, defaults=fresh)[0]
    return PushKey.objects.update_or_create(shop=shop, defaults=fresh)[0]


def packed(content: bytes) -> str:
    """Base64url without its padding, as browsers write it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """The bytes of base64url, with its padding or without; none for what is not base64url."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def digest(endpoint: str) -> bytes:
    """What is kept, readable, of an address at a push service: the address itself cannot be guessed."""
    return hashlib.sha256(endpoint.encode()).digest()


def _keep(
    others: QuerySet[Subscription],
    given: Given,
    user_agent: str,
    most: int,
    now: datetime,
    chance: Callable[[], str],
    **of: object,
) -> Subscription:
    name = f"{device(user_agent) or 'Web'} · {chance()}"
    kept, _new = Subscription.objects.update_or_create(
        digest=given.digest, **of,
        defaults={"endpoint": given.endpoint, "p256dh": given.p256dh, "auth": given.auth},
        create_defaults={
            "endpoint": given.endpoint, "p256dh": given.p256dh, "auth": given.auth, "name": name[:_NAME],
            "created_at": now,
        },
    )  # fmt: skip
    over: Sequence[int] = list(others.order_by("-pk").values_list("pk", flat=True)[most:])
    Subscription.objects.filter(pk__in=over).delete()
    return kept


def _is_address(endpoint: str) -> bool:
    """Whether it may be that of a push service: https on its usual port, no password."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.fragment or not parts.hostname or any(c <= " " for c in endpoint):
        return False
    if settings.TARTIB_INTERNAL_SERVICES and parts.scheme == "http":
        return True
    return parts.scheme == "https" and port in (None, 443) and "." in parts.hostname and ":" not in parts.hostname
