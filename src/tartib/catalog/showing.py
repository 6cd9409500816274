"""What a shop does with its window: opens it, puts listings and headings into it, and takes them out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, OuterRef, Q, Subquery
from django.utils.text import slugify

from tartib.catalog.models import Product
from tartib.catalog.window import Category, Listing, Window
from tartib.shops.models import Shop
from tartib.speech import normal

_ZERO_WIDTH = str.maketrans({"\u200c": "-", "\u200d": None, "\u00ad": None})


def change_window(shop: Shop, **changes: object) -> Window:
    """Open or close a shop's window and change what it says; raises `ValidationError` when something cannot be."""
    window = Window.objects.filter(shop=shop).first() or Window(shop=shop)
    for name, value in changes.items():
        setattr(window, name, value)
    window.full_clean()
    window.save()
    return window


@transaction.atomic
def add_category(
    shop: Shop, name: str, *, parent: Category | None = None, texts: Mapping[str, Any] | None = None
) -> Category:
    """Add a heading, the last of those beside it; raises `ValidationError` when something about it cannot be."""
    last = Category.objects.filter(shop=shop, parent=parent).aggregate(Max("position"))["position__max"]
    category = Category(
        shop=shop, name=name, parent=parent, slug=_free_slug(Category, shop, name), texts=dict(texts or {}),
        position=0 if last is None else last + 1,
    )  # fmt: skip
    category.full_clean()
    category.save(force_insert=True)
    return category


@transaction.atomic
def add_listing(shop: Shop, title: str, variants: Sequence[Product] = (), *, now: datetime, **given: Any) -> Listing:
    """Make a listing of these products, before all others, unpublished; raises `ValidationError`."""
    first = Listing.objects.filter(shop=shop).aggregate(Min("position"))["position__min"]
    listing = Listing(
        shop=shop, title=title, slug=_free_slug(Listing, shop, title), created_at=now, updated_at=now,
        position=0 if first is None else first - 1, **given,
    )  # fmt: skip
    _index(listing, variants)
    listing.full_clean()
    listing.save(force_insert=True)
    for place, product in enumerate(variants):
        product.listing, product.place = listing, place
    Product.objects.bulk_update(variants, ["listing", "place"])
    reprice([listing.pk])
    listing.refresh_from_db()
    return listing


def publish(listing: Listing, *, now: datetime) -> None:
    """Show a listing to everybody; one that is shown already stays as old as it is."""
    if listing.published_at is None:
        listing.published_at = now
        listing.save(update_fields=["published_at"])


def withdraw(listing: Listing) -> None:
    """Take a listing out of the window."""
    listing.published_at = None
    listing.save(update_fields=["published_at"])


def reprice(listings: Iterable[int]) -> None:
    """Bring what listings cost from and to in step with their variants on sale. One statement."""
    ours = Product.objects.filter(listing=OuterRef("pk"), active=True).order_by().values("listing")
    Listing.objects.filter(pk__in=list(listings)).update(
        price_from=Subquery(ours.annotate(found=Min("price")).values("found")),
        price_to=Subquery(ours.annotate(found=Max("price")).values("found")),
    )


def _index(listing: Listing, variants: Iterable[Product]) -> None:
    """What a listing is found and sorted by: its words in every language, and its variants' codes and options."""
    said = [text for texts in listing.texts.values() for text in (texts.get("title", ""), texts.get("summary", ""))]
    sold = [part for product in variants for part in (product.sku, product.variant, *product.options.values())]
    listing.search = normal.search_text(listing.title, listing.summary, *said, *sold)
    listing.sort_title = normal.sort_key(listing.title, listing.shop.language)[:400]


def _free_slug(model: type[Category] | type[Listing], shop: Shop, text: str) -> str:
    """An address made of the text, with a number where another has it."""
    wanted = slugify(text.translate(_ZERO_WIDTH), allow_unicode=True)[:70] or "x"
    taken = set(
        model._default_manager.filter(Q(slug=wanted) | Q(slug__startswith=f"{wanted}-"), shop=shop)
        .values_list("slug", flat=True)
    )  # fmt: skip
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
