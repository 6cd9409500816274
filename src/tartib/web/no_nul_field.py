"""The one character no text can hold: PostgreSQL keeps every other."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse


def no_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an address or a form with NUL in it is answered 400 at once, and no page has to think of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            raise SuspiciousOperation("NUL in the address")
        if request.method == "POST" and any("\0" in text for texts in request.POST.lists() for text in texts[1]):
            raise SuspiciousOperation("NUL in a field")
        return get_response(request)

    return middleware
