"""Pictures for the guide, taken while a journey is told."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "guide"
_COLOURS = 96


def keep(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the page, `whole` or as much as the window shows, if the guide shows one of that name.

    Only when `make guide` asks for them: small, in few colours, with nothing in the file but the picture.
    """
    if not os.environ.get("GUIDE") or f"({name}.png)" not in (FOLDER / "README.md").read_text(encoding="utf-8"):
        return
    shot = Image.open(BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
