"""Pictures for the guide, taken while a journey is told."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "guide"


def keep(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the page, `whole` or as much as the window shows, when `make guide` asks for them."""
    if os.environ.get("GUIDE"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)
