"""The hot path's SQL gives what the ORM gives."""

import pytest

from tartib.orders import sql
from tartib.orders.models import Line, Order, OrderSettings
from tests.factories import make_orders, make_product, make_shop, move

pytestmark = pytest.mark.django_db


def test_facts_and_lines_are_those_of_the_orm() -> None:
    shop = make_shop(dispatch_hold_hours=7)
    orders = make_orders(shop, 3, make_product(shop), payment_method="on-receipt") + make_orders(shop, 1)
    move(orders[:2], "processing")
    ids = [case.pk for case in orders]
    facts = Order.objects.filter(case_id__in=ids).values_list(
        "case_id", "case__amount", "payment_method", "tracking_number", "case__workflow__code", "case__placed_at",
    )  # fmt: skip
    kept = OrderSettings.of(shop)
    said = [(*row[:4], kept.dispatch_hold_hours, *row[4:], kept.hold_in_worktime) for row in facts]
    assert sorted(row[:8] for row in sql.facts(ids)) == sorted(said)
    assert {row.week for row in sql.facts(ids)} == {None}
    lines = Line.objects.filter(case_id__in=ids, product__stocked=True).order_by("case_id", "position")
    columns = ("case_id", "pk", "case__branch_id", "product_id", "quantity", "reserved", "taken", "back", "lost")
    assert [tuple(row) for row in sql.lines(ids)] == list(lines.values_list(*columns))
    assert {row.taken for row in sql.lines(ids)} == {0, 1}


def test_twins_are_found_by_identifier_or_else_by_number() -> None:
    shop, other = make_shop(), make_shop()
    for place, case in enumerate([*make_orders(shop, 3), *make_orders(other, 1)]):
        Order.objects.filter(case=case).update(
            source="csv" if place != 1 else "shopify", external_id=f"E{place}", number=f"N{place}", content=f"C{place}"
        )
    marks = [("csv", "E0", "N0"), ("csv", "E1", "N1"), ("csv", "X", "N2"), ("csv", "E3", "N3"), ("csv", "E0", "N2")]
    expected = []
    for place, (source, external_id, number) in enumerate(marks):
        here = Order.objects.filter(shop=shop, source=source)
        by_id = here.filter(external_id=external_id)
        found = by_id or here.filter(number=number)
        expected += [(place, order.content, bool(by_id)) for order in found]
    assert sorted(tuple(twin) for twin in sql.twins(shop.pk, marks)) == expected
    assert expected == [(0, "C0", True), (2, "C2", False), (4, "C0", True)]
