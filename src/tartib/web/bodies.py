"""How much a request may bring along: enough for a photo or a paper, unless its view takes in more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve

MOST_BYTES = 20 * 1024 * 1024

Answer = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def roomy(most: int) -> Callable[[View], View]:
    """Let a view take in up to `most` bytes."""

    def decorator(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return decorator


def bounded(get_response: Answer) -> Answer:
    """Middleware: what is too large is refused before a byte of it is read.

    Of a body sent without its length Django reads nothing at all.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > MOST_BYTES and int(length) > _allowed(request):
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware


def _allowed(request: HttpRequest) -> int:
    try:
        return int(getattr(resolve(request.path_info).func, "most_bytes", MOST_BYTES))
    except Resolver404:
        return MOST_BYTES
