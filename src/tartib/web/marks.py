"""A shop's mark as pictures, for home screens and notifications: its initials on its colour, as on its pages."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import pylopdf_fonts_zh_tw

from tartib.web import colours

if TYPE_CHECKING:
    from PIL import ImageFont

KINDS = {
    "180": (180, 1.0), "192": (192, 1.0), "512": (512, 1.0), "192-full": (192, 0.72), "512-full": (512, 0.72),
    "badge": (96, 1.0),
}  # fmt: skip
"""Pixels to a side, and how large the initials are: of a full mark the system cuts off what its shape leaves out."""

_ROUND = 0.22
_LETTERS = 0.46
_OVERSAMPLED = 4


@lru_cache(maxsize=256)
def png(kind: str, initials: str, colour: str) -> bytes:
    """The mark as PNG. Full marks have no corners of their own; a badge is a white shape, which systems tint."""
    from PIL import Image, ImageDraw  # large, and a mark is drawn once for many who see it

    size, share = KINDS[kind]
    badge, full = kind == "badge", kind.endswith("-full") or kind == "180"
    side = size * _OVERSAMPLED
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    if full:
        draw.rectangle((0, 0, side, side), fill=colour)
    elif not badge:
        draw.rounded_rectangle((0, 0, side - 1, side - 1), side * _ROUND, fill=colour)
    font = _font(initials, round(side * _LETTERS * share * (1.6 if badge else 1)))
    left, top, right, bottom = draw.textbbox((0, 0), initials, font=font)
    place = ((side - left - right) / 2, (side - top - bottom) / 2)
    draw.text(place, initials, font=font, fill="#ffffff" if badge else colours.text_on(colour))
    made = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(made, "PNG", optimize=True)
    return made.getvalue()


def _font(initials: str, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    letter = initials[:1]
    if letter >= "\u2e80":
        return ImageFont.truetype(str(pylopdf_fonts_zh_tw.sans_path()), size)
    if "\u0600" <= letter <= "\u08ff":
        file = fontpkg_noto_sans_arabic.ROOT / "files" / "NotoSansArabic[wdth,wght].ttf"
    else:
        file = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"
    font = ImageFont.truetype(str(file), size)
    font.set_variation_by_name("Bold")
    return font
