"""Cookies of ours: known to this host alone, and to no script."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse


def keep(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    """Have the browser keep a cookie of ours."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def forget(response: HttpResponse, name: str) -> None:
    """Have the browser forget a cookie of ours."""
    keep(response, name, "", seconds=0)


def named(name: str) -> str:
    """The whole name of a cookie of this host alone."""
    # Browsers take a name that begins so only with a cookie that is secure and of this host alone.
    return f"{'__Host-' if settings.SESSION_COOKIE_SECURE else ''}{name}"
