"""Words: one text in every language of the product."""

from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "ar", "fa", "uk", "zh-hant")


class Words(Mapping[str, str]):
    """Language code -> text. Immutable, hashable; empty when nothing is to be said."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts = dict(texts or {})

    def say(self, language: str) -> str:
        """The text in that language; in English where that language has none; "" for empty words."""
        return self._texts.get(language) or self._texts.get("en", "")

    def __getitem__(self, language: str) -> str:
        return self._texts[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __hash__(self) -> int:
        return hash(frozenset(self._texts.items()))

    def __repr__(self) -> str:
        return f"Words({self._texts!r})"
