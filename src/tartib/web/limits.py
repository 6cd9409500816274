"""How much one visitor may ask of customers' pages, counted in the database for all web processes together.

Generous: a household, or an office behind one address, does not meet it. What wants a closer count (codes, orders,
messages) has that where it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone, translation

from tartib.flow.words import LANGUAGES
from tartib.shops.models import Shop
from tartib.shops.operations import within_limit
from tartib.web.headers import is_proxy

MOST, WITHIN = 600, timedelta(minutes=10)
"""How many lists one visitor may look through, and how many forms they may send, in that time."""

Answer = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def visitor(request: HttpRequest) -> str:
    """Whom to count a request for: the address; of IPv6 its network, since a household has countless addresses.

    "" where only a proxy of ours is known: everybody who comes through it would be counted as one.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    if not address or is_proxy(address):
        return ""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network(f"{address.partition('%')[0]}/64", strict=False))
    return address


def unhurried(view: View) -> View:
    """Answer a page that costs something to make only so often to one visitor."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if within_limit("look", [visitor(request)], most=MOST, window=WITHIN, now=timezone.now()):
            return view(request, *args, **kwargs)
        return too_much(request)

    return answered  # type: ignore[return-value]


def uncounted(view: View) -> View:
    """Let a view be posted to by programs, which come from few addresses, or count for itself."""
    view.uncounted = True  # type: ignore[attr-defined]
    return view


def forms_sent(get_response: Answer) -> Answer:
    """Middleware: forms of those who have not signed in as staff are taken only so often from one visitor."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            match = _match(request)
            counted = match is not None and not getattr(match.func, "uncounted", False)
            if counted and not within_limit("form", [visitor(request)], most=MOST, window=WITHIN, now=timezone.now()):
                _speak(match)
                return too_much(request)
        return get_response(request)

    return middleware


def too_much(request: HttpRequest) -> HttpResponse:
    """The page that asks to wait, in the language that is active."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
    response.headers["Cache-Control"] = "no-store"
    return response


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _speak(match: ResolverMatch | None) -> None:
    """Speak the language of the address, else of the shop that is visited: the view itself did not get to do so."""
    given = match.kwargs if match is not None else {}
    language = given.get("language", "")
    if language not in LANGUAGES and "slug" in given:
        language = Shop.objects.filter(slug=given["slug"]).values_list("language", flat=True).first() or ""
    if language in LANGUAGES:
        translation.activate(language)
