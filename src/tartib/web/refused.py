"""A page that comes back because what was sent was refused says so first: in its title, and to its scripts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import escape
from django.utils.translation import gettext as _

REFUSED = frozenset({409, 422})


def refused(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the title of a refused form begins with that (WCAG, G199), and its root bears `data-refused`.

    By that mark `web/said.js` knows that somebody waits for the reason, which is not so of every warning on a page.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        whole = isinstance(response, HttpResponse) and response.headers.get("Content-Type", "").startswith("text/html")
        if whole and response.status_code in REFUSED and not request.headers.get("HX-Request"):
            assert isinstance(response, HttpResponse)
            said = escape(_("Not done yet")).encode()
            page = response.content.replace(b"<html ", b"<html data-refused ", 1)
            response.content = page.replace(b"<title>", b"<title>" + said + b": ", 1)
        return response

    return middleware
