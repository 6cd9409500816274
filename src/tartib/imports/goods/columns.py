"""Which column of a platform's own table of products is which part of them, and whose table it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from tartib.imports import products
from tartib.imports.goods.mapping import OPTIONS, GoodsMapping, guess
from tartib.imports.reading import guess as orders
from tartib.imports.reading.words import squashed
from tartib.l10n.numbers import DecimalMark

_SHOPIFY: Final[Mapping[str, Sequence[str]]] = {
    "group": ("handle", "url handle"),
    "title": ("title",),
    "description": ("body (html)", "description"),
    "category": ("type", "product category"),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "sku": ("variant sku", "sku"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price"),
    "tracked": ("variant inventory tracker", "inventory tracker"),
    "pieces": ("variant inventory qty", "inventory quantity"),
    "weight_grams": ("variant grams", "weight value (grams)"),
    "photos": ("image src", "product image url"),
    "own_photo": ("variant image", "variant image url"),
    **{
        f"option{number}_{part}": (f"option{number} {part}",)
        for number in range(1, OPTIONS + 1)
        for part in ("name", "value")
    },
}
_ALWAYS_THERE: Final = frozenset({"type", "sku", "title", "price"})
_TELLING: Final = frozenset({"id", "parent", "published", "featured"})
"""What WooCommerce's table has and hardly another: the others stand in any table of products as well."""


def platform_of(header: Sequence[str]) -> str:
    """Whose table of products has these columns; "" for one that seems to be of something else."""
    names = {name.strip().lower() for name in header}
    if names & {"handle", "url handle"} and names & {"variant price", "variant sku", "option1 value"}:
        return products.SHOPIFY
    theirs = _places(header, _woocommerce()).keys()
    if theirs >= _ALWAYS_THERE and theirs & _TELLING:
        return products.WOOCOMMERCE
    # Orders name products and prices, too; nobody orders, on a day and for a total, in a table of products. They may
    # have a reference, though, which orders have as well.
    known = guess(header).columns.keys()
    ordered = orders.guess(header).columns.keys() & {"placed_at", "total", "email"}
    return products.TABLE if {"sku", "title", "price"} <= known and not ordered else ""


def columns(header: Sequence[str], platform: str, mapping: GoodsMapping | None) -> tuple[dict[str, int], DecimalMark]:
    """Field -> place of its column, and the decimal mark."""
    if platform == products.TABLE:
        chosen = mapping or guess(header)
        places = {name: place for place, name in reversed(list(enumerate(header)))}
        return {field: places[column] for field, column in chosen.columns.items() if column in places}, chosen.decimal
    return _places(header, _shopify() if platform == products.SHOPIFY else _woocommerce()), "."


def _places(header: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """Field -> place of the first column that has one of its titles."""
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        field = known.get(squashed(name))
        if field is not None:
            found.setdefault(field, place)
    return found


@lru_cache(maxsize=1)
def _shopify() -> Mapping[str, str]:
    """Squashed title -> field."""
    return MappingProxyType({squashed(title): field for field, titles in _SHOPIFY.items() for title in titles})


@lru_cache(maxsize=1)
def _woocommerce() -> Mapping[str, str]:
    """Squashed title -> field, in all languages at once; each weight column is one of its unit."""
    told = tomllib.loads((files(__package__) / "woocommerce.toml").read_text("utf-8"))
    titles: dict[str, list[str]] = dict(told["columns"])
    for field in ("option_name", "option_value"):
        several, part = titles.pop(field), field.removeprefix("option_")
        for number in range(1, OPTIONS + 1):
            titles[f"option{number}_{part}"] = [title.replace("{n}", str(number)) for title in several]
    weights = titles.pop("weight")
    for unit, names in told["units"].items():
        titles[f"weight_{unit}"] = [title.replace("{unit}", name) for title in weights for name in names]
    return MappingProxyType({squashed(title): field for field, several in titles.items() for title in several})
