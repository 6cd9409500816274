"""A shop's brand colour on pages: with text that can be read on it, and itself readable as text."""

from __future__ import annotations

READABLE = 4.5
# Of white and black one always reads on any colour: at worst with a contrast of 4.58.
_WHITE, _INK = "#ffffff", "#000000"
_PAPER, _NIGHT = "#ffffff", "#171d26"


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2)."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[i : i + 2]) for i in (1, 3, 5))
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """White or black, whichever reads better on `colour`."""
    return max((_WHITE, _INK), key=lambda text: contrast(colour, text))


def as_text(colour: str, paper: str) -> str:
    """`colour`, darkened or lightened as little as it takes to be read on `paper`."""
    target = 0 if luminance(paper) > 0.5 else 255
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    for step in range(21):
        mixed = "#" + "".join(f"{round(part + (target - part) * step / 20):02x}" for part in parts)
        if contrast(mixed, paper) >= READABLE:
            return mixed
    return _INK if target == 0 else _WHITE


def stylesheet(colour: str) -> str:
    """The custom properties that dress a page in a shop's colour, in light and in dark."""
    return (
        f":root{{--brand:{colour};--brand-on:{text_on(colour)};"
        f"--brand-text:light-dark({as_text(colour, _PAPER)},{as_text(colour, _NIGHT)})}}\n"
    )
