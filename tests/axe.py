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
_OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
# What one writes in or chooses from is known by its border, 3 : 1 against what it stands on (WCAG 2.2, 1.4.11).
_BORDERS = """
() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  const light = (colours) => {
    ink.clearRect(0, 0, 1, 1);
    for (const colour of colours) { ink.fillStyle = colour; ink.fillRect(0, 0, 1, 1); }
    const parts = [...ink.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const grounds = (element) =>
    element ? [...grounds(element.parentElement), getComputedStyle(element).backgroundColor] : ["Canvas"];
  const faint = [];
  const others = ["checkbox", "radio", "hidden", "color", "range", "file"].map((kind) => `[type=${kind}]`);
  for (const field of document.querySelectorAll(`input:not(${others}), select, textarea, .file-box`)) {
    const style = getComputedStyle(field);
    const seen = field.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!seen || style.borderTopStyle === "none") continue;
    const around = light(grounds(field.parentElement));
    const border = light([...grounds(field.parentElement), style.backgroundColor, style.borderTopColor]);
    const ratio = (Math.max(around, border) + 0.05) / (Math.min(around, border) + 0.05);
    if (ratio < 3) faint.push(`border ${ratio.toFixed(2)}: ${field.outerHTML.slice(0, 120)}`);
  }
  return faint.slice(0, 3);
}
"""


def load(into: Page | BrowserContext) -> None:
    """Bring axe into the page, or into every page of a browser. Not as a file of its own: no policy is in the way."""
    if isinstance(into, Page):
        into.evaluate(AXE.read_text(encoding="utf-8"))
    else:
        into.add_init_script(path=AXE)


def violations(page: Page, *, looks: bool = False) -> list[str]:
    """Every rule the page breaks, with the elements that break it; `load` first.

    What is pressed has 24 pixels, also at a desk with a mouse; fields have borders that are seen.
    `looks`: only what other colours or another size of the screen can have changed since all was asked.
    """
    rules = {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}}
    options = {"runOnly": _OF_LOOKS} if looks else {"rules": rules}
    found: list[str] = page.evaluate(_RUN, _QUICKLY | options) + page.evaluate(_BORDERS)
    return found
