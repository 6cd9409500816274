"""Reading imports: how far one is, what was wrong, which mappings are saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import IO, Final

from django.db.models import QuerySet

from tartib.imports.goods import reading as goods
from tartib.imports.goods.mapping import GoodsMapping
from tartib.imports.models import Import, Problems, SavedMapping
from tartib.imports.platforms import detect
from tartib.imports.platforms import table as tables
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.reading.text import HEAD
from tartib.imports.records import RowError
from tartib.imports.streams import KeptFile
from tartib.shops.models import Shop

LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: `done` of `total` bytes; orders a second and time left once they can be told."""

    done: int
    total: int
    rate: int | None
    left: timedelta | None

    @property
    def percent(self) -> int:
        """Whole percents of the file."""
        return min(100, self.done * 100 // self.total) if self.total else 0


def recent(shop: Shop) -> QuerySet[Import]:
    """The shop's latest imports, the newest first."""
    return Import.objects.filter(shop=shop).select_related("member__user").order_by("-created_at")[:LISTED]


def progress(batch: Import) -> Progress:
    """Rate and time left by the time at work so far, pauses not counted."""
    seconds = batch.spent.total_seconds() if batch.spent else 0
    rate = left = None
    if seconds > 0 and batch.position:
        rate = max(1, round(batch.position / seconds))
        if batch.bytes_read and batch.at_work:
            left = timedelta(seconds=seconds * (batch.size - batch.bytes_read) / batch.bytes_read)
    return Progress(batch.bytes_read, batch.size, rate, left)


def problems(batch: Import, most: int | None = None) -> Iterator[RowError]:
    """What was wrong, in the file's order; a piece at a time, so that any number can be written out."""
    rows = Problems.objects.filter(batch=batch).order_by("pk").values_list("items", flat=True).iterator(chunk_size=20)
    found = (RowError(row, code, column, params, level) for items in rows for row, code, column, params, level in items)
    return islice(found, most)


def mappings(batch: Import) -> QuerySet[SavedMapping]:
    """The saved mappings of the shop for files like that, orders or products, by name."""
    return SavedMapping.objects.filter(shop=batch.shop_id, of_products=batch.of_products).order_by("name")


def goods_preview(batch: Import) -> tuple[list[str], list[list[str]], GoodsMapping]:
    """The same of a kept table of products."""
    return goods.preview(KeptFile(batch))


def preview(batch: Import) -> tuple[list[str], list[list[str]], ColumnMapping]:
    """Column names, first rows and guessed mapping of a kept table file; empty for one without rows."""
    return tables.preview(KeptFile(batch))


def guessed_platform(file: IO[bytes], filename: str) -> str:
    """The platform that a file seems to come from; the file is at its beginning again afterwards."""
    head = file.read(HEAD)
    file.seek(0)
    return goods.detect(head) or detect(head, filename).code
