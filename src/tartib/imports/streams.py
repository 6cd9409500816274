"""Where an import's bytes come from: a kept file's pieces, and a count of how far it was read."""

from __future__ import annotations

from tartib.imports.models import Chunk, Import
from tartib.imports.reading.text import Source


class Counting:
    """A source that counts the bytes taken from it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.read_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        piece = self._source.read(size)
        self.read_bytes += len(piece)
        return piece

    def seek(self, offset: int, /) -> None:
        """Begin again: what counts is how far the last reading came."""
        self._source.seek(offset)
        self.read_bytes = offset


class KeptFile:
    """An uploaded file that is kept in the database, read piece by piece."""

    def __init__(self, batch: Import) -> None:
        self._batch = batch
        self._number = 0
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes (never more than a piece); none at the end."""
        if not self._rest:
            found = Chunk.objects.filter(batch=self._batch, number=self._number).values_list("data", flat=True).first()
            self._number += 1
            self._rest = bytes(found) if found is not None else b""
        wanted = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:wanted], self._rest[wanted:]
        return piece

    def seek(self, offset: int, /) -> None:
        """Begin again; `offset` is 0."""
        self._number, self._rest = offset, b""
