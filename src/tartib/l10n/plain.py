"""The text of HTML that others wrote: e-mails, descriptions of products. Nothing of the HTML itself is ever shown.

It is read by libxml2 (`lxml`), in time that grows with its length: Python's own parser takes minutes for a few hundred
kilobytes of unfinished tags.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre"}
)
_CELLS = frozenset({"td", "th"})
_MANY_BREAKS = re.compile(r"\n{3,}")


def text_of(html: str) -> str:
    """The text of HTML."""
    return html_to_text(html, Reader())


def html_to_text(html: str, reader: Reader) -> str:
    """The text of HTML as that reader takes it down."""
    parser = etree.HTMLParser(target=reader, huge_tree=True)
    parser.feed(html.replace("\0", ""))
    return str(parser.close())


class Reader:
    """Takes down text, line by line, as a parser of lxml finds it: each element is begun and ended once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._unread = 0
        self._as_typed: list[bool] = []
        self._typed = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        style = attributes.get("style", "").lower()
        typed = tag == "pre" or ("white-space" in style and "pre" in style)
        self._as_typed.append(typed)
        self._typed += typed
        if self._unread or tag in _UNREAD:
            self._unread += 1
            return
        if tag in _BLOCKS:
            self.break_line()

    def end(self, tag: str) -> None:
        """End an element."""
        if self._as_typed:
            self._typed -= self._as_typed.pop()
        if self._unread:
            self._unread -= 1
        elif tag in _CELLS:
            self._line.append(" ")
        elif tag in _BLOCKS and tag != "br":
            self.break_line()

    def data(self, data: str) -> None:
        """Text; its line breaks mean something only where the writer said so."""
        if self._unread:
            return
        if self._typed:
            *whole, last = data.split("\n")
            for line in whole:
                self._line.append(line)
                self.break_line()
            data = last
        self._line.append(data)

    def close(self) -> str:
        """All of the text."""
        self.break_line()
        return _MANY_BREAKS.sub("\n\n", "\n".join(self.lines)).strip()

    def break_line(self) -> None:
        """End the line."""
        self.lines.append(self.as_line(" ".join("".join(self._line).split())))
        self._line.clear()

    def as_line(self, line: str) -> str:
        """A line as it is taken down."""
        return line
