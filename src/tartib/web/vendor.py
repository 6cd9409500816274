"""Static files of the front-end packages: the few that pages use, served as `vendor/…` straight from `node_modules`.

Only what is listed here is ever served or collected: a package's other files are none of the web's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NODE_MODULES = Path(getattr(settings, "NODE_MODULES", Path(__file__).resolve().parents[3] / "node_modules"))

FILES = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler.rtl.min.css": "@tabler/core/dist/css/tabler.rtl.min.css",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
}
FONTS = {
    "vendor/mada": ("@fontsource-variable/mada", "wght"),
    "vendor/vazirmatn": ("@fontsource-variable/vazirmatn", "wght"),
    "vendor/noto-sans": ("@fontsource-variable/noto-sans", "wght"),
    "vendor/noto-sans-hk": ("@fontsource-variable/noto-sans-hk", "wght"),
}


def listed() -> dict[str, Path]:
    """Every file served, by its static path. A font package brings one stylesheet and the upright files it names."""
    found = {name: NODE_MODULES / path for name, path in FILES.items()}
    for folder, (package, axis) in FONTS.items():
        found[f"{folder}/{axis}.css"] = NODE_MODULES / package / f"{axis}.css"
        for path in sorted((NODE_MODULES / package / "files").glob(f"*-{axis}-normal.woff2")):
            found[f"{folder}/files/{path.name}"] = path
    return found


class VendorFinder(BaseFinder):
    """Finds the listed files for `runserver`, tests and `collectstatic`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.files = listed()
        self.storage = _Listed(self.files)

    def find(self, path: str, find_all: bool = False, **_old: Any) -> Any:
        """The file at a static path, as Django's finders answer."""
        found = self.files.get(path)
        if found is None or not found.exists():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """All files with the storage that opens them, for `collectstatic`."""
        for name, path in self.files.items():
            if path.exists():
                yield name, self.storage

    def check(self, **_kwargs: Any) -> Any:
        """Nothing about this finder can be configured wrongly."""
        return []


class _Listed(FileSystemStorage):
    """Opens a listed file by its static path."""

    def __init__(self, files: dict[str, Path]) -> None:
        super().__init__(location=str(NODE_MODULES))
        self._files = files

    def path(self, name: str) -> str:
        return str(self._files[name])
