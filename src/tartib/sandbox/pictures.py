"""Pictures of what the practice shops show: still lifes drawn from a few shapes, so that nobody's photos are needed."""

from __future__ import annotations

import colorsys
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

# Large enough for a page, small enough for five shops full of pictures to be drawn while somebody waits.
SIDE = 512
_FINE = 2
# Colours a variant is named after, in the words of the practice shops.
_NAMED = {
    "#2c3e66": ("Navy", "Indigo", "سرمه‌ای", "كحلي", "синій"),
    "#8c2f39": ("زرشکی", "عنابي", "緋紅", "калина", "لاکی"),
    "#c58b2a": ("Ochre", "гірчичний", "عسلی", "عنبر"),
    "#7d8289": ("Grey check", "сірий", "灰", "Slate"),
    "#66754a": ("Moss", "Fern", "хвоя", "墨綠", "綠色", "Herbs"),
    "#e6dfd0": ("білий", "Oat", "натуральна", "白茶", "ياسمين"),
    "#7b5a86": ("Heather", "Thistle", "лаванда", "Fig"),
    "#2f8f8b": ("فیروزه‌ای", "Sea salt", "海旁"),
    "#5a7fb0": ("волошки", "電車"),
    "#7a5136": ("قهوه‌ای", "بنية"),
    "#d9a441": ("桂花", "薑花"),
    "#cbb79a": ("بيج",),
}
_COLOURS = {word: colour for colour, words in _NAMED.items() for word in words}
_CALM = ("#b5654a", "#7f8f6a", "#4f6d7a", "#c39a4e", "#8a6f8f", "#a8574f", "#6b7f94", "#9c7a5b", "#5f8478", "#b98b73")


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of a picture; what its numbers are, `shapes.toml` tells."""

    form: str
    tone: str
    numbers: tuple[float, ...]


def named_colour(word: str) -> str:
    """The colour a word stands for, or ""."""
    return _COLOURS.get(word, "")


def still_life(kind: str, seed: int, colour: str = "") -> BytesIO:
    """A picture of that kind of thing as PNG, `SIDE` pixels square; another `seed` has other colours and light."""
    main = _rgb(colour or _CALM[seed % len(_CALM)])
    size = SIDE * _FINE
    # Filled with the thing's own colour, so that its edges have no rim of another one.
    thing, outline = Image.new("RGB", (size, size), main), Image.new("L", (size, size))
    pen, tracer = ImageDraw.Draw(thing), ImageDraw.Draw(outline)
    for shape in _shapes()[kind]:
        _draw(pen, shape, _toned(main, shape.tone), size / 100)
        _draw(tracer, shape, 255, size / 100)
    thing, outline = thing.reduce(_FINE), outline.reduce(_FINE)
    picture = _room(main, seed, SIDE)
    _cast_shadow(picture, outline, SIDE)
    picture.paste(ImageChops.multiply(thing, _light(SIDE)), (0, 0), outline)
    out = BytesIO()
    # Read again at once: packing it would only take time.
    picture.save(out, "PNG", compress_level=0)
    out.seek(0)
    return out


@cache
def _shapes() -> dict[str, list[Shape]]:
    lines = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text(encoding="utf-8"))
    return {kind: [_shape(*line.split()) for line in of_kind] for kind, of_kind in lines.items()}


def _shape(form: str, tone: str, *numbers: str) -> Shape:
    return Shape(form, tone, tuple(map(float, numbers)))


def _draw(pen: ImageDraw.ImageDraw, shape: Shape, fill: tuple[int, int, int] | int, unit: float) -> None:
    form, points = shape.form, [number * unit for number in shape.numbers]
    if form == "oval":
        pen.ellipse(points[:4], fill)
    elif form == "half":
        pen.chord(points[:4], 0, 180, fill)
    elif form == "box":
        pen.rounded_rectangle(points[:4], points[4], fill)
    elif form == "poly":
        pen.polygon(points, fill)
    elif form == "line":
        width, *way = points
        pen.line(way, fill, round(width), "curve")
        for x, y in zip(way[::2], way[1::2], strict=True):
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill)
    else:
        width, *around, begin, end = points
        pen.arc(around, begin / unit, end / unit, fill, round(width))


def _toned(main: tuple[int, int, int], tone: str) -> tuple[int, int, int]:
    """The thing's own colour, or one that goes with it."""
    fixed = {"cream": (245, 238, 224), "wood": (176, 133, 92), "brass": (193, 154, 84), "ink": (58, 54, 52)}
    if tone in fixed:
        return fixed[tone]
    if tone == "light":
        return _mixed(main, (255, 255, 255), 0.35)
    return _mixed(main, (20, 16, 20), 0.28) if tone == "dark" else main


def _room(main: tuple[int, int, int], seed: int, size: int) -> Image.Image:
    """A wall and a table in a light tint that goes with the thing."""
    hue, _lightness, _strength = colorsys.rgb_to_hls(*(part / 255 for part in main))
    turned = (hue + (0.04, 0.5, 0.09, 0.92)[seed % 4]) % 1
    wall = _of_hls(turned, 0.9, 0.32)
    room = Image.new("RGB", (size, size), wall)
    pen = ImageDraw.Draw(room)
    pen.rectangle((0, size * 0.72, size, size), _of_hls(turned, 0.83, 0.28))
    glow = Image.new("L", (size, size), 0)
    left = 0.2 if seed % 2 else 0.8
    ImageDraw.Draw(glow).ellipse(
        (size * (left - 0.55), -size * 0.35, size * (left + 0.55), size * 0.75), 120
    )  # fmt: skip
    small = glow.resize((80, 80)).filter(ImageFilter.GaussianBlur(14)).resize((size, size), Image.Resampling.BICUBIC)
    room.paste(_of_hls(turned, 0.97, 0.3), (0, 0), small)
    return room


def _cast_shadow(picture: Image.Image, outline: Image.Image, size: int) -> None:
    box = outline.getbbox() or (0, 0, size, size)
    shade = Image.new("L", (160, 160), 0)
    fine = 160 / size
    left, right, foot = box[0] * fine, box[2] * fine, box[3] * fine
    ImageDraw.Draw(shade).ellipse((left - 2, foot - 7, right + 9, foot + 4), 150)
    shade = shade.filter(ImageFilter.GaussianBlur(4)).resize((size, size), Image.Resampling.BICUBIC)
    picture.paste((52, 40, 36), (0, 0), shade)


@lru_cache(maxsize=1)
def _light(size: int) -> Image.Image:
    """Light from one side, which makes things round."""
    across = Image.new("L", (64, 1))
    across.putdata([round(255 - 62 * max(0, (x - 22) / 42) ** 1.4) for x in range(64)])
    return Image.merge("RGB", (across.resize((size, size), Image.Resampling.BICUBIC),) * 3)


def _mixed(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _of_hls(hue: float, lightness: float, strength: float) -> tuple[int, int, int]:
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, lightness, strength))
    return red, green, blue
