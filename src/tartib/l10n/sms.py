"""How many SMS a text takes (3GPP TS 23.038 and 23.040): what providers count and charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")
_LATIN, _OTHER = (160, 153), (70, 67)
"""How much an SMS holds alone, and as one of several, of which each says what it is a part of."""


@dataclass(frozen=True, slots=True)
class Size:
    """The length of a text in the units its alphabet is counted in, and the messages it is split into.

    `latin` is the 7-bit alphabet, of whose letters some take two units; everything else goes in 16-bit units, of which
    a message holds fewer than half, and of which emoji take two or more. `room` is how much more of the same alphabet
    fits without another message.
    """

    length: int
    parts: int
    latin: bool
    room: int


def size(text: str) -> Size:
    """Count a text as it is sent: the whole of it in 16-bit units as soon as one character needs them.

    The national shift tables of TS 23.038 are not counted with: no provider used here sends by them.
    """
    latin = all(char in _BASIC or char in _EXTENDED for char in text)
    units = [2 if char in _EXTENDED else 1 for char in text] if latin else [2 if ord(c) > 0xFFFF else 1 for c in text]
    length = sum(units)
    one, each = _LATIN if latin else _OTHER
    if length <= one:
        return Size(length, 1, latin, one - length)
    parts, filled = _split(units, each)
    return Size(length, parts, latin, each - filled)


def _split(units: Sequence[int], each: int) -> tuple[int, int]:
    """How many messages, and how full the last one is: a character of two units is never torn between two of them."""
    parts, filled = 1, 0
    for unit in units:
        if filled + unit > each:
            parts, filled = parts + 1, 0
        filled += unit
    return parts, filled
