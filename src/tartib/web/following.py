"""Where to go after an act that was asked for on another page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def following(request: HttpRequest, otherwise: str) -> str:
    """The path that the field `next` of a request names; `otherwise` when it names none or one of another host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted.startswith("/") and is_ours(request, wanted) else otherwise


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address leads to this host, as safely as the request came."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
