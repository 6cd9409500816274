"""Saying what happened, with the way back: a toast on the next page, or at once on an htmx answer."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

_LEVELS = {"ok": messages.SUCCESS, "note": messages.INFO, "warning": messages.WARNING, "error": messages.ERROR}


def toast(request: HttpRequest, text: str, *, undo: str = "", level: str = "ok") -> None:
    """Say `text` to the person. `undo` is the address that, posted to, takes back what was done.

    Levels: "ok", "note", "warning", "error". The undo address travels as the message's tag, which Django keeps with it.
    """
    messages.add_message(request, _LEVELS[level], text, extra_tags=undo)


def toasts(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: messages waiting when htmx is answered go along as an `HX-Trigger` event, and are shown at once."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        stays = response.status_code < 300 and not {"HX-Redirect", "HX-Refresh", "HX-Location"} & set(response.headers)
        if request.headers.get("HX-Request") and stays and getattr(request, "_messages", None):
            said = [
                {"text": str(m), "level": m.level_tag, "undo": m.extra_tags or ""}
                for m in messages.get_messages(request)
            ]
            if said:
                events = json.loads(response.headers.get("HX-Trigger", "{}"))
                response.headers["HX-Trigger"] = json.dumps(events | {"toast": said})
        return response

    return middleware
