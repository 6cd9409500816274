"""Pages that are answered when nothing can be asked: not the database, not the session, not a thread.

Each is made once in each language.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, parse_cookie
from django.template.loader import get_template
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from tartib.flow.words import LANGUAGES
from tartib.l10n import names

AGAIN = 5
"""After how many seconds a browser, and a program, is asked to try again."""

_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def bare_page(status: int, language: str) -> HttpResponse:
    """The page of a status: 408 for a request that came too slowly, 503 while the database is away."""
    response = HttpResponse(_rendered(status, language), status=status)
    response.headers["Content-Language"] = language
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Vary"] = "Accept-Language, Cookie"
    told(response)
    if status == 503:
        response.headers["Retry-After"] = str(AGAIN)
    return response


def told(response: HttpResponseBase) -> None:
    """Have Django log nothing of an answer: whoever gives it has logged why, once and not for each that asks."""
    response._has_been_logged = True  # type: ignore[attr-defined]


def spoken(environ: Mapping[str, Any]) -> str:
    """The language of who asks: of the address where it has one, else the one they chose, else their browser's."""
    path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
    chosen = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.LANGUAGE_COOKIE_NAME, "")
    for language in (_of_address(path), chosen):
        if language in LANGUAGES:
            return language
    return of_browser(environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=256)
def of_browser(accepted: str) -> str:
    """The first of the product's languages that an `Accept-Language` names; English where it names none."""
    for code, _quality in parse_accept_lang_header(accepted[:500]):
        if names.language(code) != "en" or code.split("-")[0] == "en":
            return names.language(code)
    return LANGUAGES[0]


def _of_address(path: str) -> str:
    try:
        return str(resolve(path).kwargs.get("language", ""))
    except Resolver404:
        return ""


@lru_cache(maxsize=16)
def _rendered(status: int, language: str) -> bytes:
    with translation.override(language):
        return get_template(f"{status}.html").render().encode()
