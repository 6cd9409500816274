"""What axe-core finds wrong with a page for people who cannot see it well, or at all."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from tests.settings import CHECKOUT

AXE = CHECKOUT / "node_modules/axe-core/axe.min.js"
# Nothing is asked of other files: what a rule wants to know stands in the page.
_QUICKLY = {"resultTypes": ["violations"], "preload": False, "iframes": False}
# Only what is told goes from the browser to the test: the whole answer is large.
_RUN = """
async options => (await axe.run(document, options)).violations.map(
    one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 150)).join("; ")}`
)
"""
_OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]


def load(into: Page | BrowserContext) -> None:
    """Bring axe into the page, or into every page of a browser. Not as a file of its own: no policy is in the way."""
    if isinstance(into, Page):
        into.evaluate(AXE.read_text(encoding="utf-8"))
    else:
        into.add_init_script(path=AXE)


def violations(page: Page, *, fingers: bool = False, looks: bool = False) -> list[str]:
    """Every rule the page breaks, with the elements that break it; `load` first.

    `fingers`: what is pressed has room for one. At a desk with a mouse fifty dense rows are worth more.
    `looks`: only what other colours or another size of the screen can have changed since all was asked.
    """
    rules = {"target-size": {"enabled": fingers}, "label-content-name-mismatch": {"enabled": True}}
    options = {"runOnly": _OF_LOOKS + ["target-size"] * fingers} if looks else {"rules": rules}
    found: list[str] = page.evaluate(_RUN, _QUICKLY | options)
    return found
