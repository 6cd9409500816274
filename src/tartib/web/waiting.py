"""Pages that wait for news and look again by themselves, without scripts, for as long as it is worth it."""

from __future__ import annotations

from django.http import HttpRequest

LOOKS = 40
"""How often such a page looks again by itself, every few seconds."""


def looks(request: HttpRequest) -> int:
    """How often the page has looked by itself."""
    looked = request.GET.get("look", "0")
    return int(looked) if looked.isascii() and looked.isdigit() and len(looked) < 4 else 0


def next_look(request: HttpRequest, *, waiting: bool) -> int:
    """The number of the next look (`?look=`); 0 where the page rests, since nothing is awaited or it looked enough."""
    return looks(request) + 1 if waiting and looks(request) < LOOKS else 0
