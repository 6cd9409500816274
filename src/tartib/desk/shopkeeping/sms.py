"""How many SMS a text takes (3GPP TS 23.038 and 23.040): what providers count and charge."""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Size:
    """The length of a text in the units its alphabet is counted in, and the messages it is split into.

    `latin` is the 7-bit alphabet; everything else goes in 16-bit units, of which a message holds fewer than half.
    """

    length: int
    parts: int
    latin: bool

    @property
    def room(self) -> int:
        """How much more fits without another message."""
        one, each = (160, 153) if self.latin else (70, 67)
        return (one if self.parts <= 1 else each * self.parts) - self.length


def size(text: str) -> Size:
    """Count a text as it would be sent."""
    latin = all(char in _BASIC or char in _EXTENDED for char in text)
    length = sum(2 if char in _EXTENDED else 1 for char in text) if latin else len(text.encode("utf-16-le")) // 2
    one, each = (160, 153) if latin else (70, 67)
    return Size(length, 1 if length <= one else -(-length // each), latin)
