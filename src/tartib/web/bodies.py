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


def body_limit(most: int) -> Callable[[View], View]:
    """Let a view take in up to `most` bytes."""

    def decorator(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return decorator


def bounded(get_response: Answer) -> Answer:
    """Middleware: what is too large is refused before a byte of it is read, where its length was announced."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > MOST_BYTES and int(length) > allowed(request.path_info):
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware


def allowed(path: str) -> int:
    """How many bytes a request to that path may bring along."""
    try:
        return int(getattr(resolve(path).func, "most_bytes", MOST_BYTES))
    except Resolver404:
        return MOST_BYTES
