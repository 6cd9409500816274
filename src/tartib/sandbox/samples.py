"""What the practice shops are made of: one file of invented names, goods and remarks for each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "shops"
WINDOWS = Path(__file__).parent / "windows"
TALKS = Path(__file__).parent / "talks"
# The order in which they are opened and listed.
SLUGS = ("en", "ar", "fa", "uk", "zh-hant")


@dataclass(frozen=True, slots=True)
class Goods:
    """A product: its name, variant and price."""

    name: str
    variant: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Shown:
    """A listing: its title, what tells its variants apart, its kind of picture, a sentence, its title in English."""

    title: str
    option: str
    picture: str
    summary: str
    english: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A category with what stands under it, and its name in English."""

    name: str
    english: str
    listings: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class WindowSample:
    """What stands in a shop's window. `english` is empty where English is the shop's own language."""

    headline: str
    about: str
    english: Mapping[str, str]
    words: Mapping[str, str]
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """What somebody asks the shop, `ago` hours ago, and what was said since: by "customer", "shop", or in the "team".

    `about` is "done" or "open" for an order to be taken that is; `stranger` is the name of one who is no customer;
    `then` is the status to which somebody moves it in the end.
    """

    ago: float
    subject: str
    said: tuple[tuple[str, str], ...]
    about: str
    stranger: str
    then: str


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
    tax: Decimal
    shipping: tuple[tuple[str, Decimal], ...]
    goods: tuple[Goods, ...]
    customers: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str, str], ...]
    wishes: tuple[str, ...]
    remarks: tuple[str, ...]
    staff: Mapping[str, str]
    reasons: Mapping[str, tuple[str, ...]]
    window: WindowSample
    talks: tuple[Talk, ...]
    ratings: tuple[tuple[int, str], ...]


def samples() -> list[Sample]:
    """The shops in the order in which they are opened."""
    return [
        _read(_toml(FOLDER / f"{name}.toml"), _window(_toml(WINDOWS / f"{name}.toml")), _toml(TALKS / f"{name}.toml"))
        for name in SLUGS
    ]


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _window(data: Mapping[str, Any]) -> WindowSample:
    headings = tuple(
        Heading(one["name"], one.get("en", ""), tuple(_shown(line) for line in one["listings"]))
        for one in data["category"]
    )
    return WindowSample(data["headline"], data["about"], data.get("en", {}), data.get("words", {}), headings)


def _shown(line: str) -> Shown:
    title, option, picture, summary, *english = (part.strip() for part in line.split("|"))
    return Shown(title, option, picture, summary, english[0] if english else "")


def _talk(data: Mapping[str, Any]) -> Talk:
    said = tuple(_pair(line, ":") for line in data["said"])
    return Talk(
        data["ago"], data["subject"], said, data.get("about", ""), data.get("stranger", ""), data.get("then", "")
    )


def _pair(line: str, between: str) -> tuple[str, str]:
    first, _between, second = (part.strip() for part in line.partition(between))
    return first, second


def _read(data: Mapping[str, Any], window: WindowSample, talks: Mapping[str, Any]) -> Sample:
    settings = ("calendar", "timezone", "currency", "country", "colour", "phone", "address")
    goods = (line.split("|") for line in data["products"])
    ratings = (_pair(line, "|") for line in talks["ratings"])
    cities = (line.split("|") for line in data["cities"])
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name not in {*settings, "products"}
    } | {
        "settings": {name: data[name] for name in settings},
        "tax": Decimal(data["tax"]),
        "shipping": tuple((name, Decimal(price)) for name, price in data["shipping"]),
        "goods": tuple(Goods(name, variant, Decimal(price)) for name, variant, price in goods),
        "cities": tuple((city, region, code) for city, region, code in cities),
        "window": window,
        "talks": tuple(_talk(one) for one in talks["talk"]),
        "ratings": tuple((int(stars), words) for stars, words in ratings),
    }
    return Sample(**fields)
