"""What a shop does with its window: opens it, puts listings and headings into it, and takes them out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tartib.catalog.models import Product
from tartib.catalog.operations import add_product
from tartib.catalog.pricing import reprice
from tartib.catalog.window import Category, Listing, Window
from tartib.files.models import Purpose
from tartib.files.operations import keep_image
from tartib.l10n import normal
from tartib.shops.domains import claim
from tartib.shops.models import Shop

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
def dress_window(shop: Shop, domain: str, picture: IO[bytes] | None, *, now: datetime, **changes: object) -> Window:
    """Change what a window says, the domain that the shop claims, and its picture where one is given.

    Raises `ValidationError`, and `files.operations.Unfit` for what is no picture.
    """
    claim(shop, domain, now=now)
    if picture is not None:
        changes["picture"] = keep_image(shop, picture, Purpose.PHOTO, now=now)
    return change_window(shop, **changes)


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
def change_category(category: Category, **changes: object) -> None:
    """Change a heading; raises `ValidationError`, also for one that would come under itself."""
    for name, value in changes.items():
        setattr(category, name, value)
    above = category.parent
    for _step in range(Category.objects.filter(shop=category.shop_id).count()):
        if above is None:
            break
        if above.pk == category.pk:
            raise ValidationError({"parent": [_("A category cannot be under itself.")]})
        above = above.parent
    category.full_clean()
    category.save()


@transaction.atomic
def move_category(category: Category, *, up: bool) -> None:
    """Change places with the heading before or after it."""
    beside = list(
        Category.objects.select_for_update().filter(shop=category.shop_id, parent=category.parent_id)
        .order_by("position", "pk")
    )  # fmt: skip
    place = next(place for place, one in enumerate(beside) if one.pk == category.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(beside):
        beside[place], beside[other] = beside[other], beside[place]
    for position, one in enumerate(beside):
        one.position = position
    Category.objects.bulk_update(beside, ["position"])


@transaction.atomic
def remove_category(category: Category) -> None:
    """Take a heading out; what stood under it comes under the one above."""
    Category.objects.filter(parent=category).update(parent=category.parent_id)
    Listing.objects.filter(category=category).update(category=category.parent_id)
    category.delete()


@transaction.atomic
def add_listing(shop: Shop, title: str, variants: Sequence[Product] = (), *, now: datetime, **given: Any) -> Listing:
    """Make a listing of these products, with the options they carry, before all others, unpublished.

    Raises `ValidationError` when something about it cannot be.
    """
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
    Product.objects.bulk_update(variants, ["listing", "place", "options"])
    reprice([listing.pk])
    listing.refresh_from_db()
    return listing


@transaction.atomic
def begin_listing(
    shop: Shop, title: str, *, category: Category | None, sku: str, price: Decimal, stocked: bool, now: datetime
) -> Listing:
    """Make a listing together with the product it shows; raises `ValidationError`."""
    product = add_product(shop, sku=sku, name=title, price=price, stocked=stocked, now=now)
    return add_listing(shop, title, [product], now=now, category=category)


def unlisted(shop: Shop) -> QuerySet[Product]:
    """The products on sale that are in no listing."""
    return Product.objects.filter(shop=shop, active=True, listing__isnull=True)


@transaction.atomic
def list_products(shop: Shop, *, option: str, now: datetime, most: int = 500) -> int:
    """Make a listing, not yet published, of products that are in none; those of one name become its variants.

    Returns how many listings were made; `most` products are taken at once.
    """
    of_name: dict[str, list[Product]] = {}
    for product in unlisted(shop).order_by("name", "pk")[:most]:
        of_name.setdefault(product.name, []).append(product)
    for name, several in of_name.items():
        options = []
        if len(several) > 1:
            values = [product.variant or product.sku for product in several]
            options = [[option, list(dict.fromkeys(values))]]
            for product, value in zip(several, values, strict=True):
                product.options = {option: value}
        add_listing(shop, name, several, now=now, options=options)
    return len(of_name)


@transaction.atomic
def change_listing(listing: Listing, **changes: object) -> None:
    """Change what a listing says and where it stands; raises `ValidationError` when something cannot be.

    Its products are called as it is, so that orders name what the customer saw.
    """
    for name, value in changes.items():
        setattr(listing, name, value)
    listing.slug = slugify(listing.slug, allow_unicode=True)
    variants = list(listing.variants.all())
    _index(listing, variants)
    listing.full_clean()
    listing.save()
    for product in variants:
        product.name = listing.title
        product.search = normal.search_text(product.name, product.variant, product.sku)
    Product.objects.bulk_update(variants, ["name", "search"])


def reindex(listing: Listing) -> None:
    """Let a listing be found by what its variants are now."""
    _index(listing, listing.variants.all())
    listing.save(update_fields=["search", "sort_title"])


@transaction.atomic
def delete_listing(listing: Listing) -> None:
    """Take a listing out for good. Its products stay, with their stock and in the orders they are in."""
    Product.objects.filter(listing=listing).update(options={}, place=0)
    listing.delete()


def move_listing(listing: Listing, to_front: bool) -> None:
    """Put a listing before or after all others."""
    ends = Listing.objects.filter(shop=listing.shop_id).aggregate(first=Min("position"), last=Max("position"))
    listing.position = ends["first"] - 1 if to_front else ends["last"] + 1
    listing.save(update_fields=["position"])


def publish(listing: Listing, *, now: datetime) -> None:
    """Show a listing to everybody; one that is shown already stays as old as it is."""
    if listing.published_at is None:
        listing.published_at = now
        listing.save(update_fields=["published_at"])


def withdraw(listing: Listing) -> None:
    """Take a listing out of the window."""
    listing.published_at = None
    listing.save(update_fields=["published_at"])


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
