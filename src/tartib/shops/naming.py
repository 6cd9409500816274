"""Names in the order a reader of the shop's language expects, the same on every database server.

A table of many names keeps a key beside each (`key`), which sorts by code point. Few names are sorted where they are
read.
"""

from __future__ import annotations

from django.db import connection

from tartib.shops.models import Membership, Shop
from tartib.speech import normal

_tables: set[str] = set()
_PORTION = 5_000


def key(shop: Shop, name: str) -> str:
    """The key of a name in that shop."""
    return normal.sort_key(name, shop.language)


def register(table: str) -> None:
    """Have a table’s keys kept in step with its shops’ languages: it has id, shop_id, name, and sort in collation C."""
    _tables.add(table)


def sort_again(shop: Shop) -> None:
    """Make the keys of all the shop's names anew, after a change of its language."""
    for table in sorted(_tables):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT id, name FROM "{table}" WHERE shop_id = %s', [shop.pk])
            names = cursor.fetchall()
            for first in range(0, len(names), _PORTION):
                portion = names[first : first + _PORTION]
                cursor.execute(
                    f'UPDATE "{table}" AS t SET sort = n.sort'
                    " FROM unnest(%s::bigint[], %s::text[]) AS n (id, sort) WHERE t.id = n.id",
                    [[number for number, _name in portion], [key(shop, name) for _number, name in portion]],
                )


def staff(shop: Shop) -> list[Membership]:
    """Who works in the shop now, by name."""
    members = shop.memberships.filter(active=True).select_related("user", "shop")
    return sorted(members, key=lambda member: (key(shop, member.user.name), member.pk))
