"""Shop platforms whose orders can be read: each is one module here with a `PLATFORM`; adding one touches no other."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from tartib.imports.reading.draft import Options
from tartib.imports.reading.text import Source
from tartib.imports.records import OrderRecord, RowError

__all__ = ("Options", "Platform", "detect", "platforms")


class Platform(Protocol):
    """A shop platform's way of writing orders into files."""

    @property
    def code(self) -> str:
        """Its name in commands and in `OrderRecord.source`."""
        ...

    def sniff(self, head: bytes, filename: str) -> float:
        """How sure it is, from 0 to 1, that a file that begins like this (64 KiB are enough) is its own."""
        ...

    def read(self, stream: Source, options: Options) -> Iterator[OrderRecord | RowError]:
        """The orders of the file in its order, and what is wrong with rows; memory does not grow with the file."""
        ...


@lru_cache(maxsize=1)
def platforms() -> Mapping[str, Platform]:
    """Every platform by its code."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    known: list[Platform] = [module.PLATFORM for module in modules]
    return MappingProxyType({platform.code: platform for platform in known})


def detect(head: bytes, filename: str = "") -> Platform:
    """The platform that is surest that a file is its own; any table or unknown file is the plain table's."""
    return max(platforms().values(), key=lambda platform: platform.sniff(head, filename))
