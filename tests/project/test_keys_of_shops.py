"""Every row says whose it is, and no key leads from one shop to another's row: the database refuses it (X8)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from tartib.cases.models import Case
from tartib.orders.models import Line
from tartib.project.postgres.base import shop_column
from tests.factories import make_order, make_product, make_shop

pytestmark = pytest.mark.django_db

NOBODYS = {"shops_user", "shops_session", "shops_limit", "practice_caught"}
"""People and their sessions belong to no one shop, counts of tries to none, and the catcher takes in what comes."""

_KEYS = """
    SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, array_agg(a.attname::text ORDER BY a.attname)
    FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
    GROUP BY c.oid, c.conrelid, c.confrelid
"""


def of_shops() -> dict[str, str]:
    """The tables of shops, each with the column that says whose a row is."""
    ours = (model for model in apps.get_models() if model.__module__.startswith("tartib."))
    return {model._meta.db_table: shop_column(model) for model in ours}


def test_every_table_says_whose_a_row_is() -> None:
    assert {table for table, column in of_shops().items() if not column} == NOBODYS


def test_every_key_between_tables_of_shops_holds_the_shop() -> None:
    known = {table: column for table, column in of_shops().items() if column}
    with connection.cursor() as cursor:
        cursor.execute(_KEYS)
        keys = [(here, there, set(columns)) for here, there, columns in cursor.fetchall()]
    between = [one for one in keys if one[0] in known and one[1] in known and one[1] != "shops_shop"]
    assert len(between) > 60
    assert [one for one in between if known[one[0]] not in one[2]] == []


def refused(rows: QuerySet[Any], **change: object) -> None:
    """Such a change is made, and not let stand."""
    with transaction.atomic():
        rows.update(**change)
        with pytest.raises(IntegrityError, match="shop_id"):
            connection.check_constraints()
        transaction.set_rollback(True)


@pytest.mark.parametrize("field", ["customer", "branch", "workflow", "owner"])
def test_a_case_cannot_be_led_to_what_is_another_shops(field: str) -> None:
    mine, other = make_order(make_shop()), make_order(make_shop())
    refused(Case.objects.filter(pk=mine.pk), **{field: getattr(other, field)})


def test_nor_can_a_line_be_put_into_another_shops_order_or_take_its_goods() -> None:
    shop, other = make_shop(), make_shop()
    order = make_order(shop, make_product(shop))
    lines = Line.objects.filter(case=order)
    refused(lines, product=make_product(other))
    refused(lines, case=make_order(other), position=9)
    refused(lines, shop=other)
