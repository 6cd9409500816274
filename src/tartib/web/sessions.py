"""Who signs in stays signed in, whatever an older page of theirs asks meanwhile.

Django takes the cookie of a session away with every answer to whoever names one that is no more. Such an answer may be
to what another tab has asked before somebody signed in here, and comes after: it would take the new session's cookie.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

logger = logging.getLogger(__name__)


class Sessions(SessionMiddleware):
    """Django's, but that only what ends a session, such as signing out, takes its cookie away.

    The name of one that is over stays in the browser until another comes: it opens nothing.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer, with the cookie of the session where that is new, or taken away where it was ended here."""
        session = request.session
        named = settings.SESSION_COOKIE_NAME in request.COOKIES
        if named and session.accessed and session.is_empty() and not session.modified:
            logger.info("a session that is over was named at %s", request.path)
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)
