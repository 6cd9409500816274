"""Who does nothing for a while is signed out: a session of the desk lives on by what a person does, not by the page.

An open page asks by itself, every few seconds or when something changes elsewhere, and says so with the header
`X-Unasked` (`desk.js`, `live.js`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

Answer = Callable[[HttpRequest], HttpResponseBase]


def renewed(get_response: Answer) -> Answer:
    """Middleware: what somebody who has signed in asks for lets their session live on."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        asked = settings.SESSION_COOKIE_NAME in request.COOKIES and "X-Unasked" not in request.headers
        if asked and request.user.is_authenticated and request.session.due(now := timezone.now()):  # type: ignore[attr-defined]
            request.session.renew(now)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
