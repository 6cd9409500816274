"""The names that columns have (`columns.toml`): whole ones by field, parts of addresses, and words within names."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from tartib.imports.reading import words
from tartib.imports.reading.mapping import ADDRESS_PARTS, FIELDS

LONGEST: Final = 200
"""What is longer is the name of no column, and no date, number or telephone."""
_PARTS: Final = re.compile(r"[^\W\d_]+?(?=[A-Z][a-z])|[^\W\d_]+")


def kinds_of_words(name: str) -> frozenset[str]:
    """Of which kinds (`word_…` in the list of names) the words in a column's name are."""
    if len(name) > LONGEST or "%" in name:
        return frozenset()
    whole = words.squashed(name)
    parts = {words.squashed(part) for part in _PARTS.findall(name)}
    return frozenset(
        kind for kind, (within, apart) in _stems().items() if within.search(whole) or not apart.isdisjoint(parts)
    )


@lru_cache(maxsize=1)
def _stems() -> dict[str, tuple[re.Pattern[str], frozenset[str]]]:
    """By kind: the words known also inside another, and those known only when they stand apart."""
    found = {}
    for key, stems in _names().items():
        if key.startswith("word_"):
            within = "|".join(re.escape(stem) for stem in stems if _is_telling(stem))
            apart = frozenset(stem for stem in stems if not _is_telling(stem))
            found[key.removeprefix("word_")] = (re.compile(within or r"(?!)"), apart)
    return found


def _is_telling(stem: str) -> bool:
    """Whether a word is known also inside another: one of some length, or of a writing that does not part words."""
    return len(stem) > 4 or not ("a" <= stem[:1] <= "z")


def part_of_address(word: str) -> str | None:
    """A part of an address by its kind and part in either order: "Billing City", "City (Billing)", «Місто доставки»."""
    names = _names()
    for kind in ("billing", "shipping"):
        marks = tuple(names[f"kind_{kind}"])
        if not (word.startswith(marks) or word.endswith(marks)):
            continue
        for mark in marks:
            rest = word.removeprefix(mark) if word.startswith(mark) else word.removesuffix(mark)
            if rest != word and (part := address_parts().get(rest)):
                return f"{kind}_{part}"
    return None


@lru_cache(maxsize=1)
def _names() -> dict[str, list[str]]:
    data = tomllib.loads((files(__package__) / "columns.toml").read_text("utf-8"))
    squashed = {key: [words.squashed(name) for name in found] for key, found in data.items()}
    # The longest mark first, so that "shippingaddress" is not taken for "shipping" and the rest.
    return {key: sorted(found, key=len, reverse=True) for key, found in squashed.items()}


@lru_cache(maxsize=1)
def _vague() -> frozenset[str]:
    return frozenset(_names()["vague"])


def is_vague(name: str) -> bool:
    """Whether a name says less than others of the same field."""
    return words.squashed(name) in _vague()


@lru_cache(maxsize=1)
def column_names() -> dict[str, list[str]]:
    """The fields that a column may be by its whole name, as that is compared (`words.squashed`)."""
    found: dict[str, list[str]] = {}
    for key, names in _names().items():
        if key in FIELDS:
            for name in names:
                found.setdefault(name, []).append(key)
    return found


@lru_cache(maxsize=1)
def address_parts() -> dict[str, str]:
    """The parts of an address by their names."""
    return {name: part for part in ADDRESS_PARTS for name in _names()[f"part_{part}"]}
