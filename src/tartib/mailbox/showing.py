"""Showing a letter that was kept, whole."""

from __future__ import annotations

from email.parser import BytesHeaderParser

from tartib.files.models import Upload
from tartib.files.queries import Gone, content
from tartib.mailbox import reading
from tartib.mailbox.decoding import AS_WRITTEN, header, storable
from tartib.mailbox.letters import LONGEST_HEAD
from tartib.shops.secrets import Unreadable

_SHOWN = ("From", "To", "Cc", "Date", "Subject", "Message-ID")
MOST_AS_IT_CAME = 200_000
"""Bytes of a letter that cannot be read: enough to see what it is; the file has all."""


def as_text(upload: Upload) -> str | None:
    """A letter as text: who wrote to whom and when, then all that it says. What cannot be read is shown as it came.

    None where the storage has lost it, or it was sealed under another key.
    """
    try:
        raw = content(upload)
    except (Gone, Unreadable):
        return None
    head = BytesHeaderParser(policy=AS_WRITTEN).parsebytes(raw[:LONGEST_HEAD])
    named = "\n".join(f"{name}: {header(head, name)}" for name in _SHOWN if name in head)
    said = reading.text(raw)
    if said is None:
        return storable(raw[:MOST_AS_IT_CAME].decode("utf-8", "replace"))
    return f"{named}\n\n{said}\n"
