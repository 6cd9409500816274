"""What axe-core finds wrong with a page for people who cannot see it well, or at all."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.settings import CHECKOUT

AXE = CHECKOUT / "node_modules/axe-core/axe.min.js"
# Nothing is asked of other files: what a rule wants to know stands in the page.
_QUICKLY = {"resultTypes": ["violations"], "preload": False, "iframes": False}


def load(page: Page) -> None:
    """Bring axe into the page. Evaluated, so that no policy is in the way."""
    page.evaluate(AXE.read_text(encoding="utf-8"))


def violations(page: Page, *, fingers: bool = False) -> list[str]:
    """Every rule the page breaks, with the elements that break it; `load` first.

    `fingers`: what is pressed has room for one. At a desk with a mouse fifty dense rows are worth more.
    """
    rules = {"target-size": {"enabled": fingers}, "label-content-name-mismatch": {"enabled": True}}
    found = page.evaluate("options => axe.run(document, options)", _QUICKLY | {"rules": rules})
    return [
        f"{one['id']}: {one['help']}: {'; '.join(node['html'][:150] for node in one['nodes'][:3])}"
        for one in found["violations"]
    ]
