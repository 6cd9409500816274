"""Recorded and incomplete orders: told apart on the page and in the list (E2)."""

import pytest

from tartib.cases.filters import Filters
from tartib.cases.queries import case_page
from tartib.orders.queries import is_incomplete, order
from tests.factories import NOW, make_order, make_shop, move, pay

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_an_order_is_incomplete_until_it_is_paid_or_confirmed_by_hand(workflow: str) -> None:
    shop = make_shop(workflow)
    open_one, paid, by_hand, on_receipt = (
        make_order(shop), make_order(shop), make_order(shop), make_order(shop, payment_method="on-receipt"),
    )  # fmt: skip
    pay(paid)
    move(by_hand, {"essential": "on-hold", "delivery": "in-processing", "checkout": "recorded"}[workflow])
    recorded = {paid, by_hand, on_receipt}
    for case in (open_one, *recorded):
        case.refresh_from_db()
        assert is_incomplete(case, order(case)) == (case == open_one)
    assert case_page(shop, "order", Filters(type="incomplete"), now=NOW).cases == [open_one]
    assert set(case_page(shop, "order", Filters(type="recorded"), now=NOW).cases) == recorded
    assert Filters.read({"type": ["incomplete"]}).as_query() == "type=incomplete"
