"""What search engines are told: the things on show as linked data, the list of pages, and where not to look."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from tartib.catalog.browse import Headings, published
from tartib.catalog.models import Product
from tartib.catalog.supply import Supply
from tartib.catalog.window import Category, Listing, Photo
from tartib.public.visits import Visit
from tartib.shops.models import Shop
from tartib.shops.texts import text_of
from tartib.web.addresses import origin

MOST = 50_000
"""Addresses in one list, as the protocol of site maps has it."""

_AVAILABILITY = {
    "always": "InStock", "plenty": "InStock", "few": "LimitedAvailability",
    "coming": "OutOfStock", "none": "OutOfStock",
}  # fmt: skip
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def linked(*things: Mapping[str, Any]) -> SafeString:
    """Things of schema.org as an element of the page, which no browser runs and no policy forbids."""
    text = json.dumps({"@context": "https://schema.org", "@graph": things}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(f'<script type="application/ld+json">{text.translate(_UNSAFE)}</script>')  # noqa: S308


def trail(visit: Visit, way: Sequence[Category], listing: Listing | None = None) -> dict[str, Any]:
    """The way from the shop's home down to here."""
    steps = [(visit.shop.name, visit.url("storefront:home"))]
    steps += [
        (text_of(one, "name", visit.language), visit.url("storefront:category", category=one.slug)) for one in way
    ]
    if listing is not None:
        title = text_of(listing, "title", visit.language)
        steps.append((title, visit.url("storefront:listing", listing=listing.slug)))
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": url}
        for place, (name, url) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def ware(
    visit: Visit, listing: Listing, variants: Sequence[Product], supplies: Mapping[int, Supply], photos: Sequence[Photo]
) -> dict[str, Any]:
    """A listing with an offer for each of its variants."""
    url = visit.url("storefront:listing", listing=listing.slug)
    offers = [
        {
            "@type": "Offer",
            "sku": product.sku,
            "name": str(product),
            "price": str(plain(product.price)),
            "priceCurrency": visit.shop.currency,
            "availability": f"https://schema.org/{_AVAILABILITY[supplies[product.pk].state]}",
            "url": f"{url}?v={product.pk}",
        }
        for product in variants
    ]
    found: dict[str, Any] = {
        "@type": "Product",
        "name": text_of(listing, "title", visit.language),
        "url": url,
        "image": [photo_url(visit.shop, photo) for photo in photos],
        "brand": {"@type": "Brand", "name": visit.shop.name},
        "offers": offers,
    }
    said = text_of(listing, "summary", visit.language) or text_of(listing, "description", visit.language)
    return found | ({"description": said[:5_000]} if said else {})


def photo_url(shop: Shop, photo: Photo) -> str:
    """The whole address of a photo, in its widest form."""
    return origin(shop) + reverse("web:picture", args=[photo.upload.token, photo.upload.widths[-1]])


def plain(amount: Decimal) -> Decimal:
    """The amount without noughts that mean nothing: 120 rather than 120.000."""
    whole = amount.to_integral_value()
    return whole if amount == whole else amount.normalize()


def robots(visit: Visit) -> str:
    """Where search engines may look on the shop's own domain; nowhere in a practice shop."""
    if visit.shop.practice:
        return "User-agent: *\nDisallow: /\n"
    private = "".join(f"Disallow: {path}\n" for path in ("/a/", "/cart/", "/checkout/", "/thanks/", "/*?*q="))
    return f"User-agent: *\n{private}Sitemap: {visit.url('storefront:site-map', language=visit.shop.language)}\n"


def pages(shop: Shop) -> int:
    """Over how many lists the addresses of a shop are spread."""
    return max(1, -(-published(shop).count() // _listings_of_a_page(shop)))


def site_map(visit: Visit, headings: Headings, number: int) -> Iterator[str]:
    """One list of addresses, as XML; the home page and the categories stand in the first."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    yield ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    if number == 1:
        yield from _entries(visit, "storefront:home")
        for category in _all(headings, headings.top):
            yield from _entries(visit, "storefront:category", category=category.slug)
    size = _listings_of_a_page(visit.shop)
    rows = published(visit.shop).order_by("pk").values_list("slug", "updated_at")[(number - 1) * size : number * size]
    for slug, updated in rows:
        yield from _entries(visit, "storefront:listing", updated.date().isoformat(), listing=slug)
    yield "</urlset>\n"


def site_map_index(visit: Visit, count: int) -> Iterator[str]:
    """The list of lists."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for number in range(1, count + 1):
        url = visit.url("storefront:site-map-page", language=visit.shop.language, number=number)
        yield f"<sitemap><loc>{escape(url)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def _entries(visit: Visit, name: str, updated: str = "", **things: object) -> Iterator[str]:
    """One page in each language of the shop, each entry naming all of them."""
    urls = [(code, visit.url(name, language=code, **things)) for code in visit.shop.spoken]
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(url, {chr(34): "&quot;"})}"/>'
        for code, url in urls
        if len(urls) > 1
    )
    changed = f"<lastmod>{updated}</lastmod>" if updated else ""
    for _code, url in urls:
        yield f"<url><loc>{escape(url)}</loc>{changed}{alternates}</url>\n"


def _all(headings: Headings, categories: Sequence[Category]) -> Iterator[Category]:
    for one in categories:
        yield one
        yield from _all(headings, headings.under(one))


def _listings_of_a_page(shop: Shop) -> int:
    """So many that they fit in every language, with room for the home page and the categories."""
    return (MOST - 1_000) // len(shop.spoken)
