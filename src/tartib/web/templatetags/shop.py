"""Tags of customers' pages: the way from page to page of a shop, and a shop's own texts in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tartib.catalog.browse import is_open
from tartib.catalog.texts import Worded, text_of
from tartib.catalog.window import Photo
from tartib.files.models import Upload
from tartib.payments.models import Account, Payment
from tartib.shipping.models import Method
from tartib.shops.models import Shop
from tartib.web import audience
from tartib.web.addresses import area, shop_path
from tartib.web.visits import Visit, languages

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
    if language not in languages(shop):
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
    return Visit(request, shop, language if language in languages(shop) else shop.language).path("storefront:home")


@register.filter
def text(thing: Worded, name: str) -> str:
    """`{{ listing|text:"title" }}`: a text of the shop's in the reader's language, or else in the shop's own."""
    return text_of(thing, name, audience.current().language)


@register.simple_tag
def picture(upload: Upload, sizes: str, alt: str = "", css: str = "", first: bool = False) -> SafeString:
    """`{% picture photo.upload "(min-width: 60rem) 25vw, 50vw" alt=… %}`: a photo in the width the screen needs.

    Its place is kept free while it comes, so that nothing jumps. `first`: it is seen at once, and loaded before others.
    """
    sources = ", ".join(f"{_address(upload, width)} {width}w" for width in upload.widths)
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" class="{}" decoding="async" {}>',
        _address(upload, upload.widths[len(upload.widths) // 2]), sources, sizes, upload.width, upload.height, alt, css,
        SafeString('fetchpriority="high"' if first else 'loading="lazy"'),
    )  # fmt: skip


@register.filter
def alt(photo: Photo, title: str) -> str:
    """`{{ photo|alt:title }}`: what a photo shows, in the reader's language; else what it is a photo of."""
    return text_of(photo, "alt", audience.current().language) or title


@register.filter
def option(word: str, words: Mapping[str, Any]) -> str:
    """`{{ name|option:window.words }}`: a word of an option in the reader's language, as far as the shop has it."""
    known = words.get(audience.current().language)
    return str(known.get(word) or word) if isinstance(known, dict) else word


@register.filter
def named(way: Method | Account) -> str:
    """`{{ method|named }}`: what a way of delivery or of payment is called in the reader's language."""
    return way.name(audience.current().language)


@register.filter
def paid_by(payment: Payment) -> str:
    """`{{ payment|paid_by }}`: the way it was paid, in the reader's language."""
    return payment.paid_by(audience.current().language)


def _address(upload: Upload, width: int) -> str:
    return reverse("web:picture", args=[upload.token, width])
