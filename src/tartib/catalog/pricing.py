"""What listings cost, as their variants on sale have it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max, Min, OuterRef, Subquery

from tartib.catalog.models import Product
from tartib.catalog.window import Listing


def reprice(listings: Iterable[int]) -> None:
    """Bring what listings cost from and to in step with their variants on sale. One statement."""
    ours = Product.objects.filter(listing=OuterRef("pk"), active=True).order_by().values("listing")
    Listing.objects.filter(pk__in=list(listings)).update(
        price_from=Subquery(ours.annotate(found=Min("price")).values("found")),
        price_to=Subquery(ours.annotate(found=Max("price")).values("found")),
    )
