"""The API's own short way through Django: programs need neither sessions nor pages, and every error is a problem."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from tartib.api import keys
from tartib.api.problems import DOCS, Problem, failed, not_found, unavailable
from tartib.shops.scope import scope
from tartib.web import away, bare

PREFIX = "/api/v1/"
MOST_BODY = 1024 * 1024
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]


def lane(get_response: Answer) -> Answer:
    """Middleware: answers requests to the API at once, past all middleware that comes after it.

    Pages, the API's own documentation among them, go on as ever.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not path.startswith(PREFIX) or path.startswith(DOCS):
            return get_response(request)
        return answer(request)

    return middleware


def answer(request: HttpRequest) -> HttpResponseBase:
    """Answer one request to the API, in the caller's language."""
    language = bare.of_browser(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    translation.activate(language)
    head = request.method == "HEAD"
    if head:
        request.method = "GET"
    try:
        if away.resting():
            raise unavailable()
        _check(request)
        match = resolve(request.path_info)
        request.resolver_match = match
        with scope(keys.shop_of_key(request)):
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        if response.status_code == 405:
            raise _wrong_method(response)
    except Problem as problem:
        response = problem.response()
    except Http404:  # Resolver404 is one, too
        response = not_found().response()
    except (OperationalError, InterfaceError) as trouble:
        away.note(trouble)
        response = unavailable().response()
    except Exception:
        logger.exception("%s %s failed", request.method, request.path_info)
        response = failed().response()
    _furnish(response, language)
    if head:
        response.headers["Content-Length"] = str(len(getattr(response, "content", b"")))
        response.content = b""  # type: ignore[attr-defined]
    return response


def unheard(accepted: str) -> HttpResponse:
    """The answer to a body that did not come in time; nothing is asked for it, not even a thread."""
    return _untold(
        accepted, lambda: Problem("slow", _("The body came too slowly, and nothing of it was kept. Send it again."))
    )


def unserved(accepted: str) -> HttpResponse:
    """The answer where nothing has begun to answer for a while: it is as if the database were away."""
    return _untold(accepted, unavailable)


def _untold(accepted: str, problem: Callable[[], Problem]) -> HttpResponse:
    language = bare.of_browser(accepted)
    with translation.override(language):
        response = problem().response()
    _furnish(response, language)
    return response


def _furnish(response: HttpResponseBase, language: str) -> None:
    if response.status_code >= 500:
        bare.told(response)
    response.headers["Content-Language"] = language
    response.headers.setdefault("Cache-Control", "no-store")
    # Answers are data: where a browser is made to show one as a page, it may do nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["X-Frame-Options"] = "DENY"
    patch_vary_headers(response, ("Accept-Language", "Authorization"))


def _check(request: HttpRequest) -> None:
    """What is wrong with a request whatever it asks for."""
    if "\0" in request.path_info:
        raise not_found()
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise Problem("malformed", _("The character NUL cannot be part of a text."))
    if request.method not in _WITH_BODY:
        return
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise Problem("length", _("Send the body with a Content-Length, not in chunks."))
    if length.isdecimal() and int(length) > min(MOST_BODY, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or MOST_BODY):
        raise Problem("too-large", _("A body may have at most 1 MiB. Divide it into several requests."))
    if length not in ("", "0") and request.content_type not in ("application/json", "application/merge-patch+json"):
        raise Problem(
            "media-type",
            _("Send the body as “Content-Type: application/json”."),
            headers={"Accept": "application/json"},
        )


def _wrong_method(response: HttpResponseBase) -> Problem:
    allowed = response.headers.get("Allow", "")
    detail = _("Allowed here: %(methods)s.") % {"methods": allowed}
    return Problem("method", detail, headers={"Allow": allowed} if allowed else {})
