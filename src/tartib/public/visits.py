"""A customer's visit to a shop: which shop, in which language, at which host, and the way from page to page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone

from tartib.catalog.browse import Headings, is_open
from tartib.checkout import queries as carts
from tartib.customers import queries
from tartib.customers.identity import Account, Session
from tartib.public.sessions import account_cookie
from tartib.shops.models import Shop
from tartib.web import audience
from tartib.web.addresses import origin, shop_path, shop_url

P = ParamSpec("P")


class Visit:
    """Who reads a customer's page: everything its furniture needs, asked for when it is shown."""

    def __init__(self, request: HttpRequest, shop: Shop, language: str) -> None:
        self.request, self.shop, self.language = request, shop, language
        self.own_host: bool = getattr(request, "shop_of_host", None) is not None

    def path(self, name: str, *, language: str = "", **things: object) -> str:
        """The path of a page of this shop, in the reader's language, at the host they came to."""
        return shop_path(self.shop, name, language=language or self.language, own_host=self.own_host, **things)

    def url(self, name: str, *, language: str = "", **things: object) -> str:
        """The whole address of a page of this shop, as search engines and messages are to know it."""
        return shop_url(self.shop, name, language=language or self.language, **things)

    @property
    def origin(self) -> str:
        """Scheme and host at which the shop's pages are best known."""
        return origin(self.shop)

    @cached_property
    def session(self) -> Session | None:
        """The session in which the reader has their account in this shop open; None for everybody else."""
        token = self.request.COOKIES.get(account_cookie(self.shop), "")
        return queries.session(self.shop, token, now=audience.current().now)

    @property
    def account(self) -> Account | None:
        """The reader's account in this shop; `account.customer` is who they are when they order."""
        return self.session.account if self.session else None

    @cached_property
    def points(self) -> bool:
        """Whether the shop gives points, or has done so."""
        return queries.has_points(self.shop)

    @cached_property
    def open(self) -> bool:
        """Whether the shop's window is open: without one there is nothing to look for, and no cart."""
        return is_open(self.shop)

    @cached_property
    def headings(self) -> Headings:
        """The categories of the shop."""
        return Headings(self.shop)

    @cached_property
    def pieces(self) -> int:
        """How many pieces are in the reader's cart."""
        return carts.pieces(self.shop, self.request.COOKIES.get(cart_cookie(self.shop), ""))

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        """The languages of the shop, each with the address of this page in it; what was searched for is kept."""
        query = self.request.GET.copy()
        query.pop("cursor", None)
        asked = f"?{query.urlencode()}" if query else ""
        return [(code, self._here(code) + asked) for code in self.shop.spoken]

    @cached_property
    def canonical(self) -> str:
        """The one address of this page, without what was filtered."""
        name, things = self._match()
        return self.url(name, **things)

    @cached_property
    def alternates(self) -> list[tuple[str, str]]:
        """The whole addresses of this page in all languages of the shop, for search engines."""
        name, things = self._match()
        return [(code, self.url(name, language=code, **things)) for code in self.shop.spoken]

    def _here(self, language: str) -> str:
        name, things = self._match()
        return self.path(name, language=language, **things)

    def _match(self) -> tuple[str, dict[str, Any]]:
        match = self.request.resolver_match
        if match is None:
            # There is no such page: what is in other languages is the shop.
            return "storefront:home", {}
        return match.view_name, {k: v for k, v in match.kwargs.items() if k not in ("slug", "language")}


def cart_cookie(shop: Shop) -> str:
    """What the cookie is called in which a browser keeps the token of its cart in a shop."""
    return f"cart-{shop.slug}"


class ShopRequest(HttpRequest):
    """A request to a customer's page of a shop; at run time an ordinary request with more on it."""

    shop: Shop
    visit: Visit


View = Callable[Concatenate[ShopRequest, P], HttpResponseBase]


def visited(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Open a view to everybody who comes to the shop at `slug`, in the language of the address.

    The view is called without slug and language. Its request has `shop` and `visit`, and the page speaks that language
    in the shop's calendar and zone. What is not there (`Http404`) is said on a page of the shop.
    """

    @wraps(view)
    def opened(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        language = str(kwargs.pop("language", ""))
        shop_request = enter(request, slug, language)
        if shop_request is None:
            raise Http404
        shop = shop_request.shop
        if language == shop.language and request.method in ("GET", "HEAD"):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(shop_request.visit._here("") + (f"?{query}" if query else ""))
        try:
            return view(shop_request, *args, **kwargs)
        except Http404:
            return render(request, "public/store_nothing.html", {"shop": shop}, status=404)

    return opened


def enter(request: HttpRequest, slug: str, language: str = "") -> ShopRequest | None:
    """The request as a visit to the shop at `slug`, or of its own domain, from here on in that language or the shop’s.

    None where there is no such shop, or it does not speak that language.
    """
    shop = getattr(request, "shop_of_host", None) or Shop.objects.filter(slug=slug).first()
    if shop is None or (language and language not in shop.spoken):
        return None
    shop_request = cast("ShopRequest", request)
    shop_request.shop, shop_request.visit = shop, Visit(request, shop, language or shop.language)
    audience.enter(shop, shop_request.visit.language, now=timezone.now())
    return shop_request
