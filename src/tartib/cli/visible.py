"""Text that a reader of a template sees although nobody marked it for translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

_SILENT = {"script", "style", "code", "kbd", "pre", "svg"}
_SPOKEN = {"title", "alt", "placeholder", "aria-label", "aria-description", "label"}
# Written alike in every language.
_NAMES = {"Tartib", "API", "PDF", "GSM", "UCS"}
_WORD = re.compile(r"[^\W\d_]{2,}")
# A block that pages fill with names of CSS classes.
_CLASSES = re.compile(r"block \w*class")
# Stands for what a tag of the template will put there; no letter, and in nobody's text.
_HOLE = "\ufffc"


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A piece of visible text with letters, and its line in the template."""

    line: int
    text: str


def unmarked(source: str) -> list[Unmarked]:
    """The visible texts of a template that would be the same in every language."""
    reader = _Reader()
    reader.feed(_without_tags(source))
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Reads what is visible. An element that names its language, such as lang="en", is in that language on purpose."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Unmarked] = []
        self._silent = 0
        self._named = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._named:
            self._depth += tag == self._named
        elif (language := dict(attrs).get("lang")) and _HOLE not in language:
            self._named, self._depth = tag, 1
        self.handle_startendtag(tag, attrs)
        if tag in _SILENT:
            self._silent += 1

    def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _SPOKEN and value:
                self._look(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == self._named:
            self._depth -= 1
            self._named = self._named if self._depth else ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._look(data)

    def _look(self, text: str) -> None:
        if not self._named and any(word not in _NAMES for word in _WORD.findall(text)):
            blank = len(text) - len(text.lstrip())
            line = self.getpos()[0] + text[:blank].count("\n")
            self.found.append(Unmarked(line, " ".join(text.replace(_HOLE, "…").split())))


def _without_tags(source: str) -> str:
    """The template with a hole for each of its tags and for everything that is translated, line by line as before."""
    return "".join(_pieces(source))


def _pieces(source: str) -> Iterator[str]:
    """Every token's text or hole; what stands inside a translated or commented block is one long hole."""
    inside = ""
    for token in Lexer(source).tokenize():
        name = token.contents.partition(" ")[0] if token.token_type == TokenType.BLOCK else ""
        if not inside and token.token_type == TokenType.TEXT:
            yield token.contents
            continue
        if not inside and (name in {"blocktranslate", "blocktrans", "comment"} or _CLASSES.fullmatch(token.contents)):
            inside = f"end{name}"
        elif name and name == inside:
            inside = ""
        yield _HOLE + "\n" * token.contents.count("\n")
