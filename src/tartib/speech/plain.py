"""The text of HTML that others wrote: e-mails, descriptions of products. Nothing of the HTML itself is ever shown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre"}
)
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "col", "area", "base", "embed", "source"})
# How mail programs mark what was answered to.
_QUOTES = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|protonmail_quote|zmail_extra"
)


def text_of(html: str) -> str:
    """The text of HTML."""
    return _read(html, quotes=True)


def answer_of(html: str) -> str:
    """The text of an e-mail, without what it quotes; with it where nothing else would be left."""
    return _read(html, quotes=False) or _read(html, quotes=True)


def _read(html: str, *, quotes: bool) -> str:
    reader = _Reader(quotes)
    reader.feed(html)
    reader.close()
    rows = (" ".join(row.split()) for row in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()


class _Reader(HTMLParser):
    """Collects text; `_hidden` counts how deep in an element that is not read it is."""

    def __init__(self, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._quotes = quotes
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _VOID:
            self._break(tag)
        elif self._hidden or tag in _UNREAD or (not self._quotes and _is_quote(tag, attrs)):
            self._hidden.append(tag)
        else:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element, and with it those inside that were never ended."""
        if self._hidden:
            if tag in self._hidden:
                while self._hidden.pop() != tag:
                    pass
        else:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        """Text between elements; its line breaks mean nothing."""
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS and not self._hidden:
            self.parts.append("\n")


def _is_quote(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    if tag == "blockquote":
        return True
    return any(name in ("class", "id") and value and _QUOTES.search(value) for name, value in attrs)
