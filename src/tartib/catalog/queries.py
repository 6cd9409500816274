"""Reads of the catalogue: the list with search and what is running low, and the ledger of one product."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from tartib.catalog.models import Movement, Product, Stock
from tartib.l10n import digits, normal
from tartib.shops import naming
from tartib.shops.models import Branch, Shop

PAGE = 50


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one branch has of a product; all noughts where it never had any."""

    branch: Branch
    on_hand: int = 0
    reserved: int = 0
    low_at: int = 0

    @property
    def free(self) -> int:
        """The pieces that are not promised to an order."""
        return self.on_hand - self.reserved

    @property
    def low(self) -> bool:
        """Whether it is time to order more."""
        return self.free <= self.low_at


@dataclass(frozen=True, slots=True)
class Row:
    """A product with its shelves, one for each branch of the shop, in the order of the branches."""

    product: Product
    shelves: tuple[Shelf, ...]

    @property
    def on_hand(self) -> int:
        """The pieces at all branches together."""
        return sum(shelf.on_hand for shelf in self.shelves)

    @property
    def reserved(self) -> int:
        """The pieces promised to orders at all branches together."""
        return sum(shelf.reserved for shelf in self.shelves)

    @property
    def free(self) -> int:
        """The pieces that could still be sold."""
        return self.on_hand - self.reserved

    @property
    def low(self) -> bool:
        """Whether any branch that has it is running low, or none has it at all."""
        kept = [shelf for shelf in self.shelves if shelf.on_hand or shelf.low_at]
        return self.product.stocked and (not self.free or any(shelf.low for shelf in kept))


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the catalogue, and the cursor of the next one ("" at the end)."""

    rows: list[Row]
    following: str


def product_page(shop: Shop, *, text: str = "", low: bool = False, cursor: str = "", size: int = PAGE) -> Page:
    """Products by name, from `cursor` on; with `low` those on sale of which more is to be ordered. Three queries."""
    found = Product.objects.filter(shop=shop)
    for term in normal.search_terms(text):
        found = found.filter(search__contains=f" {term}")
    if low:
        found = found.filter(_running_low())
    place = _read_cursor(cursor) if cursor else None
    if place is not None:
        name, pk = place
        key = naming.key(shop, name)
        found = found.filter(Q(sort__gt=key) | Q(sort=key, pk__gt=pk))
    stocks = Prefetch("stocks", Stock.objects.order_by("branch_id"))
    products = list(found.order_by("sort", "pk").prefetch_related(stocks)[: size + 1])
    branches = list(shop.branches.order_by("pk"))
    rows = [Row(product, _shelves(product, branches)) for product in products[:size]]
    last = products[size - 1] if len(products) > size else None
    return Page(rows, _write_cursor(last) if last else "")


def on_sale(shop: Shop, text: str, most: int) -> list[Row]:
    """The products on sale that a text looks for: the one with that very SKU first, then by name."""
    found = [one for one in product_page(shop, text=text, size=most).rows if one.product.active]
    exact = Product.objects.filter(shop=shop, sku__iexact=digits.latin(text).strip(), active=True).first()
    if exact is not None:
        found = [row(exact), *(one for one in found if one.product.pk != exact.pk)][:most]
    return found


def how_many_low(shop: Shop) -> int:
    """How many products on sale are running low."""
    return Product.objects.filter(_running_low(), shop=shop).count()


def row(product: Product) -> Row:
    """One product with its shelves."""
    return Row(product, _shelves(product, list(Branch.objects.filter(shop_id=product.shop_id).order_by("pk"))))


def movements(product: Product, *, before: int | None = None) -> QuerySet[Movement]:
    """Every change of a product's stock, newest first; those older than the movement `before` when it is given."""
    found = Movement.objects.filter(stock__product=product).select_related("stock__branch").order_by("-pk")
    return found.filter(pk__lt=before) if before is not None else found


def _running_low() -> Q:
    """On sale, with a stock, and either low where it is kept or nowhere to be had: see `Row.low`."""
    kept = Stock.objects.filter(Q(on_hand__gt=0) | Q(low_at__gt=0), product=OuterRef("pk"))
    low = kept.filter(on_hand__lte=F("reserved") + F("low_at"))
    return Q(stocked=True, active=True) & (Exists(low) | ~Exists(kept))


def _shelves(product: Product, branches: list[Branch]) -> tuple[Shelf, ...]:
    known = {stock.branch_id: stock for stock in product.stocks.all()}
    return tuple(
        Shelf(branch, known[branch.pk].on_hand, known[branch.pk].reserved, known[branch.pk].low_at)
        if branch.pk in known
        else Shelf(branch)
        for branch in branches
    )


def _write_cursor(product: Product) -> str:
    return base64.urlsafe_b64encode(json.dumps([product.name, product.pk]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[str, int] | None:
    try:
        name, pk = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        return str(name), int(pk)
    except (ValueError, TypeError, binascii.Error):
        return None
