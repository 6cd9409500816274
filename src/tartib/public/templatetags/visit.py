"""Tags of customers' pages: the way from page to page of a shop, and what makes a page one of its app."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from tartib.catalog.browse import is_open
from tartib.public.visits import Visit
from tartib.shops.models import Shop
from tartib.web import audience
from tartib.web.addresses import area, shop_path

register = template.Library()


@register.simple_tag(takes_context=True)
def shop_url(context: Context, name: str, **things: Any) -> str:
    """`{% shop_url 'storefront:listing' listing=one.slug %}`: a page of this shop, in this language, at this host."""
    visit: Visit = context["request"].visit
    return visit.path(name, **things)


def _at_home(context: Context, shop: Shop) -> Any:
    """The request for a page at the host of all shops or of this one; None on the domain of another, or for no page."""
    request = context.get("request")
    return request if getattr(request, "shop_of_host", None) in (None, shop) else None


@register.simple_tag(takes_context=True)
def app_of(context: Context, shop: Shop | None) -> dict[str, str] | None:
    """`{% app_of shop as app %}`: what makes a page one of the shop's app: manifest, icon, service worker and its area.

    `home` is the area whose worker takes in messages, whichever page asks for them. None where the page is no shop's,
    or is shown on the domain of another one.
    """
    request = _at_home(context, shop) if shop else None
    if request is None or not shop:
        return None
    own = request.shop_of_host is not None
    language = audience.current().language
    if language not in shop.spoken:
        language = ""
    return {
        "manifest": shop_path(shop, "portal:manifest", language=language, own_host=own),
        "icon": shop_path(shop, "portal:icon", own_host=own, kind="180"),
        "worker": shop_path(shop, "portal:worker", own_host=own),
        "area": area(request.path, own_host=own),
        "home": area(shop_path(shop, "portal:account"), own_host=own),
    }


@register.simple_tag(takes_context=True)
def window_of(context: Context, shop: Shop | None) -> str:
    """`{% window_of shop as window %}`: where a page of an order leads to the shop; "" while its window is closed."""
    request = _at_home(context, shop) if shop else None
    if request is None or not shop or not is_open(shop):
        return ""
    language = audience.current().language
    return Visit(request, shop, language if language in shop.spoken else shop.language).path("storefront:home")
