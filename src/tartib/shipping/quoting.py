"""What a delivery costs: pure, from the rates of a method and what is to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from tartib.l10n import normal

FREE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """A rate as quoting sees it; see `models.Rate` for the meaning of its bounds.

    `row` is the number under which a shop keeps it.
    """

    price: Decimal
    country: str = ""
    region: str = ""
    weight_from: int = 0
    weight_to: int | None = None
    amount_from: Decimal = FREE
    amount_to: Decimal | None = None
    row: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent: its weight in grams, what its goods cost, and where it goes (country as ISO 3166-1)."""

    weight: int
    amount: Decimal
    country: str = ""
    region: str = ""


def quote(tiers: Iterable[Tier], parcel: Parcel, *, free_from: Decimal | None = None) -> Decimal | None:
    """What sending the parcel costs; None when it is not sent there, or not at that weight.

    The rate that names the place most exactly counts; where several do, the cheapest. From `free_from` on it is free
    wherever it is sent at all.
    """
    fitting = [(_exactness(tier), tier.price) for tier in tiers if _fits(tier, parcel)]
    if not fitting:
        return None
    if free_from is not None and parcel.amount >= free_from:
        return FREE
    nearest = max(exactness for exactness, _price in fitting)
    return min(price for exactness, price in fitting if exactness == nearest)


def same_place(one: str, other: str) -> bool:
    """Whether two spellings of a region are the same: whatever their letters' forms, case and marks."""
    return normal.search_text(one) == normal.search_text(other)


def _fits(tier: Tier, parcel: Parcel) -> bool:
    return (
        tier.country in ("", parcel.country)
        and (not tier.region or same_place(tier.region, parcel.region))
        and tier.weight_from <= parcel.weight
        and (tier.weight_to is None or parcel.weight < tier.weight_to)
        and tier.amount_from <= parcel.amount
        and (tier.amount_to is None or parcel.amount < tier.amount_to)
    )


def _exactness(tier: Tier) -> int:
    return 2 * bool(tier.region) + bool(tier.country)
