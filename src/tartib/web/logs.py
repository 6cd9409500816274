"""What the process logs do not tell: keys that stand in addresses of pages (a link is a key), and people's e-mail."""

from __future__ import annotations

import logging
import re

# Tokens, digests and signed values: longer than the words of addresses, and not of small letters alone.
_KEY = re.compile(r"(?<=/)(?=[\w.:=~-]*[A-Z0-9])[\w.:=~-]{20,}")
_EMAIL = re.compile(r"[^\s/'\"<>(),=]{1,64}@(?=[\w-]+\.)")


class WithoutKeys(logging.Filter):
    """Has records logged without keys and e-mail addresses. Refuses none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take out what is nobody's business, of addresses the part before the @."""
        record.msg, record.args = _EMAIL.sub("…@", _KEY.sub("…", record.getMessage())), ()
        return True
