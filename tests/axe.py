"""What axe-core finds wrong with a page for people who cannot see it well, or at all."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.settings import CHECKOUT

AXE = CHECKOUT / "node_modules/axe-core/axe.min.js"


def violations(page: Page) -> list[str]:
    """Every rule the page breaks, each with the elements that break it. Evaluated, so that no policy is in the way."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']}: {'; '.join(node['html'][:150] for node in one['nodes'][:3])}"
        for one in found["violations"]
    ]
