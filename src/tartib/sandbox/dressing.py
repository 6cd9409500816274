"""Dressing the window of a practice shop: headings, listings of its goods, and pictures of them.

The pictures are drawn by the worker: they take longer than all the rest, and nobody has to wait for them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zlib import crc32

from django.db import transaction

from tartib.catalog import photographs
from tartib.catalog.models import Product, Stock
from tartib.catalog.operations import change_product, count
from tartib.catalog.showing import add_category, add_listing, change_window, publish
from tartib.catalog.window import Category, Listing
from tartib.journal.operations import SYSTEM
from tartib.sandbox.opening import Opened
from tartib.sandbox.samples import Sample, Shown, samples
from tartib.shops.models import Shop

_LEFT = 3
_EVERY = 9


def dress(sample: Sample, opened: Opened, began: datetime) -> None:
    """Put all goods of the shop into its window, the last of each category the newest."""
    window, shop = sample.window, opened.shop
    change_window(
        shop, open=True, headline=window.headline, about=window.about,
        texts={"en": dict(window.english)} if window.english else {}, words={"en": dict(window.words)},
    )  # fmt: skip
    goods: defaultdict[str, list[Product]] = defaultdict(list)
    for product in opened.products:
        goods[product.name].append(product)
    chance = random.Random(sample.code)  # noqa: S311 - invented days
    for heading in window.headings:
        category = add_category(shop, heading.name, texts=_english("name", heading.english))
        for shown in reversed(heading.listings):
            listing = _list(shop, shown, category, goods[shown.title], began)
            publish(listing, now=began + timedelta(hours=chance.randrange(1, 400)))


def photograph(shop: Shop, *, now: datetime) -> None:
    """Draw the pictures of a practice shop's listings that have none yet."""
    sample = next(sample for sample in samples() if sample.code == shop.code)
    shown = {one.title: one for heading in sample.window.headings for one in heading.listings}
    bare = Listing.objects.filter(shop=shop, photos=None, title__in=shown).order_by("-published_at")
    for listing in bare.prefetch_related("variants"):
        _photograph(listing, shown[listing.title], list(listing.variants.all()), now)


def thin_out(opened: Opened, now: datetime) -> None:
    """Leave so few of some things, and none of others, that every state of a shelf is to be seen."""
    stocks = Stock.objects.filter(shop=opened.shop).select_related("product", "branch").order_by("product__sku")
    for place, stock in enumerate(stocks):
        if place % _EVERY == 4:
            count(stock.product, stock.branch, stock.reserved + _LEFT, SYSTEM, now=now)
        elif place % _EVERY == 8:
            count(stock.product, stock.branch, stock.reserved, SYSTEM, now=now)
            if place % 2:
                change_product(stock.product, expected_on=(now + timedelta(days=6)).date())


def _list(shop: Shop, shown: Shown, category: Category, variants: Sequence[Product], began: datetime) -> Listing:
    options = [[shown.option, [product.variant for product in variants]]] if shown.option else []
    for product in variants:
        product.options = {shown.option: product.variant} if shown.option else {}
    return add_listing(
        shop, shown.title, variants, now=began, summary=shown.summary, category=category, options=options,
        texts=_english("title", shown.english),
    )  # fmt: skip


@transaction.atomic
def _photograph(listing: Listing, shown: Shown, variants: Sequence[Product], now: datetime) -> None:
    """One picture, or one of each variant that is named after a colour."""
    from tartib.sandbox.pictures import named_colour, still_life  # Pillow is large, and all is dressed only once

    coloured = [product for product in variants if named_colour(product.variant)]
    pictured: Sequence[Product | None] = coloured or (None,)
    for product in pictured:
        seed = crc32(f"{shown.title}{product.variant if product else ''}".encode())
        colour = named_colour(product.variant) if product else ""
        alt = f"{shown.title}, {product.variant}" if product else shown.title
        content = still_life(shown.picture, seed, colour)
        photographs.add(listing, content, now=now, product=product, alt=alt, name=f"{shown.picture}.png")


def _english(name: str, text: str) -> dict[str, dict[str, str]]:
    return {"en": {name: text}} if text else {}
