"""The cookies of a customer's account: one a shop, known to that host and to no script."""

from __future__ import annotations

from tartib.shops.models import Shop
from tartib.web.cookies import named


def account_cookie(shop: Shop) -> str:
    """The name of the cookie that holds the token of a session (`customers.Session`)."""
    return named(f"account-{shop.slug}")


def code_cookie(shop: Shop) -> str:
    """The name of the cookie that holds the token with which this browser may try a one-time code."""
    return named(f"code-{shop.slug}")


def proof_cookie(shop: Shop) -> str:
    """The name of the cookie that holds which contact was proved in this browser lately (`public.limits.proof`)."""
    return named(f"proof-{shop.slug}")
