"""What the practice shops are made of: one file of invented names, goods and remarks for each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "shops"
# The order in which they are opened and listed.
SLUGS = ("en", "ar", "fa", "uk", "zh-hant")


@dataclass(frozen=True, slots=True)
class Goods:
    """A product: its name, variant and price."""

    name: str
    variant: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything invented about one shop."""

    slug: str
    code: str
    name: str
    language: str
    workflow: str
    settings: Mapping[str, str]
    branch: str
    phones: str
    carrier: str
    tracking: str
    tracking_url: str
    gateway: str
    on_receipt: str
    groups: tuple[str, ...]
    channels: tuple[str, ...]
    shipping: tuple[tuple[str, Decimal], ...]
    goods: tuple[Goods, ...]
    customers: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str, str], ...]
    wishes: tuple[str, ...]
    remarks: tuple[str, ...]
    staff: Mapping[str, str]
    reasons: Mapping[str, tuple[str, ...]]


def samples() -> list[Sample]:
    """The shops in the order in which they are opened."""
    return [_read(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))) for name in SLUGS]


def _read(data: Mapping[str, Any]) -> Sample:
    settings = ("calendar", "timezone", "currency", "country", "colour", "phone", "address")
    goods = (line.split("|") for line in data["products"])
    cities = (line.split("|") for line in data["cities"])
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name not in {*settings, "products"}
    } | {
        "settings": {name: data[name] for name in settings},
        "shipping": tuple((name, Decimal(price)) for name, price in data["shipping"]),
        "goods": tuple(Goods(name, variant, Decimal(price)) for name, variant, price in goods),
        "cities": tuple((city, region, code) for city, region, code in cities),
    }
    return Sample(**fields)
