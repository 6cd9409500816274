"""The text of an e-mail in HTML, with what it quotes marked as in plain text, and the pictures inside it. Pure.

Mail programs mark what was answered to in ways of their own. A `blockquote` alone marks nothing: programs indent the
writer's own words by it. What somebody wrote in colour inside a quotation is theirs again.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tartib.l10n.plain import Reader, html_to_text
from tartib.mailbox.decoding import storable

BELOW = "\ue000"
"""A line of this alone says: according to the mail program, a quotation follows to the end."""
_QUOTE = re.compile(r"gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra|isreplycontent|tutanota_quote|mail-quote")
_BELOW_HERE = re.compile(
    r"divrplyfwdmsg|mail-editor-reference-message-container|ms-outlook-mobile-reference-message|yahoo_quoted"
)
# The line that Outlook draws above what it quotes.
_RULED = re.compile(r"border:none;border-top:solid#[0-9a-f]{6}1(?:\.0)?pt;padding:3(?:\.0)?pt0")
_BORDERED = re.compile(r"border-(?:left|right|inline-start)(?:-width)?:(?!none|0|medium)")
_COLOUR = re.compile(r"(?:^|;)color:([^;!]{3,40})")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})[,)]")
_NAMED = frozenset(
    {
        "red", "blue", "green", "purple", "magenta", "orange", "fuchsia", "lime", "crimson", "darkred", "darkblue",
        "darkgreen", "mediumblue", "royalblue", "dodgerblue", "deeppink", "violet",
    }
)  # fmt: skip
VIVID = 110
"""By how much, of 255, the strongest part of a colour is above the weakest: greys and dark blues are not vivid."""
LONGEST_ADDRESS = 500
_PICTURE = re.compile(r"data:image/([a-z+.-]{2,12});base64,")


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a letter's HTML, and the pictures that stand in it by their bytes: (kind, content) of each."""

    text: str
    pictures: tuple[tuple[str, bytes], ...]


def page_of(html: str) -> Page:
    """Read the HTML of a letter. A comment that does not end hides nothing."""
    opened = html.rfind("<!--")
    if opened > html.rfind("-->"):
        html = f"{html[:opened]} {html[opened + len('<!--') :]}"
    reader = _Letter()
    text = html_to_text(html, reader)
    return Page(text, tuple(reader.pictures))


class _Letter(Reader):
    """Takes down a letter; `_depths` says of each open element in how many quotations it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[tuple[str, bytes]] = []
        self._depths = [0]
        self._links: list[tuple[str, int]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        depth = self._depths[-1]
        style = "".join(attributes.get("style", "")[:1000].lower().split())
        named = f"{attributes.get('id', '')[:200]} {attributes.get('class', '')[:200]}".lower()
        if tag == "blockquote" and _is_quote(attributes, style, named):
            depth += 1
        elif depth and tag != "a" and _is_vivid(tag, attributes, style):
            depth = 0
        self._turn(depth)
        super().start(tag, attributes)
        self._depths.append(depth)
        if self._unread:
            return
        if _BELOW_HERE.search(named) or _RULED.search(style):
            self.break_line()
            self.lines.append(BELOW)
        if tag == "img":
            self._picture(attributes.get("src", ""), attributes.get("alt", ""))
        elif tag == "a":
            self._links.append((attributes.get("href", "").strip(), len(self._line)))

    def end(self, tag: str) -> None:
        """End an element."""
        if tag == "a" and not self._unread and self._links:
            self._link(*self._links.pop())
        super().end(tag)
        if len(self._depths) > 1:
            self._turn(self._depths[-2])
            self._depths.pop()

    def data(self, data: str) -> None:
        """Text, without what HTML can name and nothing can store."""
        super().data(storable(data))

    def as_line(self, line: str) -> str:
        """A line of a quotation begins as in plain text; one that only looks so does not."""
        depth = self._depths[-1]
        return f"{'>' * min(depth, 20)} {line}".rstrip() if depth and line else line

    def _turn(self, depth: int) -> None:
        """Let no line stand in two quotations."""
        if depth != self._depths[-1] and self._line:
            self.break_line()

    def _link(self, address: str, place: int) -> None:
        """Say where a link leads, outside of quotations, where its words do not."""
        words = "".join(self._line[place:]).strip()
        leads = address.lower().startswith(("http://", "https://")) and len(address) <= LONGEST_ADDRESS
        if leads and words and not self._depths[-1] and words.rstrip("/") not in address:
            self._line.append(f" <{address}>")

    def _picture(self, source: str, alt: str) -> None:
        found = _PICTURE.match(source[:60].lower())
        if found:
            try:
                self.pictures.append((found[1], base64.b64decode(source[found.end() :])))
            except (binascii.Error, ValueError):
                return
        elif 0 < len(alt) <= 4 and not alt.isascii():
            # An emoji that the mail program has drawn.
            self._line.append(alt)


def _is_quote(attributes: Mapping[str, str], style: str, named: str) -> bool:
    if attributes.get("type", "").lower() == "cite" or attributes.get("cite"):
        return True
    return bool(_QUOTE.search(named) or _BORDERED.search(style))


def _is_vivid(tag: str, attributes: Mapping[str, str], style: str) -> bool:
    """Whether text is written in a colour that is neither black nor grey."""
    found = _COLOUR.search(style)
    colour = found[1] if found else attributes.get("color", "").strip().lower() if tag == "font" else ""
    if colour in _NAMED:
        return True
    if shades := _HEX.fullmatch(colour):
        digits = shades[1] if len(shades[1]) == 6 else "".join(digit * 2 for digit in shades[1])
        parts = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    elif shades := _RGB.match(colour):
        parts = [int(part) for part in shades.groups()]
    else:
        return False
    return max(parts) - min(parts) >= VIVID
