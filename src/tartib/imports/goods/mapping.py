"""Which column of a table of products is which part of them: known for platforms, guessed for others, edited, kept."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, cast

from tartib.imports.reading import words
from tartib.imports.reading.mapping import MappingError, Problem
from tartib.l10n.numbers import DecimalMark

OPTIONS: Final = 3
FIELDS: Final = (
    *("group", "sku", "title", "summary", "description", "category", "published"),
    *("price", "compare_at", "pieces", "weight_grams", "photos"),
    *(f"option{number}_{part}" for number in range(1, OPTIONS + 1) for part in ("name", "value")),
)
"""Every part of a product that a column may hold. Rows with the same `group` are variants of one listing."""

_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "group": ("group", "handle", "parent", "parent sku", "model", "گروه", "مدل", "المجموعة", "група", "組別"),
    "sku": (
        "sku", "variant sku", "code", "article", "item number", "product code", "کد کالا", "شناسه کالا", "کد",
        "رمز المنتج", "رمز", "артикул", "код", "код товару", "貨號", "商品編號", "產品編號",
    ),
    "title": (
        "title", "name", "product", "product name", "نام", "نام کالا", "نام محصول", "عنوان", "اسم المنتج", "الاسم",
        "назва", "назва товару", "товар", "名稱", "品名", "商品名稱", "產品名稱",
    ),
    "summary": ("summary", "short description", "خلاصه", "توضیح کوتاه", "ملخص", "وصف مختصر", "короткий опис", "簡介"),
    "description": ("description", "body", "text", "توضیحات", "شرح", "الوصف", "опис", "描述", "說明"),
    "category": ("category", "categories", "type", "دسته", "دسته‌بندی", "الفئة", "التصنيف", "категорія", "分類", "類別"),
    "published": ("published", "visible", "active", "منتشر شده", "منشور", "опубліковано", "已發佈"),
    "price": ("price", "regular price", "قیمت", "بها", "السعر", "ціна", "價格", "售價", "價錢"),
    "compare_at": (
        "compare at", "compare at price", "old price", "former price", "قیمت قبلی", "السعر السابق", "стара ціна",
        "原價",
    ),
    "pieces": (
        "stock", "quantity", "qty", "pieces", "inventory", "موجودی", "تعداد", "المخزون", "الكمية", "залишок",
        "кількість", "庫存", "數量",
    ),
    "weight_grams": ("weight", "weight grams", "weight g", "grams", "وزن", "وزن گرم", "الوزن", "вага", "重量"),
    "photos": ("photo", "photos", "image", "images", "picture", "image url", "عکس", "تصویر", "الصورة", "фото", "圖片"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GoodsMapping:
    """Field (one of FIELDS) -> name of its column; `decimal` is the decimal mark where an amount cannot tell."""

    columns: Mapping[str, str]
    decimal: DecimalMark = "."

    @classmethod
    def read(cls, text: str) -> GoodsMapping:
        """A mapping kept as TOML or JSON. Raises MappingError with every problem."""
        try:
            data = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        except ValueError as error:
            raise MappingError([Problem("file", f"this is neither TOML nor JSON: {error}")]) from error
        return cls.from_data(data)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> GoodsMapping:
        """A mapping from plain data, as `as_data` gives it. Raises MappingError with every problem."""
        problems = [Problem(key, "is not a part of a mapping") for key in data if key not in ("columns", "decimal")]
        given = data.get("columns", {})
        columns = given if isinstance(given, Mapping) else {}
        for name, column in columns.items():
            if name not in FIELDS:
                problems.append(Problem(f"columns.{name}", "is not a field of a product"))
            elif not isinstance(column, str) or not column:
                problems.append(Problem(f"columns.{name}", "names no column"))
        problems += [
            Problem("columns", f"a column must be the product's {name}")
            for name in ("sku", "title", "price")
            if name not in columns
        ]
        if data.get("decimal", ".") not in (".", ","):
            problems.append(Problem("decimal", "must be one of ., ,"))
        if problems:
            raise MappingError(problems)
        return cls(MappingProxyType(dict(columns)), cast("DecimalMark", data.get("decimal", ".")))

    def as_data(self) -> dict[str, Any]:
        """The mapping as plain data, for JSON and for a form."""
        return {
            "decimal": self.decimal, "columns": {name: self.columns[name] for name in FIELDS if name in self.columns},
        }  # fmt: skip

    def as_toml(self) -> str:
        """The mapping as a TOML file that a person can read and change."""
        rows = ["# How the columns of a products file are read: field of the product = name of the column.", ""]
        rows += [f'decimal = "{self.decimal}"', "", "[columns]"]
        columns = self.as_data()["columns"]
        rows += [f"{name} = {json.dumps(column, ensure_ascii=False)}" for name, column in columns.items()]
        return "\n".join(rows) + "\n"


def guess(header: Sequence[str], samples: Iterable[Sequence[str]] = ()) -> GoodsMapping:
    """The likeliest mapping of a table with these column names, in any of the five languages.

    One without SKU, title or price is no error here: a person completes it.
    """
    known = {words.squashed(name): field for field, names in _NAMES.items() for name in names}
    columns: dict[str, str] = {}
    for name in header:
        found = known.get(words.squashed(name))
        if found and found not in columns:
            columns[found] = name
    place = header.index(columns["price"]) if "price" in columns else None
    prices = [row[place].strip() for row in samples if place is not None and place < len(row)]
    comma = any("," in price and len(price.rpartition(",")[2]) in (1, 2) for price in prices)
    return GoodsMapping(MappingProxyType(columns), "," if comma else ".")
