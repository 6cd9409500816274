"""Addresses of what customers see: with the shop's name in them, or on the shop's own domain without it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, include, path, register_converter, reverse
from django.urls.converters import StringConverter

from tartib.flow.words import LANGUAGES
from tartib.shops.models import Shop

WINDOW = "s"
# Where a shop's pages begin: the window, a customer's account, finding an order, asking for help.
_HOMES = (WINDOW, "a", "track", "help")
# Those of them where a customer comes back to, with the pages of orders behind their own links.
_WORKED_IN = (WINDOW, "a", "t")
_IN_A_SHOP = re.compile(rf"/(?P<home>{'|'.join(_HOMES)})/[-\w]+(?P<rest>/.*)")


class LanguageConverter(StringConverter):
    """One of Tartib's languages as a part of an address."""

    regex = "|".join(LANGUAGES)


register_converter(LanguageConverter, "language")


def shop_pages(home: str, patterns: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Addresses under `/home/<slug>/`, and the same with a language, for those that are not the shop's own."""
    pages = include(list(patterns))
    return [path(f"{home}/<slug:slug>/", pages), path(f"{home}/<slug:slug>/<language:language>/", pages)]


def shop_path(shop: Shop, name: str, *, language: str = "", own_host: bool = False, **things: object) -> str:
    """The path of a page of the shop, in `language` where that is not the shop's own; `own_host`: on its own domain."""
    given = {"slug": shop.slug, **things}
    found = ""
    if language and language != shop.language:
        try:
            found = reverse(name, kwargs={**given, "language": language})
        except NoReverseMatch:
            # This page's language is not in its address.
            found = ""
    found = found or reverse(name, kwargs=given)
    return _without_name(found) if own_host else found


def shop_url(shop: Shop, name: str, *, language: str = "", **things: object) -> str:
    """The whole address of a page of the shop, on its own domain where it has one: for messages and search engines."""
    own = bool(shop.domain)
    return origin(shop) + shop_path(shop, name, language=language, own_host=own, **things)


def origin(shop: Shop) -> str:
    """Scheme and host at which the shop's pages are best known."""
    if not shop.domain:
        return str(settings.TARTIB_URL)
    known = urlsplit(settings.TARTIB_URL)
    return f"{known.scheme}://{shop.domain}" + (f":{known.port}" if known.port else "")


def at_home(path_info: str, shop: Shop) -> str:
    """The address at which an address of the shop's own domain is answered."""
    first, _slash, rest = path_info.removeprefix("/").partition("/")
    if first in _HOMES and first != WINDOW:
        return f"/{first}/{shop.slug}/{rest}"
    return f"/{WINDOW}/{shop.slug}{path_info}"


def area(path_info: str, *, own_host: bool) -> str:
    """The part of a host in which a page's service worker works; "" for a page that has none.

    A shop's own domain is one such part. On Tartib's host, where other shops and the desk are, the window is one, the
    account another, and so is what stands behind the link of one order.
    """
    if own_host:
        return "/"
    parts = path_info.split("/")
    return f"/{parts[1]}/{parts[2]}/" if len(parts) > 3 and parts[1] in _WORKED_IN else ""


def shop_in(path_info: str) -> tuple[str, str]:
    """The name of the shop, and the language or "", in which an address of a customer's page is; "" for any other."""
    found = re.match(rf"/(?:{'|'.join(_HOMES)})/([-\w]+)/(?:({'|'.join(LANGUAGES)})/)?", path_info)
    return (found[1], found[2] or "") if found else ("", "")


def _without_name(path_: str) -> str:
    """The address as it is on the shop's own domain: the opposite of `at_home`."""
    found = _IN_A_SHOP.fullmatch(path_)
    if found is None:
        return path_
    return found["rest"] if found["home"] == WINDOW else f"/{found['home']}{found['rest']}"
