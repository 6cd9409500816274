"""Money is counted once, apart from the status, and moves the order only where its workflow says so."""

from decimal import Decimal

import pytest

from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.payments.models import Payment
from tartib.payments.operations import WrongCurrency, record_payment
from tests.factories import NOW, make_order, make_product, make_shop


@pytest.mark.django_db
def test_recorded_is_not_paid() -> None:
    """E9: an unverified payment is shown as such and moves nothing until it is confirmed."""
    shop = make_shop()
    case = make_order(shop)
    assert record_payment(shop, case.pk, Decimal(50), shop.currency, SYSTEM, now=NOW, state="unverified") is None
    case.refresh_from_db()
    assert (case.status, case.payment) == ("pending", "unverified")


@pytest.mark.django_db
def test_a_part_payment_is_shown_and_does_not_move_the_order() -> None:
    shop = make_shop()
    case = make_order(shop)
    outcome = record_payment(shop, case.pk, Decimal(20), shop.currency, SYSTEM, now=NOW)
    assert outcome is not None
    assert not outcome.moved
    case.refresh_from_db()
    assert (case.status, case.payment) == ("pending", "partial")
    record_payment(shop, case.pk, Decimal(30), shop.currency, SYSTEM, now=NOW)
    case.refresh_from_db()
    assert (case.status, case.payment) == ("processing", "paid")


@pytest.mark.django_db
def test_a_failed_payment_moves_an_online_order_to_failed_and_a_later_one_heals_it() -> None:
    """A1, A3: failed is a status of its own, left by itself when another payment succeeds."""
    shop = make_shop()
    case = make_order(shop, make_product(shop, price="50.00"))
    record_payment(shop, case.pk, Decimal(50), shop.currency, SYSTEM, now=NOW, state="failed", reference="declined")
    case.refresh_from_db()
    assert (case.status, case.payment) == ("failed", "failed")
    record_payment(shop, case.pk, Decimal(50), shop.currency, SYSTEM, now=NOW)
    case.refresh_from_db()
    assert case.status == "processing"


@pytest.mark.django_db
def test_a_full_refund_ends_the_order_and_returns_the_stock() -> None:
    """A1, A4: refunding everything moves the order to refunded; part of it only shows as partly refunded."""
    shop = make_shop()
    case = make_order(shop)
    record_payment(shop, case.pk, Decimal(50), shop.currency, SYSTEM, now=NOW)
    record_payment(shop, case.pk, Decimal(10), shop.currency, SYSTEM, now=NOW, direction="out")
    case.refresh_from_db()
    assert (case.status, case.payment) == ("processing", "partly-refunded")
    record_payment(shop, case.pk, Decimal(40), shop.currency, SYSTEM, now=NOW, direction="out")
    case.refresh_from_db()
    assert (case.status, case.payment) == ("refunded", "refunded")


@pytest.mark.django_db
def test_a_repeated_notice_counts_once() -> None:
    shop = make_shop()
    case = make_order(shop)
    for _time in range(3):
        record_payment(shop, case.pk, Decimal(50), shop.currency, SYSTEM, now=NOW, key="gateway:1")
    assert Payment.objects.count() == 1
    assert Entry.objects.filter(case_id=case.pk, kind="payment").count() == 1


@pytest.mark.django_db
def test_money_in_another_currency_is_refused() -> None:
    shop = make_shop()
    case = make_order(shop)
    with pytest.raises(WrongCurrency):
        record_payment(shop, case.pk, Decimal(50), "XAU", SYSTEM, now=NOW)
    assert not Payment.objects.exists()
