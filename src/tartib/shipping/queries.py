"""Reads of the ways of delivery: what a shop has, and what it offers for a parcel."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from tartib.l10n import countries
from tartib.shipping.models import Method, MethodKind, Rate
from tartib.shipping.quoting import FREE, Parcel, Tier, quote
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Offer:
    """A method that can be chosen, and what it costs before tax."""

    method: Method
    price: Decimal

    @property
    def picked_up(self) -> bool:
        """Whether the customer comes for it."""
        return self.method.kind == MethodKind.PICKUP


def methods(shop: Shop) -> QuerySet[Method]:
    """All methods of a shop with their rates, in the order in which they are offered."""
    found = Method.objects.filter(shop=shop).select_related("branch").prefetch_related("rates")
    return found.order_by("position", "pk")


def offers(shop: Shop, parcel: Parcel) -> list[Offer]:
    """What customers can choose for a parcel, in the shop's order. Picking up costs nothing. Two queries."""
    found = []
    for method in methods(shop).filter(active=True):
        price = FREE if method.kind == MethodKind.PICKUP else quote(tiers(method), parcel, free_from=method.free_from)
        if price is not None:
            found.append(Offer(method, price))
    return found


def delivers(shop: Shop) -> bool:
    """Whether the shop has any way of delivery for customers to choose."""
    return Method.objects.filter(shop=shop, active=True).exists()


def tiers(method: Method) -> list[Tier]:
    """The rates of a method as `quote` reads them, in the order in which they were made."""
    return [
        Tier(
            rate.price, rate.country, rate.region, rate.weight_from, rate.weight_to, rate.amount_from, rate.amount_to,
            rate.pk,
        )
        for rate in sorted(method.rates.all(), key=lambda rate: rate.pk)
    ]  # fmt: skip


def regions(shop: Shop) -> list[str]:
    """The regions that a shop's rates name, for people to choose from when they write an address."""
    named = Rate.objects.filter(method__shop=shop, method__active=True).exclude(region="")
    return sorted(set(named.values_list("region", flat=True)))


def tracking_url(shop: Shop, carrier: str, number: str) -> str:
    """The carrier's page of a parcel, by the pattern of the shop's method with that carrier; "" where it has none."""
    with_pattern = Method.objects.filter(shop=shop, carrier__iexact=carrier.strip()).exclude(tracking_pattern="")
    method = with_pattern.order_by("-active", "position", "pk").first() if carrier.strip() and number else None
    return method.tracking_url(number) if method else ""


def destinations(shop: Shop, language: str) -> list[tuple[str, str]]:
    """The countries that a shop sends to, by their names in that language; its own first, then its neighbours."""
    rates = Rate.objects.filter(method__shop=shop, method__active=True).exclude(method__kind=MethodKind.PICKUP)
    named = set(rates.values_list("country", flat=True).distinct())
    known = countries.listed(shop.country, language)
    if "" in named or not named:
        return known
    wanted = named | ({shop.country} if shop.country else set())
    listed = [pair for pair in known if pair[0] in wanted]
    return listed + [(code, code) for code in sorted(wanted - {code for code, _name in listed})]
