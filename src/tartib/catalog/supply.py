"""How much there is of what is on show, said as it is: how many are left, when more come, or that it never runs out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from tartib.catalog.models import Product, Stock

FEW = 5
"""So many pieces or fewer are told by their number."""

State = Literal["always", "plenty", "few", "coming", "none"]


@dataclass(frozen=True, slots=True)
class Supply:
    """What can be had of a product now. `free` pieces are promised to nobody; None where no stock is kept."""

    free: int | None
    expected_on: date | None = None

    @property
    def state(self) -> State:
        """In one word: `always` is of services, `coming` has none left and a day on which there will be more."""
        if self.free is None:
            return "always"
        if self.free > FEW:
            return "plenty"
        if self.free > 0:
            return "few"
        return "coming" if self.expected_on else "none"

    @property
    def buyable(self) -> bool:
        """Whether one can be bought now."""
        return self.free is None or self.free > 0


def with_free(products: QuerySet[Product]) -> QuerySet[Product]:
    """The products, each with `free`: its pieces at all branches that are promised to nobody; None without stocks."""
    return products.annotate(free=free_pieces("pk"))


def free_pieces(product: str) -> Subquery:
    """The pieces at all branches that are promised to nobody, of the product that the outer query names so."""
    left = Stock.objects.filter(product=OuterRef(product)).order_by().values("product")
    return Subquery(left.annotate(free=Sum(F("on_hand") - F("reserved"))).values("free"))


def supply_of(product: Product, today: date) -> Supply:
    """The supply of a product that came `with_free`. A day that has passed is no promise any more."""
    if not product.stocked:
        return Supply(None)
    coming = product.expected_on if product.expected_on and product.expected_on >= today else None
    free: int = getattr(product, "free", None) or 0
    return Supply(free, coming)


def together(supplies: Iterable[Supply]) -> Supply:
    """The supply of several variants as one: enough if any has enough; of what is coming, the first."""
    several = list(supplies)
    if any(one.free is None for one in several):
        return Supply(None)
    days = [one.expected_on for one in several if one.expected_on]
    return Supply(sum(one.free or 0 for one in several), min(days, default=None))
