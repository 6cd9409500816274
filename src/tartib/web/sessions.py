"""The cookies of a customer's account: one a shop, known to that host and to no script."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from tartib.customers.queries import KEPT
from tartib.shops.models import Shop


def account_cookie(shop: Shop) -> str:
    """The name of the cookie that holds the token of a session (`customers.Session`)."""
    return _name("account", shop)


def code_cookie(shop: Shop) -> str:
    """The name of the cookie that holds the token with which this browser may try a one-time code."""
    return _name("code", shop)


def proof_cookie(shop: Shop) -> str:
    """The name of the cookie that holds which contact was proved in this browser lately (`web.limits.proof`)."""
    return _name("proof", shop)


def keep(response: HttpResponse, name: str, value: str, seconds: int = int(KEPT.total_seconds())) -> None:
    """Have the browser keep a cookie of ours."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def forget(response: HttpResponse, name: str) -> None:
    """Have the browser forget a cookie of ours."""
    keep(response, name, "", seconds=0)


def _name(what: str, shop: Shop) -> str:
    # Browsers take a name that begins so only with a cookie that is secure and of this host alone.
    prefix = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}{what}-{shop.slug}"
