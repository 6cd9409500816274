"""The limits write Tartib's tables in SQL of their own: a column they do not know would stop the bench long after."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection

from bench import limits
from bench.data import add_orders, make_shop
from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.notify.models import Message
from tartib.orders.models import Line
from tartib.shops.models import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """A shop with three orders to be moved."""
    shop = make_shop("bench-few", "BF")
    add_orders(shop, 3, status="pending")
    return shop


def test_the_limit_of_one_move_can_be_written(shop: Shop) -> None:
    line = Line.objects.filter(case__shop=shop).earliest("pk")
    stock = Stock.objects.get(product=line.product_id)
    given = {"case_id": line.case_id, "stock_id": stock.pk, "line_id": line.pk, "shop_id": shop.pk}
    # What pgbench fills in; it asks for the ids first and begins and ends the transaction.
    statements = [part for part in limits.MOVE.split("BEGIN;")[1].split(";\n") if part.strip() not in ("", "COMMIT")]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement), given)
    assert Case.objects.get(pk=line.case_id).status == "processing"
    assert Message.objects.get().case_id == line.case_id


def test_the_limit_of_a_bulk_move_can_be_written(shop: Shop) -> None:
    ids = list(Case.objects.filter(shop=shop).values_list("pk", flat=True))
    given: dict[str, Any] = {"shop": shop.pk, "ids": ids, "act": uuid.uuid4()}
    with connection.cursor() as cursor:
        for statement in limits.BULK:
            cursor.execute(statement, given)
    assert Case.objects.filter(shop=shop, status="processing").count() == len(ids)
    assert Message.objects.count() == len(ids)
