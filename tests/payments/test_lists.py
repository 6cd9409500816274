"""The lists of a shop's money: each in one query whatever its length, found by order and reference, page by page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tartib.payments import queries
from tartib.payments.attempts import apply_notice, start
from tartib.payments.models import Flag, Payment
from tartib.payments.operations import looked_at, record_payment
from tartib.payments.queries import KINDS, Wanted
from tartib.payments.refunds import refund
from tests.factories import NOW, actor, make_order, make_shop
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("several", [1, 3])
def test_each_list_takes_one_query(
    scripted: Scripted, django_assert_num_queries: object, kind: str, several: int
) -> None:
    shop = make_shop()
    account = make_account(shop)
    for _number in range(several):
        case = make_order(shop)
        attempt = start(shop, case.pk, account, now=NOW)
        apply_notice(account, paid(attempt, f"money-{attempt.pk}", amount=Decimal(60)), now=NOW)
        refund(shop, case.pk, Decimal(10), actor(shop), now=NOW)
        record_payment(shop, case.pk, Decimal(1), shop.currency, actor(shop), now=NOW, state="unverified")
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = queries.payment_page(shop, Wanted(kind)).rows
        assert [str(row.case.code) + str(row.case.customer) for row in rows]
    assert len(rows) >= several


def test_money_is_found_by_order_and_reference_and_read_page_by_page(scripted: Scripted) -> None:
    shop = make_shop()
    case = make_order(shop)
    for number in range(5):
        record_payment(
            shop,
            case.pk,
            Decimal(1),
            shop.currency,
            actor(shop),
            now=NOW + timedelta(hours=number),
            reference=f"r{number}",
        )
    first = queries.payment_page(shop, Wanted(), size=3)
    rest = queries.payment_page(shop, Wanted(), first.following, size=3)
    assert [row.reference for row in first.rows + rest.rows] == ["r4", "r3", "r2", "r1", "r0"]
    assert rest.following == ""
    assert [row.reference for row in queries.payment_page(shop, Wanted(text="r2")).rows] == ["r2"]
    assert len(queries.payment_page(shop, Wanted(text=case.code.lower())).rows) == 5
    assert queries.payment_page(make_shop(), Wanted()).rows == []
    assert queries.payment_page(shop, Wanted(), "no cursor").rows


def test_what_needs_a_look_leaves_the_list_when_it_was_looked_at() -> None:
    shop = make_shop()
    case = make_order(shop)
    record_payment(shop, case.pk, Decimal(80), shop.currency, actor(shop), now=NOW)
    (row,) = queries.payment_page(shop, Wanted("look")).rows
    assert (row.flag, queries.waiting(shop)["look"]) == (Flag.EXCESS, 1)
    looked_at(shop, row.pk, actor(shop), now=NOW)
    assert queries.payment_page(shop, Wanted("look")).rows == []
    assert Payment.objects.get(pk=row.pk).amount == Decimal(80)
