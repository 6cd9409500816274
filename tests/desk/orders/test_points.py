"""Points on the page of an order: approved or not, corrected with a reason (E3)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.customers import points, queries
from tartib.customers.points_balance import PointsMovement
from tests.factories import make_order, make_shop, move, pay

pytestmark = pytest.mark.django_db


def signed_in(case: Case) -> Client:
    """The browser of the shop's owner."""
    client = Client()
    assert case.shop.default_owner is not None
    client.force_login(case.shop.default_owner.user)
    return client


def done() -> Case:
    """An order that is completed and has earned five points that nobody has approved."""
    shop = make_shop()
    points.set_rule(shop, active=True, amount_each=Decimal(10), value=Decimal("0.50"))
    case = make_order(shop)
    pay(case)
    move(case, "completed")
    return case


def has(case: Case) -> queries.Points:
    return queries.points([case.customer_id or 0])


def test_points_are_approved_or_not_by_one_press() -> None:
    case, other = done(), done()
    there = f"/desk/{case.shop.slug}/orders/{case.code}/"
    owner = signed_in(case)
    assert "waiting for approval" in owner.get(there).content.decode()
    page = owner.post(f"{there}points/", {"act": "approve"}, follow=True).content.decode()
    assert has(case) == queries.Points(5, 0)
    assert re.search(r"Points · .*Approved|Approved · .*5", page)
    signed_in(other).post(f"/desk/{other.shop.slug}/orders/{other.code}/points/", {"act": "refuse"})
    assert has(other) == queries.Points(0, 0)


def test_a_customer_gets_points_for_a_reason_and_a_form_sent_twice_counts_once() -> None:
    case = done()
    there = f"/desk/{case.shop.slug}/orders/{case.code}/"
    owner = signed_in(case)
    key = re.search(r'name="points-key" value="([^"]+)"', owner.get(there).content.decode())
    assert key
    form = {"points-way": "1", "points-points": "۳۰", "points-reason": "Late parcel", "points-key": key[1]}
    for _twice in range(2):
        owner.post(f"{there}points/correction/", form)
    assert has(case) == queries.Points(30, 5)
    assert PointsMovement.objects.get(kind="set").reason == "Late parcel"
    less = form | {"points-way": "-1", "points-points": "31", "points-key": "9b2c1a0e-3e0c-4b86-8c1f-0d9f6a5b7c11"}
    assert "only 30 points" in owner.post(f"{there}points/correction/", less, follow=True).content.decode()
    assert has(case) == queries.Points(30, 5)
