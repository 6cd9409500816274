"""Reading files."""

from __future__ import annotations

from django.core.files.storage import default_storage

from tartib.files.models import PUBLIC, Upload
from tartib.shops.secrets import unseal


class Gone(Exception):
    """The storage has lost the content of a file that is still known."""


def public(token: str) -> Upload | None:
    """The file of that name, if whoever has its address may see it."""
    return Upload.objects.filter(token=token, purpose__in=PUBLIC).first()


def content(upload: Upload, width: int | None = None) -> bytes:
    """What was kept; of a picture the smallest form that fills `width` pixels, or the widest.

    Raises `Gone`, and `Unreadable` for what was sealed under another secret key.
    """
    wide_enough = (kept for kept in upload.widths if width and kept >= width)
    place = upload.place(next(wide_enough, upload.widths[-1] if upload.is_picture else None))
    try:
        with default_storage.open(place) as file:
            kept = bytes(file.read())
    except FileNotFoundError as problem:
        raise Gone(place) from problem
    return unseal(kept) if upload.sealed else kept
