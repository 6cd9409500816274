"""A shop as an app: its manifest and icons, its service worker, and the page shown where there is no connection.

Everything here is the same for everybody who comes to the shop, so that it may be kept.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tartib.l10n import names
from tartib.public.visits import ShopRequest, Visit, visited
from tartib.web import marks
from tartib.web.templatetags.tartib import initials

A_DAY = 86_400
LONGEST_SHORT_NAME = 16
PAPER = "#ffffff"
# What the page without a connection is made of.
FILES = (
    "web/tokens.css",
    "public/public.css",
    "web/marks.css",
    "web/vazirmatn.css",
    "portal/offline.css",
    "public/app.js",
    "portal/offline.js",
)


@require_safe
@cache_control(public=True, max_age=3_600)
@visited
def manifest(request: ShopRequest) -> HttpResponseBase:
    """What the app is called, looks like, and begins with."""
    shop, visit, reader = request.shop, request.visit, request.visit.language
    start = visit.path("storefront:home")
    told = {
        "id": visit.path("storefront:home", language=shop.language),
        "name": shop.name,
        "short_name": _short(shop.name),
        "lang": shop.tag(reader),
        "dir": names.direction(reader),
        "start_url": start,
        # An order's own page is part of the app, and its address has no shop in it.
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": shop.colour,
        "categories": ["shopping"],
        "icons": [
            _icon(visit, "192", "any"), _icon(visit, "512", "any"), _icon(visit, "192-full", "maskable"),
            _icon(visit, "512-full", "maskable"),
        ],
        "shortcuts": [
            {"name": _("My orders"), "url": visit.path("portal:account"), "icons": [_icon(visit, "192", "any")]},
            {"name": _("Where is my order?"), "url": visit.path("portal:find")},
            {"name": _("Cart"), "url": visit.path("storefront:cart")},
        ],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=A_DAY)
@visited
def icon(request: ShopRequest, kind: str) -> HttpResponseBase:
    """The shop's mark in one of its sizes."""
    if kind not in marks.KINDS:
        raise Http404
    return HttpResponse(marks.png(kind, initials(request.shop.name), request.shop.colour), content_type="image/png")


@require_safe
@cache_control(public=True, no_cache=True)
@visited
def worker(request: ShopRequest) -> HttpResponseBase:
    """The service worker: one script for all shops, headed by what it has to know of this one."""
    shop, visit = request.shop, request.visit
    told = {
        "slug": shop.slug,
        "name": shop.name,
        "language": shop.language,
        "offline": {code: visit.path("portal:offline", language=code) for code in shop.spoken},
        "files": [*map(static, FILES), reverse("web:brand", args=[shop.colour[1:]])],
        "home": visit.path("storefront:home", language=shop.language),
        "renewal": visit.path("portal:device-renew", language=shop.language),
        "icon": visit.path("portal:icon", kind="192", language=shop.language),
        "badge": visit.path("portal:icon", kind="badge", language=shop.language),
    }
    shown = (shop.phone, shop.email, shop.address)
    told["version"] = hashlib.sha256(json.dumps([told, shown, _fingerprint()]).encode()).hexdigest()[:12]
    script = f"const SHOP = {json.dumps(told)};\n{_script('portal/worker.js')}"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    # It is asked to work in the areas of its shop alone (`web.addresses.area`), which have no part in common.
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@require_safe
@cache_control(public=True, no_cache=True)
@visited
def offline(request: ShopRequest) -> HttpResponseBase:
    """No connection: what this device last knew of the customer's orders. It is filled in there and nowhere else."""
    return render(request, "portal/offline.html", {"shop": request.shop})


def _short(name: str) -> str:
    """The whole words of a name that fit below an icon, at least the first; signs that nobody sees take no room."""
    words = name.split()
    for count in range(len(words), 1, -1):
        short = " ".join(words[:count])
        if sum(unicodedata.category(letter) != "Cf" for letter in short) <= LONGEST_SHORT_NAME:
            return short
    return words[0] if words else name


def _icon(visit: Visit, kind: str, purpose: str) -> dict[str, str]:
    size = marks.KINDS[kind][0]
    src = visit.path("portal:icon", kind=kind, language=visit.shop.language)
    return {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@cache
def _fingerprint() -> str:
    """Another one whenever anything of what workers keep is another."""
    pages = Path(__file__).parent / "templates" / "portal" / "offline.html"
    found = [_script(name) for name in (*FILES, "portal/worker.js")]
    return hashlib.sha256("\n".join([*found, pages.read_text("utf-8")]).encode()).hexdigest()


@cache
def _script(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")
