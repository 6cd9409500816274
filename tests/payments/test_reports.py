"""What a shop took in a period: sales less what went back, without what was cancelled (A7)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal

import pytest

from tartib.journal.operations import SYSTEM
from tartib.orders import ORDER
from tartib.payments.models import Direction
from tartib.payments.operations import record_payment
from tartib.payments.reports import Sales, sales
from tartib.shops.models import Shop
from tests.factories import NOW, make_order, make_orders, make_product, make_shop, move, pay

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def _of(shop: Shop) -> list[Sales]:
    return sales(shop, ORDER, NOW - DAY, NOW + DAY)


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_what_went_back_is_taken_off_the_sales_whatever_the_workflow(workflow: str) -> None:
    """A7: refunds are told by the money, so that shops whose workflow has no such status see them too."""
    shop = make_shop(workflow)
    case = make_order(shop, make_product(shop, pieces=5))
    pay(case)
    record_payment(shop, case.pk, Decimal(20), case.currency, SYSTEM, now=NOW, direction=Direction.OUT)
    make_order(shop)
    assert _of(shop) == [Sales(case.currency, 2, Decimal(170), 1, Decimal(20))]
    assert _of(shop)[0].net == 150


def test_cancelled_orders_count_for_nothing_also_when_their_money_went_back() -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop, pieces=5))
    pay(case)
    record_payment(shop, case.pk, Decimal(120), case.currency, SYSTEM, now=NOW, direction=Direction.OUT)
    move(make_orders(shop, 2), "cancelled")
    (found,) = _of(shop)
    assert found == Sales(shop.currency, ended=3, lost=Decimal(220))


def test_money_paid_twice_and_sent_back_takes_nothing_off() -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop, pieces=5))
    for key in ("once", "twice"):
        pay(case, key=key)
    record_payment(shop, case.pk, Decimal(120), case.currency, SYSTEM, now=NOW, direction=Direction.OUT)
    assert _of(shop)[0].net == 120


def test_each_currency_has_sums_of_its_own_and_other_shops_none() -> None:
    shop = make_shop()
    make_order(shop)
    make_order(shop, currency="EUR")
    make_order(make_shop())
    assert {one.currency: one.gross for one in _of(shop)} == {shop.currency: 50, "EUR": 50}


def test_more_orders_ask_no_more_questions(
    django_assert_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    shop = make_shop()
    for _number in range(3):
        make_order(shop)
        with django_assert_num_queries(2):
            _of(shop)
