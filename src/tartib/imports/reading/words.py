"""What platforms, people and spreadsheets call a status, a payment state and a way to pay, in many languages."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from tartib.l10n.fold import fold

# The same few words stand in every row of a file.
_few = lru_cache(maxsize=128)
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


def squashed(text: str) -> str:
    """A name as it is compared: folded, letters and digits only ("Order Status" and "order_status" are one)."""
    folded = fold(text).strip()
    return _NOT_LETTERS.sub("", folded) or folded


@_few
def state(text: str) -> str | None:
    """The platform-neutral state (`records.STATES`) that a status word means; None when it is not known."""
    word = squashed(text)
    return _table("states").get(word.removeprefix("wc") if word.startswith("wc") else word)


@_few
def is_closed(text: str) -> bool:
    """Whether a status word says only that an order is done with, and not how it ended."""
    return squashed(text) in _table("ends")


def closed_words() -> tuple[str, ...]:
    """The words of `is_closed`."""
    return tuple(_table("ends"))


@_few
def payment_state(text: str) -> str | None:
    """The payment state (`records.PAYMENT_STATES`) that a word means."""
    return _table("payment_states").get(squashed(text))


@_few
def payment_method(text: str) -> str:
    """The way to pay (`records.PAYMENT_METHODS`) that a gateway's code or title means; "online" if it is another."""
    word = squashed(text)
    if not word:
        return "other"
    for part, method in _table("payment_methods").items():
        if part in word:
            return method
    return "online"


@lru_cache(maxsize=8)
def _table(name: str) -> dict[str, str]:
    """Squashed word -> meaning."""
    meanings = tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))[name]
    return {squashed(word): meaning for meaning, words in meanings.items() for word in words}
