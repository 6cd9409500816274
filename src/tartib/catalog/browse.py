"""What a visitor sees of the catalogue: headings, pages of listings by filter and order, a listing's variants."""

from __future__ import annotations

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tartib.catalog.models import Product, Stock
from tartib.catalog.supply import Supply, supply_of, together, with_free
from tartib.catalog.window import Category, Listing, Photo, Window
from tartib.l10n import normal
from tartib.shops.models import Branch, Shop

PAGE = 24
_MOST_WORDS = 200

# How a page may be ordered: the field, and whether it falls. Each has an index that ends in the id.
ORDERS: Mapping[str, tuple[str, bool]] = {
    "chosen": ("position", False),
    "new": ("published_at", True),
    "cheap": ("price_from", False),
    "dear": ("price_from", True),
    "name": ("sort_title", False),
}


_FIELDS: Mapping[str, Any] = {name: Listing._meta.get_field(name) for name, _falling in ORDERS.values()}


def is_open(shop: Shop) -> bool:
    """Whether the shop's window is open."""
    return Window.objects.filter(shop=shop, open=True).exists()


class Headings:
    """The categories of a shop under which there is something to see, as a tree. One query."""

    def __init__(self, shop: Shop) -> None:
        shown = Listing.objects.filter(category=OuterRef("pk"), published_at__isnull=False)
        found = list(Category.objects.filter(shop=shop).order_by("position", "pk").annotate(shown=Exists(shown)))
        self._under: defaultdict[int | None, list[Category]] = defaultdict(list)
        self._by_id = {one.pk: one for one in found}
        for one in found:
            self._under[one.parent_id].append(one)
        self._seen = {one.pk for one in found if any(self._by_id[pk].shown for pk in self.below(one))}

    def under(self, category: Category | None = None) -> list[Category]:
        """The categories right under one, or the uppermost, that have something to see."""
        return [one for one in self._under[category.pk if category else None] if one.pk in self._seen]

    def tree(self, parent: Category | None = None, depth: int = 0) -> Iterator[tuple[int, Category]]:
        """All categories, also those with nothing to see, each after the one above with its depth."""
        for one in self._under[parent.pk if parent else None]:
            yield depth, one
            yield from self.tree(one, depth + 1)

    @cached_property
    def top(self) -> list[Category]:
        """The uppermost."""
        return self.under()

    def below(self, category: Category) -> list[int]:
        """The ids of a category and of everything under it."""
        found = [category.pk]
        for pk in found:
            found += [one.pk for one in self._under[pk]]
        return found

    def way(self, category: Category | None) -> list[Category]:
        """The categories from the uppermost down to this one."""
        found: list[Category] = []
        while category is not None:
            found.insert(0, category)
            category = self._by_id.get(category.parent_id) if category.parent_id else None
        return found

    def at(self, slug: str) -> Category | None:
        """The category at an address."""
        return next((one for one in self._by_id.values() if one.slug == slug), None)

    def get(self, pk: int | None) -> Category | None:
        """The category of that id."""
        return self._by_id.get(pk) if pk else None


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """What a visitor wants to see. `within` are the ids of categories; None is everywhere.

    Staff may ask for what is "shown", "hidden" (not published) or "all" of it.
    """

    within: Sequence[int] | None = None
    text: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    in_stock: bool = False
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: str = "chosen"
    cursor: str = ""
    state: str = "shown"


@dataclass(frozen=True, slots=True)
class Card:
    """A listing as a page of many shows it."""

    listing: Listing
    supply: Supply
    was: Decimal | None
    photo: Photo | None


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of listings, and the cursor of the next one ("" at the end)."""

    cards: list[Card]
    following: str


def published(shop: Shop) -> QuerySet[Listing]:
    """What anybody may see."""
    return Listing.objects.filter(shop=shop, published_at__isnull=False)


def wished(shop: Shop, wish: ListingQuery) -> QuerySet[Listing]:
    """The listings a visitor wants to see, in no order."""
    found = Listing.objects.filter(shop=shop)
    if wish.state != "all":
        found = found.filter(published_at__isnull=wish.state == "hidden")
    if terms := normal.search_terms(wish.text):
        found = found.filter(search__words=terms)
    if wish.within is not None:
        found = found.filter(category__in=wish.within)
    if wish.low is not None:
        found = found.filter(price_to__gte=wish.low)
    if wish.high is not None:
        found = found.filter(price_from__lte=wish.high)
    variants = Product.objects.filter(listing=OuterRef("pk"), active=True)
    for name, values in wish.options.items():
        any_of = Q()
        for value in values:
            any_of |= Q(options__contains={name: value})
        variants = variants.filter(any_of)
    if wish.in_stock:
        free = Stock.objects.filter(product=OuterRef("pk"), on_hand__gt=F("reserved"))
        variants = variants.filter(Q(stocked=False) | Exists(free))
    return found.filter(Exists(variants)) if wish.options or wish.in_stock else found


def listing_page(shop: Shop, wish: ListingQuery, *, today: date, size: int = PAGE) -> Page:
    """Listings from the wish's cursor on. Three queries."""
    name, falling = ORDERS.get(wish.order, ORDERS["chosen"])
    found = wished(shop, wish).filter(**{f"{name}__isnull": False})
    place = _read_cursor(wish.cursor, name) if wish.cursor else None
    if place is not None:
        beyond = "lt" if falling else "gt"
        value, pk = place
        found = found.filter(Q(**{f"{name}__{beyond}": value}) | Q(**{name: value, f"pk__{beyond}": pk}))
    sign = "-" if falling else ""
    ordered = found.select_related("category").order_by(f"{sign}{name}", f"{sign}pk")
    listings = list(ordered[: size + 1])
    shown = listings[:size]
    last = shown[-1] if len(listings) > size else None
    return Page(cards(shown, today), _write_cursor(last, name) if last else "")


