"""What every answer tells the browser, whatever it answers, and whose address a request came from."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]

# Nothing of a device is used but the screen, the clipboard and keys to sign in with; a payment is the gateway's page.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "ambient-light-sensor", "autoplay", "bluetooth", "browsing-topics", "camera",
        "display-capture", "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection",
        "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock",
        "serial", "usb", "window-management", "xr-spatial-tracking",
    )
)  # fmt: skip


def security_headers(get_response: Answer) -> Answer:
    """Middleware: headers for every answer, those of the API, of files and of errors among them.

    What says more for itself, such as a file that other sites may show, keeps what it says. What does not say that
    others may keep it is for its reader alone, and gone with them.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def visitors(get_response: Answer) -> Answer:
    """Middleware: `REMOTE_ADDR` is the visitor's address also where requests come through `TARTIB_PROXIES`.

    Each proxy adds to `X-Forwarded-For` whom it heard from. The last one there that is no proxy of ours is believed;
    what stands before it, anybody can write.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        heard = [request.META.get("REMOTE_ADDR", "")]
        heard += reversed([part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")])
        address = heard[0]
        for following in heard[1:]:
            if not is_proxy(address) or not _valid(following):
                break
            address = following
        request.META["REMOTE_ADDR"] = address
        return get_response(request)

    return middleware


def address(request: HttpRequest) -> str:
    """The visitor's IP address; "" where only a proxy of ours is known, or the server does not say."""
    found: str = request.META.get("REMOTE_ADDR", "")
    return str(_plain(found)) if _valid(found) and not is_proxy(found) else ""


def visitor(request: HttpRequest) -> str:
    """Whom to count a request for: the address; of IPv6 its network, since a household has countless addresses.

    "" where only a proxy of ours is known: everybody who comes through it would be counted as one.
    """
    known = address(request)
    if not known or not isinstance(found := ip_address(known), IPv6Address):
        return known
    return str(ip_network((int(found) >> 64 << 64, 64)))


def browser(request: HttpRequest) -> str:
    """By what the browser is known that sends a form: the secret that all its forms carry; "" for one without.

    It can be had anew with every page: it tells apart those who keep theirs, and nobody goes without a count by it.
    """
    return str(request.META.get("CSRF_COOKIE", ""))


def is_proxy(address: str) -> bool:
    """Whether that is the address of a reverse proxy of ours."""
    return _valid(address) and any(_plain(address) in network for network in settings.TARTIB_PROXIES)


def _plain(address: str) -> IPv4Address | IPv6Address:
    """The address itself, where it is written as one of IPv6 that stands for one of IPv4."""
    found = ip_address(address)
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _valid(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True
