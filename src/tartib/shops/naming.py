"""Names in the order a reader of the shop's language expects, the same on every database server.

A table of many names keeps a key beside each (`key`), which sorts by code point. Few names are sorted where they are
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from tartib.l10n import normal
from tartib.shops.models import Membership, Shop


class Table(NamedTuple):
    """A table of names: the column of the name, and that of its key, whose collation is C."""

    table: str
    name: str = "name"
    sort: str = "sort"


tables: Sequence[Table] = ()
"""The tables whose keys are kept in step with the language of their shops: `project.wiring` lists them."""
_PORTION = 5_000


def key(shop: Shop, name: str) -> str:
    """The key of a name in that shop."""
    return normal.sort_key(name, shop.language)


def sort_again(shop: Shop) -> None:
    """Make the keys of all the shop's names anew, after a change of its language."""
    for table, name, sort in tables:
        # Tables and columns are named by their own rooms.
        select = f'SELECT id, "{name}" FROM "{table}" WHERE shop_id = %s'
        update = (
            f'UPDATE "{table}" AS t SET "{sort}" = n.key'
            " FROM unnest(%s::bigint[], %s::text[]) AS n (id, key) WHERE t.id = n.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(select, [shop.pk])
            names = cursor.fetchall()
            for first in range(0, len(names), _PORTION):
                portion = names[first : first + _PORTION]
                keys = [key(shop, text) for _number, text in portion]
                cursor.execute(update, [[number for number, _text in portion], keys])


def staff(shop: Shop) -> list[Membership]:
    """Who works in the shop now, by name."""
    members = shop.memberships.filter(active=True).select_related("user", "shop")
    return sorted(members, key=lambda member: (key(shop, member.user.name), member.pk))
