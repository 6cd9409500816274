"""A picture made anew: whatever else a given file holds (place and time, another program, a script) is not taken along.

Everything here is bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

# The readers that are let near a stranger's bytes; that of JPEG reads what phones write instead (MPO) as well.
_READ = ("JPEG", "PNG", "WEBP")
# Pixels in the file, and pixels to unpack at four bytes each: a JPEG is scaled down while it is read.
_MOST_GIVEN = 64_000_000
_MOST_UNPACKED = 30_000_000
_LONGEST_SIDE = 4
_QUALITY = 82
_SRGB = ImageCms.createProfile("sRGB")


class NotReadable(Exception):
    """The bytes are no picture of a kind we read, or a damaged one."""


class TooManyPixels(Exception):
    """The picture would take too much memory to unpack."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as WebP."""

    content: bytes
    width: int
    height: int


def make_anew(content: bytes, widths: Sequence[int]) -> list[Picture]:
    """The picture in `content` as WebP, in `widths` (pixels, ascending); never wider than it is itself.

    Upright, in sRGB, the first frame only, without any metadata. Proportions are kept; a picture higher than four
    times its width becomes narrower. Raises `NotReadable` and `TooManyPixels`.
    """
    try:
        with Image.open(BytesIO(content), formats=_READ) as given:
            pixels = given.width * given.height
            given.draft("RGB", (widths[-1], widths[-1]))
            if pixels > _MOST_GIVEN or given.width * given.height > _MOST_UNPACKED:
                raise TooManyPixels
            upright = _in_srgb(ImageOps.exif_transpose(given))
    except TooManyPixels:
        raise
    except Image.DecompressionBombError as bomb:
        raise TooManyPixels from bomb
    # Pillow's readers raise whatever their formats make them stumble over.
    except Exception as stumbled:
        raise NotReadable from stumbled
    filled = [width for width in widths if width < upright.width] + [min(widths[-1], upright.width)]
    made = [_narrowed(upright, width) for width in filled]
    return list({picture.width: picture for picture in made}.values())


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as every screen shows them, with transparency where there is any."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            converted = ImageCms.profileToProfile(image, BytesIO(profile), _SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            return image.convert(mode)
        return converted or image
    return image.convert(mode)


def _narrowed(image: Image.Image, width: int) -> Picture:
    height = max(1, round(image.height * width / image.width))
    if height > width * _LONGEST_SIDE:
        width, height = max(1, round(image.width * width * _LONGEST_SIDE / image.height)), width * _LONGEST_SIDE
    small = image if (width, height) == image.size else image.resize((width, height), Image.Resampling.LANCZOS)
    bare = Image.new(small.mode, small.size)
    bare.paste(small)
    out = BytesIO()
    bare.save(out, "WEBP", quality=_QUALITY, method=4)
    return Picture(out.getvalue(), width, height)
