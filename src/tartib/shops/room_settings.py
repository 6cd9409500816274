"""What single rooms need to know of a shop: each keeps a record of its own, beside `Shop`, which has what all need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models

from tartib.shops.models import Shop


class RoomSettings(models.Model):
    """The settings that a shop has in one room. A shop without a row has the defaults."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.shop_id}"

    @classmethod
    def of(cls, shop: Shop) -> Self:
        """What the shop has, in one query; where it has set nothing, a record that is not kept yet."""
        return cls._default_manager.filter(shop=shop).first() or cls(shop=shop)


def keeper(name: str, shop: Shop, *rooms: RoomSettings) -> Shop | RoomSettings:
    """Which of the records has the setting of that name; `LookupError` where none has."""
    records: tuple[Shop | RoomSettings, ...] = (shop, *rooms)
    for record in records:
        if any(field.name == name for field in record._meta.concrete_fields):
            return record
    raise LookupError(name)


def values(names: Iterable[str], shop: Shop, *rooms: RoomSettings) -> dict[str, object]:
    """Settings by their names, from the record of the shop or of the room that has each."""
    return {name: getattr(keeper(name, shop, *rooms), name) for name in names}
