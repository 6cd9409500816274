"""What a shop does with its ways of delivery: set one up, change it, take it away."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from tartib.shipping.models import Method, Rate
from tartib.shipping.quoting import Tier
from tartib.shops.models import Shop


@transaction.atomic
def set_up(shop: Shop, tiers: Sequence[Tier], *, method: Method | None = None, **fields: object) -> Method:
    """Set up a method with its rates, or change one; raises `ValidationError` when something about it cannot be.

    `tiers` are all its rates from now on. One whose `row` is a rate of the method is that one, changed.
    """
    method = method or Method(shop=shop, position=Method.objects.filter(shop=shop).count())
    for name, value in fields.items():
        setattr(method, name, value)
    method.full_clean()
    method.save()
    known = set(method.rates.values_list("pk", flat=True))
    method.rates.all().delete()
    rates = [
        Rate(
            pk=tier.row if tier.row in known else None, shop=shop, method=method, price=tier.price,
            country=tier.country, region=tier.region, weight_from=tier.weight_from, weight_to=tier.weight_to,
            amount_from=tier.amount_from, amount_to=tier.amount_to,
        )
        for tier in tiers
    ]  # fmt: skip
    for rate in rates:
        rate.full_clean(exclude=["shop", "method", "id"])
    Rate.objects.bulk_create(rates)
    return method


def remove(method: Method) -> None:
    """Take a method away. Orders that were sent by it keep its name."""
    method.delete()
