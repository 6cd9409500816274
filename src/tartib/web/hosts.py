"""Which hosts are answered: Tartib's own, and the domains of shops, where only that shop is to be seen."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port, validate_host

from tartib.shops.models import Shop
from tartib.shops.scope import scope, shop_of
from tartib.web.addresses import at_home

Answer = Callable[[HttpRequest], HttpResponseBase]

# On a shop's own domain these are what they are everywhere; every other address there is one of the shop's.
_EVERYWHERE = ("/static/", "/files/", "/brand/", "/language/", "/t/", "/f/", "/pay/", "/.well-known/tartib.txt")


def hosts(get_response: Answer) -> Answer:
    """Middleware: refuses hosts nobody knows, and opens a shop's own domain at its window.

    An address of the shop is the same on its own domain without the shop's name: `/p/shirt/` for `/s/shop/p/shirt/`,
    `/a/` for `/a/shop/`. The desk and other shops are not to be found there.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        host, _port = split_domain_port(request._get_raw_host())  # type: ignore[attr-defined]
        request.shop_of_host = None  # type: ignore[attr-defined]
        if validate_host(host, settings.TARTIB_HOSTS):
            return get_response(request)
        shop_id = shop_of("domain", host) if host else None
        if shop_id is None:
            raise DisallowedHost("This host is neither Tartib's nor a shop's.")
        with scope(shop_id):
            shop = Shop.objects.get(pk=shop_id)
        request.shop_of_host = shop  # type: ignore[attr-defined]
        if not request.path_info.startswith(_EVERYWHERE):
            request.path_info = at_home(request.path_info, shop)
        return get_response(request)

    return middleware
