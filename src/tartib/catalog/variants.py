"""The variants of a listing: laid out from its options, and changed as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import product as combinations

from django.db import transaction
from django.utils.translation import gettext as _

from tartib.catalog.models import Product
from tartib.catalog.operations import add_product, change_product
from tartib.catalog.pricing import reprice
from tartib.catalog.showing import reindex
from tartib.catalog.window import Listing

MOST = 100

Options = Sequence[tuple[str, Sequence[str]]]


class TooManyVariants(Exception):
    """Options whose combinations are more than a listing can have."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _("These options make %(count)d variants; a listing can have %(most)d. Leave out some values.")
            % {"count": count, "most": MOST}
        )


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be said of one variant."""

    sku: str
    price: Decimal
    compare_at: Decimal | None
    weight_grams: int | None
    expected_on: date | None
    active: bool


@transaction.atomic
def lay_out(listing: Listing, options: Options, *, price: Decimal, now: datetime) -> int:
    """Give a listing a variant for every combination of its options' values; how many were made.

    Variants that are there keep what they are. The first of them takes the first combination when it had no options
    before; one whose combination is gone is taken off sale. Raises `TooManyVariants`.
    """
    ways = [dict(zip((name for name, _values in options), way, strict=True)) for way in combinations(*_values(options))]
    if len(ways) > MOST:
        raise TooManyVariants(len(ways))
    listing.options = [[name, list(values)] for name, values in options]
    listing.save(update_fields=["options"])
    known = list(Product.objects.select_for_update().filter(listing=listing).order_by("place", "pk"))
    plain = [product for product in known if not product.options]
    of_way = {_key(product.options): product for product in known if product.options}
    stem, number, made = known[0].sku if known else f"L{listing.pk}", 1, 0
    for place, way in enumerate(ways):
        found = of_way.pop(_key(way), None) or (plain.pop(0) if plain else None)
        if found is None:
            number = _free_number(listing, stem, number)
            found = add_product(
                listing.shop, sku=f"{stem}-{number}", name=listing.title, price=price, now=now,
                stocked=known[0].stocked if known else True,
            )  # fmt: skip
            made += 1
        variant = " · ".join(way.values())
        change_product(found, listing=listing, options=way, place=place, variant=variant, name=listing.title)
    for product in [*plain, *of_way.values()]:
        change_product(product, active=False)
    reindex(listing)
    reprice([listing.pk])
    return made


@transaction.atomic
def change_table(listing: Listing, rows: Mapping[int, Row]) -> None:
    """Change several variants of a listing by their ids; raises `ValidationError` when one of them cannot be."""
    for product in Product.objects.select_for_update().filter(listing=listing, pk__in=rows).order_by("pk"):
        row = rows[product.pk]
        change_product(
            product, sku=row.sku, price=row.price, compare_at=row.compare_at, weight_grams=row.weight_grams,
            expected_on=row.expected_on, active=row.active,
        )  # fmt: skip
    reindex(listing)


def _values(options: Options) -> list[Sequence[str]]:
    return [values for _name, values in options]


def _key(options: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(options.items())


def _free_number(listing: Listing, stem: str, number: int) -> int:
    taken = set(
        Product.objects.filter(shop=listing.shop_id, sku__startswith=f"{stem}-").values_list("sku", flat=True)
    )  # fmt: skip
    while f"{stem}-{number}" in taken:
        number += 1
    return number
