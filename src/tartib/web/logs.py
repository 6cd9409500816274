"""What the process logs do not tell: keys that stand in addresses of pages (a link is a key), and people's e-mail."""

from __future__ import annotations

import logging
import re

# Tokens, digests and signed values: longer than the words of addresses, and not of small letters alone.
_KEY = re.compile(r"(?<=/)(?=[\w.:=~-]*[A-Z0-9])[\w.:=~-]{20,}")
_EMAIL = re.compile(r"[^\s/'\"<>(),=]{1,64}@(?=[\w-]+\.)")


class WithoutKeys(logging.Formatter):
    """Writes records, and the tracebacks below them, without keys and, of e-mail addresses, what is before the @."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole of what is written; where else it goes, the record stays as it is."""
        return _EMAIL.sub("…@", _KEY.sub("…", super().format(record)))
