"""The digest over the heads of all timelines of a shop, in the order of their cases."""

from __future__ import annotations

import hashlib
import struct


class Root:
    """Takes heads in one after another, in the order of their cases."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.timelines = 0
        self.entries = 0

    def add(self, case_id: int, length: int, head: bytes) -> None:
        """Take in the head of a timeline: its case and its entries as big-endian numbers of 8 bytes, and its hash."""
        self._digest.update(struct.pack(">QQ", case_id, length) + head)
        self.timelines += 1
        self.entries += length

    def hex(self) -> str:
        """The digest in hexadecimal."""
        return self._digest.hexdigest()
