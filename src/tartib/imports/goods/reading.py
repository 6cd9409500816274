"""Products from a table: Shopify's and WooCommerce's own, or any table whose columns are known.

Shopify writes a product's variants, and its further pictures, in rows below it with the same handle. WooCommerce writes
variations anywhere after their product; those with variations are held until the file ends. Elsewhere rows with the
same group are variants of one listing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tartib.imports import products
from tartib.imports.goods.columns import columns, platform_of
from tartib.imports.goods.mapping import OPTIONS, GoodsMapping, guess
from tartib.imports.goods.records import GoodsRecord, Variant
from tartib.imports.reading import values
from tartib.imports.reading.text import Row, Source, rows
from tartib.imports.records import RowError
from tartib.l10n import digits, numbers, plain

LONGEST_SKU: Final = 64
MOST_PHOTOS: Final = 20
MOST_VARIANTS: Final = 100
_MOST_ROWS: Final = 2_000
_SAMPLES: Final = 20

_GRAMS: Final = {"kg": Decimal(1000), "g": Decimal(1), "lbs": Decimal("453.59237"), "oz": Decimal("28.349523125")}
_YES: Final = frozenset({"true", "1", "yes", "y", "active", "publish", "published", "بله", "نعم", "так", "是"})

Cells = Mapping[str, str]


def detect(head: bytes) -> str:
    """What wrote a file of products that begins like this; "" for a file that seems to hold none."""
    first = next((row for row in rows(io.BytesIO(head)) if isinstance(row, Row)), None)
    if first is None:
        return ""
    return platform_of([name.lstrip("\ufeff") for name in first.cells])


def preview(stream: Source, count: int = _SAMPLES) -> tuple[list[str], list[list[str]], GoodsMapping]:
    """For a mapping form: the column names, the first rows, and the guessed mapping. Empty for a file without rows."""
    header: list[str] = []
    samples: list[list[str]] = []
    for row in rows(stream):
        if not isinstance(row, Row):
            continue
        if not header:
            header = [name.strip().lstrip("\ufeff") for name in row.cells]
        else:
            samples.append(row.cells)
        if len(samples) >= count:
            break
    return header, samples, guess(header, samples)


def read_goods(stream: Source, platform: str, mapping: GoodsMapping | None = None) -> Iterator[GoodsRecord | RowError]:
    """The products of a file, and what is wrong with rows. The same product twice is taken once."""
    table = rows(stream)
    header: list[str] | None = None
    for item in table:
        if isinstance(item, RowError):
            yield item
        else:
            header = [name.strip().lstrip("\ufeff") for name in item.cells]
            break
    if header is None:
        return
    index, decimal = columns(header, platform, mapping)
    missing = [name for name in ("sku", "title", "price") if name not in index]
    if missing and platform == products.TABLE:
        yield RowError(1, "no-goods-columns")
        return
    reader = _READERS[platform](_Cells(index), decimal)
    seen: set[str] = set()
    for found in reader.groups(table):
        if isinstance(found, RowError):
            yield found
            continue
        for made in reader.record(found):
            if isinstance(made, GoodsRecord):
                mark = made.key or made.variants[0].sku
                if mark in seen:
                    yield RowError(made.row, "duplicate-goods", params={"id": numbers.short(mark)})
                    continue
                seen.add(mark)
            yield made


class _Cells:
    """The cells of a row by field."""

    def __init__(self, index: Mapping[str, int]) -> None:
        self._index = index

    def of(self, row: Row) -> Cells:
        """The cleaned cells that are not empty."""
        return {
            name: text
            for name, place in self._index.items()
            if place < len(row.cells) and (text := values.clean(row.cells[place]))
        }


@dataclass(slots=True)
class _Group:
    """The rows of one listing, with their numbers: what it says is in the first, what is sold in `sold`."""

    first: Cells
    row: int
    sold: list[tuple[int, Cells]] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)


class _Reader:
    """A table whose columns are known: rows that follow each other with the same group are one listing."""

    def __init__(self, cells: _Cells, decimal: numbers.DecimalMark) -> None:
        self._cells, self._decimal = cells, decimal

    def groups(self, table: Iterator[Row | RowError]) -> Iterator[_Group | RowError]:
        """The rows of each listing together."""
        group: _Group | None = None
        for row in table:
            if isinstance(row, RowError):
                yield row
                continue
            cells = self._cells.of(row)
            mark = cells.get("group", "")
            if group and mark and mark == group.first.get("group") and len(group.sold) < _MOST_ROWS:
                group.sold.append((row.number, cells))
            else:
                if group:
                    yield group
                group = _Group(cells, row.number, [(row.number, cells)])
            group.photos += self._photos(cells)
        if group:
            yield group

    def record(self, group: _Group) -> Iterator[GoodsRecord | RowError]:
        """The listing, after what is wrong with it."""
        first = group.first
        variants: list[Variant] = []
        wrong = False
        for number, cells in group.sold[:MOST_VARIANTS]:
            for found in self._variant(first, cells, number):
                if isinstance(found, Variant):
                    variants.append(found)
                else:
                    wrong |= found.level == "error"
                    yield found
        if len(group.sold) > MOST_VARIANTS:
            yield RowError(group.row, "many-variants", params={"limit": str(MOST_VARIANTS)}, level="warning")
        if not variants:
            if not wrong:
                yield RowError(group.row, "no-variants")
            return
        title = first.get("title", "")
        if not title:
            yield RowError(group.row, "no-title", "title")
            return
        yield GoodsRecord(
            key=self._key(first)[:100],
            title=title[:200],
            variants=tuple({variant.sku: variant for variant in variants}.values()),
            row=group.row,
            description=plain.text_of(first.get("description", ""))[:20_000],
            summary=" ".join(plain.text_of(first.get("summary", "")).split())[:300],
            category=self._way(first.get("category", "")),
            published=self._published(first),
            photos=tuple(dict.fromkeys(group.photos))[:MOST_PHOTOS],
        )

    def _variant(self, first: Cells, cells: Cells, row: int) -> Iterator[Variant | RowError]:
        sku = self._sku(first, cells)
        if not sku:
            yield RowError(row, "no-sku", "sku")
            return
        try:
            price, compare_at = self._prices(cells)
            weight = self._weight(cells)
            pieces = self._pieces(cells)
        except numbers.BadValueError as problem:
            yield RowError(row, problem.code, params=problem.params)
            return
        if price is None:
            yield RowError(row, "no-price", "price")
            return
        if price < 0:
            yield RowError(row, "negative-amount", "price", {"value": str(price)})
            return
        if pieces is not None and pieces < 0:
            yield RowError(row, "negative-stock", "pieces", {"value": str(pieces)}, "warning")
            pieces = 0
        dearer = compare_at if compare_at is not None and compare_at > price else None
        yield Variant(sku[:LONGEST_SKU], price, self._options(first, cells), dearer, weight, pieces)

    def _key(self, first: Cells) -> str:
        return first.get("group", "")

    def _sku(self, _first: Cells, cells: Cells) -> str:
        return digits.latin(cells.get("sku", ""))

    def _prices(self, cells: Cells) -> tuple[Decimal | None, Decimal | None]:
        return self._amount(cells, "price"), self._amount(cells, "compare_at")

    def _weight(self, cells: Cells) -> int | None:
        grams = self._amount(cells, "weight_grams")
        return round(grams) if grams else None

    def _pieces(self, cells: Cells) -> int | None:
        pieces = self._amount(cells, "pieces")
        return int(pieces) if pieces is not None else None

    def _options(self, first: Cells, cells: Cells) -> tuple[tuple[str, str], ...]:
        found = []
        for number in range(1, OPTIONS + 1):
            name = first.get(f"option{number}_name") or cells.get(f"option{number}_name", "")
            value = cells.get(f"option{number}_value", "")
            if name and value and (name, value) != ("Title", "Default Title"):
                found.append((name[:40], value[:60]))
        return tuple(found)

    def _published(self, first: Cells) -> bool:
        return first.get("published", "").lower() in _YES

    def _way(self, category: str) -> tuple[str, ...]:
        return tuple(part.strip()[:80] for part in category.partition(",")[0].split(">") if part.strip())

    def _photos(self, cells: Cells) -> list[str]:
        return _addresses(cells.get("photos", ""))

    def _amount(self, cells: Cells, name: str) -> Decimal | None:
        return numbers.amount(cells.get(name, ""), self._decimal)


class _Shopify(_Reader):
    """Shopify's table: rows without a price are further pictures; without a SKU the handle makes one."""

    def groups(self, table: Iterator[Row | RowError]) -> Iterator[_Group | RowError]:
        """The rows of each handle together."""
        for group in super().groups(table):
            if isinstance(group, _Group):
                group.sold = [(number, cells) for number, cells in group.sold if "price" in cells]
            yield group

    def _sku(self, first: Cells, cells: Cells) -> str:
        values_ = [value for _name, value in self._options(first, cells)]
        return super()._sku(first, cells) or "-".join([first.get("group", ""), *values_]).strip("-")

    def _pieces(self, cells: Cells) -> int | None:
        return (super()._pieces(cells) or 0) if cells.get("tracked") else None

    def _published(self, first: Cells) -> bool:
        return super()._published(first) and first.get("status", "active").lower() == "active"

    def _photos(self, cells: Cells) -> list[str]:
        return _addresses(cells.get("photos", ""), cells.get("own_photo", ""))


