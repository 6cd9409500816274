"""Doubles and stale orders are found, compared and deleted with a reason; the timeline stays (requirement E8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.customers.operations import CustomerDraft
from tartib.journal.kinds import DELETED
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.orders.models import PaymentMethod
from tartib.shops.models import Role, Shop
from tests.factories import make_order, make_product, make_shop, move

SignIn = Callable[..., Client]
TWICE = CustomerDraft("Тарас", "taras@example.com", "+380501112233")


def _url(shop: Shop, path: str = "") -> str:
    return f"/desk/{shop.slug}/review/{path}"


def _double(shop: Shop, **changes: Any) -> tuple[Case, Case]:
    """The same customer, the same thing, an hour apart."""
    now = timezone.now()
    first = make_order(shop, customer=TWICE, placed_at=now - timedelta(hours=3), **changes)
    return first, make_order(shop, customer=TWICE, placed_at=now - timedelta(hours=2), **changes)


def _stale(shop: Shop) -> Case:
    return make_order(shop, placed_at=timezone.now() - timedelta(days=20))


def test_a_shop_without_mistakes_is_told_what_would_come_here(owner: Client, shop: Shop) -> None:
    make_order(shop, placed_at=timezone.now())
    page = owner.get(_url(shop)).content.decode()
    assert "Nothing to review" in page


def test_who_may_review(sign_in: SignIn, shop: Shop) -> None:
    case = _stale(shop)
    expert = sign_in(Role.EXPERT)
    assert expert.get(_url(shop)).status_code == 403
    assert expert.post(_url(shop, "delete/"), {"case": case.pk, "reason": "x"}).status_code == 403
    assert sign_in(Role.MANAGER).get(_url(shop)).status_code == 200
    assert Case.objects.exists()


def test_doubles_stand_side_by_side_and_stale_ones_in_a_list(owner: Client, shop: Shop) -> None:
    first, second = _double(shop)
    old = _stale(shop)
    page = owner.get(_url(shop)).content.decode()
    assert page.index(first.code) < page.index(second.code) < page.index(old.code)
    assert page.count("pair-side") == 2
    assert "Gift card" in page


def test_what_is_chosen_is_deleted_and_its_timeline_stays(owner: Client, shop: Shop) -> None:
    product = make_product(shop)
    first, second = _double(shop)
    taken = make_order(shop, product, payment_method=PaymentMethod.ON_RECEIPT)
    move(taken, "processing")
    assert Stock.objects.get().on_hand == 9
    given = {"case": [second.pk, taken.pk], "reason": "Placed twice"}
    page = owner.post(_url(shop, "delete/"), given, follow=True).content.decode()
    assert "2 orders are deleted" in page
    assert list(Case.objects.all()) == [first]
    assert Stock.objects.get().on_hand == 10
    tombstone = Entry.objects.get(case_id=second.pk, kind=DELETED)
    said = {"code": second.code, "customer": second.customer_id, "reason": "Placed twice"}
    assert (tombstone.actor_name, tombstone.data) == ("Erin", said)
    assert Entry.objects.filter(case_id=second.pk).count() == 2
    assert list(verify(shop)) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [({"reason": "Placed twice"}, "Choose at least one"), ({"case": "1", "reason": " "}, "Write why")],
)
def test_nothing_is_deleted_without_choice_or_reason(
    owner: Client, shop: Shop, given: dict[str, str], said: str
) -> None:
    _first, second = _double(shop)
    if "case" in given:
        given = given | {"case": str(second.pk)}
    response = owner.post(_url(shop, "delete/"), given)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert Case.objects.count() == 2
    assert ("checked" in page) == ("case" in given)


def test_another_shops_order_is_never_deleted(owner: Client, shop: Shop) -> None:
    foreign = _stale(make_shop())
    _stale(shop)
    owner.post(_url(shop, "delete/"), {"case": [foreign.pk, "nonsense", "9" * 30], "reason": "x"})
    assert Case.objects.filter(pk=foreign.pk).exists()


def test_the_number_of_queries_does_not_grow(owner: Client, shop: Shop) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            owner.get(_url(shop))
        return len(queries)

    _double(shop)
    _stale(shop)
    ask()
    once = ask()
    for _number in range(3):
        _double(shop)
        _stale(shop)
    assert ask() == once
