"""Which percent of tax is on what, where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from tartib.catalog.models import Product
from tartib.customers.address import Address
from tartib.orders.models import OrderSettings, TaxRate
from tartib.shipping.quoting import same_place
from tartib.shops.models import Shop
from tartib.shops.operations import change_shop

STANDARD = ""
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tax:
    """A percent, the place where it holds (empty is everywhere) and the class of products it is on.

    `row` is the number under which a shop keeps it.
    """

    percent: Decimal
    country: str = ""
    region: str = ""
    tax_class: str = STANDARD
    row: int | None = field(default=None, compare=False)


def percent(taxes: Iterable[Tax], tax_class: str, country: str, region: str = "") -> Decimal:
    """The percent on a class of products at a place: the one that names the place most exactly; nought without any.

    A class that has no percent anywhere is taxed like products without a class.
    """
    known = list(taxes)
    wanted = tax_class if any(tax.tax_class == tax_class for tax in known) else STANDARD
    fitting = [
        (2 * bool(tax.region) + bool(tax.country), tax.percent)
        for tax in known
        if tax.tax_class == wanted
        and tax.country in ("", country)
        and (not tax.region or same_place(tax.region, region))
    ]
    return max(fitting)[1] if fitting else NONE


def of_shop(shop: Shop) -> list[Tax]:
    """The tax rates of a shop."""
    rows = TaxRate.objects.filter(shop=shop).order_by("tax_class", "country", "region")
    return [Tax(row.percent, row.country, row.region, row.tax_class, row.pk) for row in rows]


@dataclass(frozen=True, slots=True)
class Rates:
    """The percents of a shop on what goes to one place; `on_delivery` is that on the delivery."""

    taxes: tuple[Tax, ...]
    country: str
    region: str
    on_delivery: Decimal

    def on(self, product: Product | None) -> Decimal:
        """The percent on a product; on what the catalogue does not know, the one on products without a class."""
        return percent(self.taxes, product.tax_class if product else STANDARD, self.country, self.region)


def rates(shop: Shop, goes_to: Address, country: str = "") -> Rates:
    """The percents on what goes there, in one query: where no country is said, to `country`, else to the shop's own."""
    taxes = tuple(of_shop(shop))
    country, region = goes_to.country or country or shop.country, goes_to.region
    delivery = percent(taxes, STANDARD, country, region) if shop.tax_shipping else NONE
    return Rates(taxes, country, region, delivery)


@transaction.atomic
def set_rules(shop: Shop, settings: OrderSettings, taxes: Sequence[Tax], **changes: object) -> None:
    """Replace the tax rates of a shop and change its other rules of selling; raises as `set_taxes` does."""
    set_taxes(shop, taxes)
    change_shop(shop, settings, **changes)


@transaction.atomic
def set_taxes(shop: Shop, taxes: Sequence[Tax]) -> None:
    """Replace the tax rates of a shop; raises `ValidationError` when one of them cannot be or stands there twice.

    One whose `row` is a tax rate of the shop is that one, changed.
    """
    before = TaxRate.objects.filter(shop=shop)
    known = set(before.values_list("pk", flat=True))
    before.delete()
    for tax in taxes:
        row = TaxRate(
            pk=tax.row if tax.row in known else None,
            shop=shop, percent=tax.percent, country=tax.country, region=tax.region, tax_class=tax.tax_class,
        )  # fmt: skip
        row.full_clean(exclude=["id"])
        row.save(force_insert=True)