class _WooCommerce(_Reader):
    """WooCommerce's table: variations name their product by its SKU or by `id:` and its number."""

    def groups(self, table: Iterator[Row | RowError]) -> Iterator[_Group | RowError]:
        """Simple products as they come, those with variations when all of them are known."""
        held: dict[str, _Group] = {}
        lost: list[tuple[int, Cells]] = []
        for row in table:
            if isinstance(row, RowError):
                yield row
                continue
            cells = self._cells.of(row)
            kinds = {kind.strip() for kind in cells.get("type", "simple").lower().split(",")}
            if "variation" in kinds:
                group = held.get(cells.get("parent", ""))
                if group is None:
                    lost.append((row.number, cells))
                else:
                    group.sold.append((row.number, cells))
                continue
            group = _Group(cells, row.number, photos=self._photos(cells))
            if "variable" in kinds:
                held |= {name: group for name in (cells.get("sku", ""), f"id:{cells.get('id', '')}") if name}
            elif kinds & {"grouped", "external"}:
                yield RowError(
                    row.number, "other-goods", "type", {"value": numbers.short(cells.get("type", ""))}, "warning"
                )
            else:
                group.sold = [(row.number, cells)]
                yield group
        for number, cells in lost:
            group = held.get(cells.get("parent", ""))
            if group is None:
                yield RowError(number, "no-parent", "parent", {"value": numbers.short(cells.get("parent", ""))})
            else:
                group.sold.append((number, cells))
        yield from {id(group): group for group in held.values()}.values()

    def _key(self, first: Cells) -> str:
        return first.get("sku") or f"wc-{first.get('id', '')}"

    def _sku(self, first: Cells, cells: Cells) -> str:
        return super()._sku(first, cells) or (f"wc-{cells['id']}" if "id" in cells else "")

    def _prices(self, cells: Cells) -> tuple[Decimal | None, Decimal | None]:
        regular, sale = self._amount(cells, "price"), self._amount(cells, "sale")
        return (sale, regular) if sale is not None else (regular, None)

    def _weight(self, cells: Cells) -> int | None:
        found = ((self._amount(cells, f"weight_{unit}"), grams) for unit, grams in _GRAMS.items())
        return next((round(amount * grams) for amount, grams in found if amount), None)


_READERS: Final[Mapping[str, Callable[[_Cells, numbers.DecimalMark], _Reader]]] = {
    products.SHOPIFY: _Shopify,
    products.WOOCOMMERCE: _WooCommerce,
    products.TABLE: _Reader,
}


def _addresses(*cells: str) -> list[str]:
    """The web addresses in cells, which may hold several with commas between them."""
    found = [part.strip() for cell in cells for part in re.split(r",\s+|\s+", cell)]
    return [part for part in found if part.startswith(("https://", "http://")) and len(part) <= 1_000]
