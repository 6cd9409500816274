"""Static files: collected into one folder under names that carry a hash of the content, so that browsers keep them."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_DROPPED = ""


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # WhiteNoise is not typed
    """Hashed names and compressed copies. The packages' pointers to source maps, which are not served, are dropped."""

    patterns = (
        (
            "*.css",
            (
                r"""(?P<matched>url\((?P<quote>['"]{0,1})\s*(?P<url>.*?)(?P=quote)\))""",
                (r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""", """@import url("%(url)s")"""),
                (r"(?m)^/\*# sourceMappingURL=.*\*/$", _DROPPED),
            ),
        ),
        ("*.js", ((r"(?m)^//# sourceMappingURL=.*$", _DROPPED),)),
    )

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """What an address found in a file is replaced by."""
        if template == _DROPPED:
            return lambda _found: ""
        convert: Callable[[re.Match[str]], str] = super().url_converter(name, hashed_files, template)
        return convert


def collect() -> bool:
    """Bring the folder of static files in step with their sources; returns whether anything had changed."""
    folder = Path(settings.STATIC_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / ".collected-from"
    # Processes that start together gather once.
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = _state()
        if mark.exists() and mark.read_text() == state:
            return False
        mark.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(state)
    return True


def _state() -> str:
    """A fingerprint of every source: its name, size and time of change."""
    files = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            source = Path(storage.path(name)).stat()
            files.append(f"{name} {source.st_size} {source.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()
