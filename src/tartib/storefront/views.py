"""The pages of the window: home, everything or a category of it, one listing."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tartib.catalog import browse as catalogue
from tartib.catalog.browse import Wish, published
from tartib.catalog.supply import supply_of, together
from tartib.storefront.access import WindowRequest, window

NEWEST = 8


def today() -> date:
    """The day in the shop's zone, which is active while its page is made."""
    return timezone.localdate()


@require_safe
@window
def home(request: WindowRequest) -> HttpResponseBase:
    """What the shop says of itself, its categories, and what is new."""
    newest = catalogue.page(request.shop, Wish(order="new"), today=today(), size=NEWEST)
    context = {"shop": request.shop, "window": request.window, "newest": newest.cards}
    return render(request, "storefront/home.html", context)


@require_safe
@window
def browse(request: WindowRequest) -> HttpResponseBase:
    """Everything in the window, or what was searched for."""
    wish = Wish(text=request.GET.get("q", "").strip()[:200], cursor=request.GET.get("cursor", ""))
    context = {"shop": request.shop, "wish": wish, "page": catalogue.page(request.shop, wish, today=today())}
    return render(request, "storefront/browse.html", context | {"section": "all"})


@require_safe
@window
def category(request: WindowRequest, category: str) -> HttpResponseBase:
    """One category and what is under it."""
    headings = request.visit.headings
    found = headings.at(category)
    if found is None:
        raise Http404
    wish = Wish(within=headings.below(found), cursor=request.GET.get("cursor", ""))
    context = {
        "shop": request.shop,
        "category": found,
        "way": headings.way(found),
        "section": headings.way(found)[0].pk,
        "under": headings.under(found),
        "page": catalogue.page(request.shop, wish, today=today()),
    }
    return render(request, "storefront/browse.html", context)


@require_safe
@window
def listing(request: WindowRequest, listing: str) -> HttpResponseBase:
    """One listing with its variants."""
    found = published(request.shop).filter(slug=listing).first()
    if found is None:
        raise Http404
    variants = catalogue.variants(found)
    asked = request.GET.get("v", "")
    supplies = {product.pk: supply_of(product, today()) for product in variants}
    chosen = next((one for one in variants if str(one.pk) == asked), None) or next(
        (one for one in variants if supplies[one.pk].buyable), variants[0] if variants else None
    )
    headings = request.visit.headings
    context = {
        "shop": request.shop,
        "listing": found,
        "variants": [(product, supplies[product.pk]) for product in variants],
        "chosen": chosen,
        "supply": supplies[chosen.pk] if chosen else together([]),
        "way": headings.way(headings.get(found.category_id)),
    }
    return render(request, "storefront/listing.html", context)
