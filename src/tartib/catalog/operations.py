"""What a shop does with its products: add and change them, receive goods, count the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from tartib.catalog.models import Movement, MovementKind, Product, Stock
from tartib.catalog.pricing import reprice
from tartib.journal.operations import Actor
from tartib.l10n import normal
from tartib.shops import naming
from tartib.shops.models import Branch, Shop


class CountTooLow(Exception):
    """A count that leaves fewer pieces than are promised to orders."""

    def __init__(self, reserved: int) -> None:
        super().__init__(
            _("%(reserved)d pieces are reserved for orders; the count cannot be lower.") % {"reserved": reserved}
        )
        self.reserved = reserved


def add_product(
    shop: Shop,
    *,
    sku: str,
    name: str,
    price: Decimal,
    now: datetime,
    variant: str = "",
    stocked: bool = True,
) -> Product:
    """Put a product into the catalogue; raises `ValidationError` when something about it cannot be."""
    product = Product(
        shop=shop, sku=sku, name=name, variant=variant, price=price, stocked=stocked, created_at=now,
        search=normal.search_text(name, variant, sku), sort=naming.key(shop, name),
    )  # fmt: skip
    product.full_clean()
    product.save(force_insert=True)
    return product


@transaction.atomic
def change_product(product: Product, **changes: object) -> None:
    """Change a product's name, variant, price and the like; raises `ValidationError` when something cannot be."""
    for name, value in changes.items():
        setattr(product, name, value)
    product.search = normal.search_text(product.name, product.variant, product.sku)
    product.sort = naming.key(product.shop, product.name)
    product.full_clean()
    product.save()
    if product.listing_id is not None:
        reprice([product.listing_id])


@transaction.atomic
def receive(product: Product, branch: Branch, pieces: int, actor: Actor, *, now: datetime, note: str = "") -> Stock:
    """Add goods that arrived at a branch."""
    return _change(product, branch, pieces, MovementKind.RECEIVED, actor, now, note)


@transaction.atomic
def count(product: Product, branch: Branch, pieces: int, actor: Actor, *, now: datetime, note: str = "") -> Stock:
    """Set the pieces on hand to what was counted. Raises `CountTooLow` if more are reserved than that."""
    stock = _hold(product, branch)
    if pieces < stock.reserved:
        raise CountTooLow(stock.reserved)
    return _change(product, branch, pieces - stock.on_hand, MovementKind.COUNTED, actor, now, note)


@transaction.atomic
def warn_at(product: Product, branch: Branch, pieces: int) -> None:
    """Call a product low at a branch when so many free pieces or fewer are left."""
    stock = _hold(product, branch)
    stock.low_at = pieces
    stock.save(update_fields=["low_at"])


def skus(shop: Shop, wanted: Sequence[str]) -> dict[str, Product]:
    """The shop's products among those SKUs."""
    return {product.sku: product for product in Product.objects.filter(shop=shop, sku__in=set(wanted))}


def _hold(product: Product, branch: Branch) -> Stock:
    Stock.objects.bulk_create([Stock(shop_id=product.shop_id, product=product, branch=branch)], ignore_conflicts=True)
    return Stock.objects.select_for_update().get(product=product, branch=branch)


def _change(
    product: Product, branch: Branch, pieces: int, kind: MovementKind, actor: Actor, now: datetime, note: str
) -> Stock:
    stock = _hold(product, branch)
    if pieces:
        stock.on_hand += pieces
        stock.save(update_fields=["on_hand"])
        Movement.objects.create(
            shop_id=product.shop_id, stock=stock, kind=kind, on_hand=pieces, reserved=0, actor_name=actor.name,
            note=note, at=now,
        )  # fmt: skip
    return stock
