"""Products read from a file, portion by portion, into a shop's catalogue; or only counted, for a dry run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from tartib.catalog import showing
from tartib.catalog.models import Product, Stock
from tartib.catalog.operations import CountTooLow, add_product, change_product, count, skus
from tartib.catalog.window import Category, Listing
from tartib.imports.goods import photos
from tartib.imports.goods.records import GoodsRecord, Variant
from tartib.imports.loading import Portion, Tally
from tartib.imports.products import CHANGED
from tartib.imports.records import RowError
from tartib.journal.operations import Actor
from tartib.shops.models import Shop

PORTION: Final = 100


class GoodsLoader:
    """Puts products into one shop. A product is known by its SKU: one that is here already stays as it is, or with
    `update` becomes what the file says. Stock goes to the shop's first branch, as counted."""

    def __init__(self, shop: Shop, actor: Actor, *, update: bool, clock: Callable[[], datetime]) -> None:
        self._shop, self._actor, self._update, self._clock = shop, actor, update, clock
        self._branch = shop.branches.order_by("pk")[0]
        self._categories: dict[tuple[int | None, str], Category] = {}

    def drafted(self, portion: Portion[GoodsRecord]) -> Portion[GoodsRecord]:
        """The portion as it is: products need no making ready."""
        return portion

    def reckon(self, portion: Portion[GoodsRecord]) -> Tally:
        """What would become of the portion; writes nothing."""
        tally, known = self._begun(portion)
        on_hand = self._on_hand(known.values())
        for record in portion.records:
            here = [known[one.sku] for one in record.variants if one.sku in known]
            if not here:
                tally.placed += 1
                continue
            tally.present += 1
            if self._update and any(_differs(one, known.get(one.sku), on_hand) for one in record.variants):
                tally.reached[CHANGED] += 1
        return tally

    def load(self, portion: Portion[GoodsRecord]) -> Tally:
        """Put in what is new of the portion, each listing whole or not at all."""
        tally, known = self._begun(portion)
        on_hand = self._on_hand(known.values())
        for record in portion.records:
            try:
                with transaction.atomic():
                    self._take(record, known, on_hand, tally)
            except ValidationError as problem:
                self._left(record, tally, "; ".join(problem.messages))
            except (DataError, IntegrityError) as problem:
                self._left(record, tally, str(problem).partition("\n")[0], code="not-stored")
        if tally.placed or tally.reached[CHANGED]:
            photos.soon(self._shop.pk)
        return tally

    def _begun(self, portion: Portion[GoodsRecord]) -> tuple[Tally, dict[str, Product]]:
        tally = Tally(read=len(portion.records), problems=list(portion.problems))
        return tally, skus(self._shop, [one.sku for record in portion.records for one in record.variants])

    def _on_hand(self, products: Iterable[Product]) -> dict[int, int]:
        rows = Stock.objects.filter(branch=self._branch, product__in=[one.pk for one in products])
        return dict(rows.values_list("product_id", "on_hand"))

    def _take(self, record: GoodsRecord, known: dict[str, Product], on_hand: dict[int, int], tally: Tally) -> None:
        here = [known[one.sku] for one in record.variants if one.sku in known]
        if not here:
            made = [self._make(record, one, place) for place, one in enumerate(record.variants)]
            known.update({product.sku: product for product in made})
            self._show(record, made)
            tally.placed += 1
            return
        tally.present += 1
        if self._update and any(_differs(one, known.get(one.sku), on_hand) for one in record.variants):
            self._change(record, known, on_hand, here[0], tally)
            tally.reached[CHANGED] += 1

    def _make(self, record: GoodsRecord, one: Variant, place: int) -> Product:
        now = self._clock()
        product = add_product(
            self._shop, sku=one.sku, name=record.title, variant=_called(one), price=one.price,
            stocked=one.pieces is not None, now=now,
        )  # fmt: skip
        change_product(
            product, options=dict(one.options), place=place, compare_at=one.compare_at, weight_grams=one.weight_grams
        )
        if one.pieces:
            count(product, self._branch, one.pieces, self._actor, now=now, note=_("Import"))
        return product

    def _show(self, record: GoodsRecord, made: Sequence[Product]) -> None:
        now = self._clock()
        listing = showing.add_listing(
            self._shop, record.title, made, now=now, description=record.description, summary=record.summary,
            category=self._category(record.category), options=_options(record.variants),
        )  # fmt: skip
        if record.published:
            showing.publish(listing, now=now)
        photos.want(listing, record.photos, now=now)

    def _change(
        self, record: GoodsRecord, known: dict[str, Product], on_hand: dict[int, int], first: Product, tally: Tally
    ) -> None:
        """Let what is here be as the file says; what is new of it joins the listing of the rest."""
        listing: Listing | None = first.listing
        for place, one in enumerate(record.variants):
            product = known.get(one.sku)
            if product is None:
                product = known[one.sku] = self._make(record, one, place)
                change_product(product, listing=listing)
            elif _differs(one, product, on_hand):
                change_product(
                    product, price=one.price, compare_at=one.compare_at,
                    weight_grams=one.weight_grams if one.weight_grams is not None else product.weight_grams,
                )  # fmt: skip
                self._count(record, one, product, on_hand, tally)
        if listing is not None:
            if len(listing.variants.all()) > 1 and _options(record.variants):
                listing.options = _options(record.variants)
                listing.save(update_fields=["options"])
            showing.reindex(listing)
            photos.want(listing, record.photos, now=self._clock())

    def _count(
        self, record: GoodsRecord, one: Variant, product: Product, on_hand: dict[int, int], tally: Tally
    ) -> None:
        if one.pieces is None or not product.stocked or on_hand.get(product.pk, 0) == one.pieces:
            return
        try:
            count(product, self._branch, one.pieces, self._actor, now=self._clock(), note=_("Import"))
        except CountTooLow as low:
            params = {"id": one.sku, "reserved": str(low.reserved)}
            tally.problems.append(RowError(record.row, "stock-reserved", "pieces", params, "warning"))

    def _category(self, way: Sequence[str]) -> Category | None:
        """The category at the end of that way; what of it is not there yet is made."""
        found: Category | None = None
        for name in way:
            mark = (found.pk if found else None, name.casefold())
            if mark not in self._categories:
                known = Category.objects.filter(shop=self._shop, parent=found, name__iexact=name).first()
                self._categories[mark] = known or showing.add_category(self._shop, name, parent=found)
            found = self._categories[mark]
        return found

    def _left(self, record: GoodsRecord, tally: Tally, reason: str, code: str = "goods-not-stored") -> None:
        # What was made for it is taken back, categories among it.
        self._categories.clear()
        tally.problems.append(RowError(record.row, code, params={"reason": reason}))


def _differs(one: Variant, product: Product | None, on_hand: dict[int, int]) -> bool:
    """Whether a product is another than the file says, as far as that would be changed."""
    if product is None:
        return True
    weight = one.weight_grams if one.weight_grams is not None else product.weight_grams
    pieces = one.pieces if one.pieces is not None and product.stocked else on_hand.get(product.pk, 0)
    return (product.price, product.compare_at, product.weight_grams, on_hand.get(product.pk, 0)) != (
        one.price, one.compare_at, weight, pieces,
    )  # fmt: skip


def _called(one: Variant) -> str:
    return " · ".join(value for _name, value in one.options)[:120]


def _options(variants: Sequence[Variant]) -> list[list[Any]]:
    """What tells the variants apart, in order, with all values there are."""
    found: dict[str, dict[str, None]] = {}
    for one in variants:
        for name, value in one.options:
            found.setdefault(name, {})[value] = None
    return [[name, list(values)] for name, values in found.items()]
