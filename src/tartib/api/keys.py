"""Who asks: a shop's API key, what it may do, and how often."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from tartib.api import sql
from tartib.api.problems import Problem
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.shops.models import ApiKey, Role, Shop
from tartib.shops.operations import KEY_PREFIX, key_used, used_up, within_limit
from tartib.shops.scope import NOBODYS, shop_of
from tartib.web.headers import visitor

SCOPES = {
    "orders:read": "Read orders, their moves and timelines, and the workflow",
    "orders:write": "Place orders, correct customers and addresses, enter parcels",
    "moves:write": "Move orders, one or many, and undo moves",
    "assignments:write": "Say who is responsible for orders and support requests",
    "notes:write": "Write notes on timelines",
    "payments:read": "Read payments, tries to pay and refunds",
    "payments:write": "Record payments, send money back",
    "support:read": "Read support requests and what was written in them",
}
WINDOW = timedelta(seconds=10)
# A process takes this many requests of the limit at a time, so that not each request writes to the database for it.
PORTION = 20
_LONGEST_KEY = 100
UNKNOWN, MOST_UNKNOWN, UNKNOWN_WITHIN = "api key unknown", 60, timedelta(minutes=10)
"""How many keys that are not valid one visitor may send in that time."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that asks, its shop, and who it is on the timeline."""

    key: ApiKey
    shop: Shop
    actor: Actor


class ApiRequest(HttpRequest):
    """A request with its caller: for the type checker, an ordinary request at run time."""

    auth: Caller


class BearerKey(HttpBearer):
    """Lets in the keys that have `scope`."""

    openapi_description = "A key of the shop, made in its settings. It is shown once and can be revoked at any time."

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or None for a key that is unknown or revoked; raises `Problem` for one that may not."""
        digest = _digest(token)
        key = sql.valid_key(digest) if digest else None
        if key is None:
            _count_failure(request)
            return None
        if not _within_limit(key.pk):
            raise Problem(
                "too-many",
                _("This key has made too many requests. Wait ten seconds, then go on more slowly."),
                headers={"Retry-After": str(int(WINDOW.total_seconds()))},
            )
        key_used(key, timezone.now())
        need(key, self.scope)
        # A shop's owner gives out keys, and says by their scopes what they may do: within them a key is a manager.
        return Caller(key, key.shop, Actor(ActorKind.API, key.name, key.pk, Role.MANAGER))


def shop_of_key(request: HttpRequest) -> int:
    """The shop whose key a request bears, valid or not; that of nobody where it bears none."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    digest = _digest(token) if kind.lower() == "bearer" else None
    return (shop_of("api_key", digest) if digest else None) or NOBODYS


def _digest(token: str) -> bytes | None:
    """By what a key is found; None for what cannot be one."""
    if not token.startswith(KEY_PREFIX) or len(token) > _LONGEST_KEY:
        return None
    return hashlib.sha256(token.encode()).digest()


def need(key: ApiKey, scope: str) -> None:
    """Refuse a key that has not been given `scope`."""
    if scope not in key.scopes:
        raise Problem("scope", _("The key lacks the scope “%(scope)s”.") % {"scope": scope}, needs=scope)


def _count_failure(request: HttpRequest) -> None:
    """Count a key that is none, of whoever sent it: a good key from the same address is never asked for its patience.

    Raises `Problem` past the limit, without writing anything more.
    """
    who, now = [visitor(request)], timezone.now()
    if used_up(UNKNOWN, who, most=MOST_UNKNOWN, window=UNKNOWN_WITHIN, now=now):
        raise Problem(
            "too-many",
            _("Too many keys that are not valid came from your address. Check the key, then try again later."),
            headers={"Retry-After": str(int(UNKNOWN_WITHIN.total_seconds()))},
        )
    within_limit(UNKNOWN, who, most=MOST_UNKNOWN, window=UNKNOWN_WITHIN, now=now)


_left: dict[int, int] = {}
_lock = Lock()


def _within_limit(key_id: int) -> bool:
    """Count one request of a key; portions are taken from the count that all processes share."""
    with _lock:
        if (left := _left.get(key_id, 0)) > 0:
            _left[key_id] = left - 1
            return True
    most = settings.TARTIB_API_RATE * int(WINDOW.total_seconds()) // PORTION
    if not within_limit("api", [str(key_id)], most=max(1, most), window=WINDOW, now=timezone.now()):
        return False
    with _lock:
        _left[key_id] = PORTION - 1
    return True
