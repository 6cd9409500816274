"""Files of an installation that are whole or absent, never written over, and readable to whoever runs it alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def keep(place: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that is there already stays as it is.

    Of processes that come at once one writes it, for all of them.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}-{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    publish(draft, place)


def publish(draft: Path, place: Path) -> bool:
    """Give a written draft its name, for good; whether it is the one that has it now."""
    first = False
    # A link fails where the file already is, where a rename would take its place.
    with suppress(FileExistsError):
        place.hardlink_to(draft)
        first = True
    draft.unlink()
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return first
