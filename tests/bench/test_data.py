"""The bench writes its orders in SQL: a column it does not know would stop it long after the change that added it."""

import pytest

from bench.data import add_orders, make_shop
from tartib.cases.models import Case


@pytest.mark.django_db
def test_the_orders_of_the_bench_can_be_written() -> None:
    shop = make_shop("bench-few", "BF")
    add_orders(shop, 5)
    assert Case.objects.filter(shop=shop).count() == 5
