"""Tabler's icons as inline SVG, read from their package once."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from tartib.web.vendor import NODE_MODULES

# A workflow may name an icon that does not exist (any more): a page must not fail for it.
FALLBACK = "circle-dashed"
# Icons that point somewhere in reading direction; the others (clocks, ticks, keys) stay as they are.
MIRRORED = frozenset(
    {
        "arrow-left", "arrow-right", "chevron-left", "chevron-right", "chevrons-left", "chevrons-right",
        "arrow-back-up", "arrow-forward-up", "corner-down-right", "logout", "login", "list", "list-details", "send",
        "external-link", "message", "note", "truck-delivery", "truck", "truck-return",
    }
)  # fmt: skip
_NAME = re.compile(r"^[a-z0-9-]{1,60}$")
_OUTER = re.compile(r"^.*?<svg[^>]*>\s*<path stroke=\"none\" d=\"M0 0h24v24H0z\" fill=\"none\" />", re.DOTALL)


@lru_cache(maxsize=512)
def _paths(name: str) -> str:
    folder = NODE_MODULES / "@tabler/icons/icons/outline"
    file = folder / f"{name}.svg"
    if not _NAME.match(name) or not file.exists():
        if name == FALLBACK:
            return '<path d="M12 12m-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0" />'
        return _paths(FALLBACK)
    drawn = _OUTER.sub("", file.read_text(encoding="utf-8")).replace("</svg>", "")
    return " ".join(drawn.split())


@lru_cache(maxsize=1024)
def svg(name: str, css: str = "") -> SafeString:
    """The icon, hidden from screen readers: the word beside it, or the label of its button, says what it means.

    Both arguments come from code and workflows; the name is checked here, the class is of our templates.
    """
    classes = " ".join(part for part in ("icon", "mirror" if name in MIRRORED else "", css) if part)
    return mark_safe(  # noqa: S308 - file content of a pinned package
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" width="20" height="20" viewBox="0 0 24 24" '
        f'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" '
        f'aria-hidden="true" focusable="false">{_paths(name)}</svg>'
    )