def cards(listings: Sequence[Listing], today: date) -> list[Card]:
    """The listings as a page of many shows them, with the former price of the cheapest variant. Two queries."""
    ids = [one.pk for one in listings]
    variants: defaultdict[int, list[Product]] = defaultdict(list)
    if ids:
        for product in with_free(Product.objects.filter(listing__in=ids, active=True)):
            assert product.listing_id is not None
            variants[product.listing_id].append(product)
    first = first_photos(ids)
    return [
        Card(
            one,
            together(supply_of(product, today) for product in variants[one.pk]),
            min((p.compare_at for p in variants[one.pk] if p.compare_at and p.price == one.price_from), default=None),
            first.get(one.pk),
        )
        for one in listings
    ]


def first_photos(listings: Sequence[int]) -> dict[int, Photo]:
    """The first photo of each listing that has one."""
    if not listings:
        return {}
    found = shown_photos().filter(listing__in=listings).order_by("listing", "position", "pk").distinct("listing")
    return {photo.listing_id: photo for photo in found}


def shown_photos() -> QuerySet[Photo]:
    """Photos that were not removed, with what is needed to show them."""
    return Photo.objects.filter(removed_at__isnull=True).select_related("upload")


def option_words(shop: Shop) -> list[str]:
    """Every word of the options of the shop's listings, in the order in which they were made, the first two hundred."""
    found: dict[str, None] = {}
    for options in (
        Listing.objects.filter(shop=shop).exclude(options=[]).order_by("pk").values_list("options", flat=True)
    ):
        for name, values in options:
            found.update(dict.fromkeys([name, *values]))
    return list(found)[:_MOST_WORDS]


def photos(listing: Listing) -> list[Photo]:
    """The photos of a listing in its order."""
    return list(shown_photos().filter(listing=listing).order_by("position", "pk"))


def faces(shop: Shop, headings: Headings) -> list[tuple[Category, Photo | None]]:
    """The uppermost categories, each with the photo of the first thing under it. One query."""
    found = shown_photos().filter(listing__shop=shop, listing__published_at__isnull=False)
    ordered = found.order_by("listing__category", "listing__position", "position", "pk").distinct("listing__category")
    of_category = {photo.listing.category_id: photo for photo in ordered.select_related("upload", "listing")}
    return [
        (one, next((of_category[pk] for pk in headings.below(one) if pk in of_category), None)) for one in headings.top
    ]


def like(listing: Listing, *, today: date, size: int = 4) -> list[Card]:
    """Other listings of the same category, the next ones in the shop's order."""
    beside = published(listing.shop).filter(category=listing.category_id).exclude(pk=listing.pk)
    return cards(list(beside.order_by("position", "pk")[:size]), today) if listing.category_id else []


def these(shop: Shop, ids: Sequence[int], *, today: date, size: int = 4) -> list[Card]:
    """The listings of these ids that anybody may see and have, in this order. Three queries, none for no ids."""
    listings = published(shop).in_bulk(ids) if ids else {}
    found = cards([listings[pk] for pk in ids if pk in listings], today)
    return [card for card in found if card.supply.buyable][:size]


def at_branches(product: Product) -> list[tuple[Branch, int]]:
    """How many pieces each branch of the shop could hand over, in the order of the branches."""
    free = dict(
        Stock.objects.filter(product=product).values_list("branch", F("on_hand") - F("reserved"))
    )  # fmt: skip
    return [(branch, free.get(branch.pk, 0)) for branch in Branch.objects.filter(shop=product.shop_id).order_by("pk")]


def variants(listing: Listing) -> list[Product]:
    """The products on sale of a listing, in its order, each `with_free`."""
    return list(with_free(Product.objects.filter(listing=listing, active=True)).order_by("place", "pk"))


def _write_cursor(listing: Listing, name: str) -> str:
    value = getattr(listing, name)
    text = value if isinstance(value, int | str) else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, listing.pk]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, name: str) -> tuple[object, int] | None:
    """The place a cursor names, or None where it makes no sense for this order."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        return _FIELDS[name].to_python(value), int(pk)
    except (ValueError, TypeError, ValidationError, binascii.Error):
        return None
