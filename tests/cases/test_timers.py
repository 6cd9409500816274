"""Moves by the clock: the due are tried, the refused are put off, the others are left alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases import timers
from tartib.cases.models import Case
from tests.factories import NOW, make_order, make_orders, make_shop

pytestmark = pytest.mark.django_db


def set_timer(case: Case, hours: int) -> None:
    """A timer as a workflow with one would have set it; the essential workflow has none."""
    Case.objects.filter(pk=case.pk).update(timer_at=NOW + timedelta(hours=hours))


def test_who_may_not_move_yet_is_tried_again_in_an_hour() -> None:
    case, later = make_orders(make_shop(), 2)
    set_timer(case, -1)
    set_timer(later, 1)
    assert timers.run_due(NOW) == timers.TimersRun(moved=0, refused=1)
    case.refresh_from_db()
    assert case.timer_at == NOW + timers.AGAIN
    assert timers.run_due(NOW) == timers.TimersRun()


def test_a_parcel_handed_over_is_in_transit_a_day_later() -> None:
    """D1: the one timer of the delivery workflow."""
    from tests.factories import make_product, move, pay

    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop))
    move(case, "in-processing")
    pay(case)
    for target in ("picking", "packed"):
        move(case, target)
    from tartib.orders.models import Order

    Order.objects.filter(pk=case.pk).update(tracking_number="2045000")
    assert move(case, "shipped").moved
    assert timers.run_due(NOW + timedelta(hours=23)) == timers.TimersRun()
    assert timers.run_due(NOW + timedelta(hours=25)).moved == 1
    case.refresh_from_db()
    assert case.status == "in-transit"


def test_the_number_of_statements_does_not_depend_on_the_number_of_cases() -> None:
    asked = []
    for count in (1, 3):
        shop = make_shop()
        for case in make_orders(shop, count):
            set_timer(case, -1)
        timers.run_due(NOW - timedelta(days=1))
        with CaptureQueriesContext(connection) as captured:
            timers.run_due(NOW)
        asked.append(len(captured))
    assert asked[0] == asked[1]
