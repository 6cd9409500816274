"""The pages of the window: home, everything or a category of it, one listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tartib.catalog import browse as catalogue
from tartib.catalog import sql, suggesting
from tartib.catalog.browse import ListingQuery, published
from tartib.catalog.supply import supply_of
from tartib.catalog.window import Category, Listing
from tartib.orders.recommendations import with_listing
from tartib.public.limits import unhurried
from tartib.shops import access
from tartib.storefront import engines, filters
from tartib.storefront.access import WindowRequest, window
from tartib.storefront.delivery import light
from tartib.storefront.variants import axes, choose

NEWEST = 8


@require_safe
@light
@window
def home(request: WindowRequest) -> HttpResponseBase:
    """What the shop says of itself, its categories, and what is new."""
    newest = catalogue.listing_page(request.shop, ListingQuery(order="new"), today=timezone.localdate(), size=NEWEST)
    context = {
        "shop": request.shop,
        "window": request.window,
        "newest": newest.cards,
        "categories": catalogue.faces(request.shop, request.visit.headings),
        "seen": next((card.photo.upload for card in newest.cards if card.photo), None),
    }
    return render(request, "storefront/home.html", context)


@require_safe
@light
@window
@unhurried
def browse(request: WindowRequest) -> HttpResponseBase:
    """Everything in the window, or what was searched for."""
    wish = filters.read_query(request.GET)
    more: dict[str, Any] = {"section": "" if wish.text else "all"}
    return _many(request, wish, more)


@require_safe
@light
@window
@unhurried
def category(request: WindowRequest, category: str) -> HttpResponseBase:
    """One category and what is under it."""
    headings = request.visit.headings
    found = headings.at(category)
    if found is None:
        raise Http404
    way = headings.way(found)
    within = headings.below(found)
    more = {
        "category": found,
        "way": way[:-1],
        "section": way[0].pk,
        "under": headings.under(found),
        "linked": engines.linked(engines.trail(request.visit, way)),
        "options": sql.option_values(request.shop, within),
    }
    return _many(request, filters.read_query(request.GET, within), more)


def _many(request: WindowRequest, wish: ListingQuery, more: dict[str, Any]) -> HttpResponseBase:
    """A page of many listings; where words find nothing, of what may have been meant by them."""
    today, asked = timezone.localdate(), ""
    page = catalogue.listing_page(request.shop, wish, today=today)
    if not page.cards and wish.text and (meant := suggesting.meant(published(request.shop), wish.text)):
        likely = replace(wish, text=meant)
        instead = catalogue.listing_page(request.shop, likely, today=today)
        if instead.cards:
            asked, wish, page = wish.text, likely, instead
    plain = ListingQuery(within=wish.within, text=wish.text)
    context = {
        "shop": request.shop,
        "window": request.window,
        "wish": wish,
        "asked": asked,
        "page": page,
        "chips": filters.chips(wish),
        "bare": filters.address(plain),
        "following": filters.address(wish, cursor=page.following) if page.following else "",
        "seen": next((card.photo.upload for card in page.cards if card.photo), None),
    }
    if not page.cards and wish.text:
        newest = catalogue.listing_page(request.shop, ListingQuery(order="new"), today=today, size=4)
        context["newest"] = newest.cards
    return render(request, "storefront/browse.html", context | more)


@require_safe
@light
@window
def listing(request: WindowRequest, listing: str) -> HttpResponseBase:
    """One listing with its variants."""
    found = _listing(request, listing)
    today = timezone.localdate()
    variants = catalogue.variants(found)
    supplies = {product.pk: supply_of(product, today) for product in variants}
    chosen = choose(variants, supplies, request.GET.get("v", ""))
    photos = catalogue.photos(found)
    headings = request.visit.headings
    way: Sequence[Category] = headings.way(headings.get(found.category_id))
    beside = catalogue.these(request.shop, with_listing(found), today=today)
    known = {card.listing.pk for card in beside}
    branches = catalogue.at_branches(chosen) if chosen and chosen.stocked else []
    context = {
        "shop": request.shop,
        "window": request.window,
        "listing": found,
        "chosen": chosen,
        "supply": supplies[chosen.pk] if chosen else None,
        "axes": axes(found, variants, supplies, chosen) if chosen else [],
        "photos": photos,
        "seen": photos[0].upload if photos else None,
        "way": way,
        "section": way[0].pk if way else None,
        "branches": branches if len(branches) > 1 else [],
        "beside": beside,
        "like": [card for card in catalogue.like(found, today=today) if card.listing.pk not in known],
        "linked": engines.linked(
            engines.trail(request.visit, way, found), engines.ware(request.visit, found, variants, supplies, photos)
        ),
    }
    return render(request, "storefront/listing.html", context)


def _listing(request: WindowRequest, slug: str) -> Listing:
    """What is published at that address; to the shop's staff also what is not yet."""
    found = Listing.objects.filter(shop=request.shop, slug=slug).first()
    if found is None:
        raise Http404
    if found.published_at is None and access.membership(request.user, request.shop.slug) is None:
        raise Http404
    return found


@require_safe
@light
@window
def site_map(request: WindowRequest) -> HttpResponseBase:
    """The addresses of the shop's pages for search engines; of very many, the list of such lists."""
    count = engines.pages(request.shop)
    lines = (
        engines.site_map(request.visit, request.visit.headings, 1)
        if count == 1
        else engines.site_map_index(request.visit, count)
    )
    return HttpResponse("".join(lines), content_type="application/xml")


@require_safe
@light
@window
def site_map_page(request: WindowRequest, number: int) -> HttpResponseBase:
    """One of several lists of addresses."""
    if not 1 <= number <= engines.pages(request.shop):
        raise Http404
    lines = engines.site_map(request.visit, request.visit.headings, number)
    return HttpResponse("".join(lines), content_type="application/xml")


@require_safe
@light
@window
def robots(request: WindowRequest) -> HttpResponseBase:
    """Where search engines may look, on the shop's own domain."""
    return HttpResponse(engines.robots(request.visit), content_type="text/plain; charset=utf-8")
