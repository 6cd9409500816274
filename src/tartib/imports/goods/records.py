"""A product as it comes from outside, with its variants. Pure data, no Django."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Variant:
    """What is sold. `pieces` None: it has no stock, there is always enough. `options` in the listing's order."""

    sku: str
    price: Decimal
    options: tuple[tuple[str, str], ...] = ()
    compare_at: Decimal | None = None
    weight_grams: int | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class GoodsRecord:
    """One listing with its variants. `category` is the way to it from the top; `row` is where it begins."""

    key: str
    title: str
    variants: tuple[Variant, ...]
    row: int
    description: str = ""
    summary: str = ""
    category: tuple[str, ...] = ()
    published: bool = False
    photos: tuple[str, ...] = ()
