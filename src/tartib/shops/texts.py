"""A shop's own texts: in its language, and in others as far as the shop has written them."""

from __future__ import annotations

from typing import Any, Protocol


class Worded(Protocol):
    """A record with texts in the shop's language and, in `texts`, in others: {language: {name: text}}."""

    texts: Any


def text_of(thing: Worded, name: str, language: str) -> str:
    """The text in that language, or else in the shop's own."""
    of_language = thing.texts.get(language)
    found = of_language.get(name) if isinstance(of_language, dict) else None
    return str(found or getattr(thing, name))
