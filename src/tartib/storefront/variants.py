"""Choosing a variant of a listing: by links from one to the next, so that it needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tartib.catalog.models import Product
from tartib.catalog.supply import Supply
from tartib.catalog.window import Listing


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of an option: the variant it leads to, if there is one, and whether it is the chosen one's."""

    value: str
    product: Product | None
    chosen: bool
    buyable: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """An option with its values."""

    name: str
    choices: tuple[Choice, ...]

    @property
    def value(self) -> str:
        """The value that is chosen."""
        return next((choice.value for choice in self.choices if choice.chosen), "")


def choose(variants: Sequence[Product], supplies: Mapping[int, Supply], asked: str) -> Product | None:
    """The variant that was asked for by its id, or else the first that can be bought, or the first."""
    for product in variants:
        if str(product.pk) == asked:
            return product
    return next((one for one in variants if supplies[one.pk].buyable), variants[0] if variants else None)


def axes(listing: Listing, variants: Sequence[Product], supplies: Mapping[int, Supply], chosen: Product) -> list[Axis]:
    """The options of a listing. Each value leads to the variant that has it and else most of what is chosen."""
    found = []
    for name, values in listing.options:
        choices = []
        for value in values:
            having = [one for one in variants if one.options.get(name) == value]
            best = max(having, key=lambda one: _likeness(one, chosen, supplies), default=None)
            exact = [one for one in having if _others(one, name) == _others(chosen, name)]
            choices.append(
                Choice(
                    value,
                    best,
                    chosen.options.get(name) == value,
                    any(supplies[one.pk].buyable for one in exact),
                )
            )
        found.append(Axis(name, tuple(one for one in choices if one.product is not None)))
    return [axis for axis in found if axis.choices]


def _likeness(one: Product, chosen: Product, supplies: Mapping[int, Supply]) -> tuple[int, bool, int]:
    same = sum(chosen.options.get(name) == value for name, value in one.options.items())
    return same, supplies[one.pk].buyable, -one.place


def _others(product: Product, name: str) -> dict[str, str]:
    return {known: value for known, value in product.options.items() if known != name}
