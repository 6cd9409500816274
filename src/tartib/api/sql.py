"""The API's hand-written SQL: what every request and the hot path of moving one order read."""

from __future__ import annotations

from django.db import connection

from tartib.orders import ORDER
from tartib.shops.models import ApiKey, Shop

_KEY = [field.attname for field in ApiKey._meta.concrete_fields]
_SHOP = [field.attname for field in Shop._meta.concrete_fields]
# Some fields are kept in another form than they are used in: what is encrypted is decrypted on the way.
_FORMS = [
    (field.attname, field.from_db_value) for field in Shop._meta.concrete_fields if hasattr(field, "from_db_value")
]
_FIND_KEY = (
    f"SELECT {', '.join(f'k.{name}' for name in _KEY)}, {', '.join(f's.{name}' for name in _SHOP)}"
    " FROM shops_apikey AS k JOIN shops_shop AS s ON s.id = k.shop_id WHERE k.digest = %s AND k.revoked_at IS NULL"
    " AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())"
)


def valid_key(digest: bytes) -> ApiKey | None:
    """The key of that digest with its shop, unless it was revoked or its time is over."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND_KEY, [digest])
        row = cursor.fetchone()
    if row is None:
        return None
    key = ApiKey.from_db(connection.alias, _KEY, row[: len(_KEY)])
    key.shop = Shop.from_db(connection.alias, _SHOP, row[len(_KEY) :])
    for name, read in _FORMS:
        setattr(key.shop, name, read(getattr(key.shop, name), None, connection))
    return key


def order(shop_id: int, code: str) -> tuple[int, str] | None:
    """The id and currency of the shop's order of that tracking code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, currency FROM cases_case WHERE shop_id = %s AND code = %s AND kind = %s",
            [shop_id, code, ORDER],
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])
