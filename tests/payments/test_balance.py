"""What is due is said in one place, and says the truth whatever came in and went back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.cases.models import OWING, Case, PaymentState
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.payments.balance import Balance, balance
from tartib.payments.models import Payment
from tartib.payments.operations import TooMuch, record_payment
from tests.factories import NOW, make_order, make_product, make_shop, move, pay

D = Decimal
amounts = st.decimals(0, 1000, places=2)


@given(amounts, amounts, st.data(), st.booleans(), st.sampled_from(["confirmed", "unverified", "failed", "aside", ""]))
def test_the_payment_in_one_word_always_tells_the_truth(
    ordered: Decimal, paid: Decimal, data: st.DataObject, ended: bool, newest: str
) -> None:
    refunded = data.draw(st.decimals(0, paid, places=2))
    credited = data.draw(st.decimals(0, min(refunded, ordered), places=2))
    stands = Balance(ordered, paid, refunded, credited, ended)
    state = stands.state(newest)
    assert not (stands.due and stands.surplus)
    assert stands.due == 0 or not ended
    if stands.due:
        assert state not in {PaymentState.PAID, PaymentState.REFUNDED, PaymentState.PARTLY_REFUNDED}
    if state in OWING and not ended and stands.cost:
        assert stands.due
    if state == PaymentState.REFUNDED:
        assert stands.kept == 0 < paid
    if state == PaymentState.PAID:
        assert stands.kept >= ordered
        assert credited == 0
    if paid == 0:
        assert state in {PaymentState.UNPAID, PaymentState.UNVERIFIED, PaymentState.FAILED}


def made(price: str = "100.00", workflow: str = "delivery") -> Case:
    shop = make_shop(workflow)
    return make_order(shop, make_product(shop, price=price))


def back(case: Case, amount: int) -> None:
    record_payment(case.shop, case.pk, Decimal(amount), case.currency, SYSTEM, now=NOW, direction="out")
    case.refresh_from_db()


@pytest.mark.django_db
def test_what_goes_back_lowers_what_the_order_costs() -> None:
    case = made()
    pay(case)
    back(case, 34)
    stands = balance(case)
    assert (stands.cost, stands.due, stands.surplus) == (D(66), D(0), D(0))
    assert case.payment == "partly-refunded"
    back(case, 66)
    assert (balance(case).due, case.payment) == (D(0), "refunded")


@pytest.mark.django_db
def test_a_double_payment_that_goes_back_lowers_nothing() -> None:
    case = made()
    pay(case)
    pay(case)
    assert balance(case).surplus == 100
    back(case, 100)
    assert (balance(case).due, balance(case).surplus, case.payment) == (D(0), D(0), "paid")
    assert Payment.objects.get(case=case, direction="out").credit == 0
    back(case, 30)
    assert (balance(case).cost, balance(case).due, case.payment) == (D(70), D(0), "partly-refunded")


@pytest.mark.django_db
def test_what_went_back_of_a_part_payment_leaves_the_rest_due() -> None:
    case = made()
    record_payment(case.shop, case.pk, Decimal(50), case.currency, SYSTEM, now=NOW)
    back(case, 20)
    assert (balance(case).cost, balance(case).due, case.payment) == (D(80), D(50), "partial")


@pytest.mark.django_db
def test_an_order_that_ended_owes_nothing_and_owes_all_again_when_it_is_reopened() -> None:
    case = made(workflow="essential")
    pay(case)
    move(case, "cancelled")
    case.refresh_from_db()
    assert (balance(case).due, balance(case).surplus) == (D(0), D(100))
    back(case, 100)
    assert (case.status, balance(case).due, balance(case).surplus) == ("refunded", D(0), D(0))
    unpaid = make_order(case.shop)
    move(unpaid, "cancelled")
    unpaid.refresh_from_db()
    assert balance(unpaid).due == 0
    move(unpaid, "pending")
    unpaid.refresh_from_db()
    assert balance(unpaid).due == 50


@pytest.mark.django_db
def test_no_more_goes_back_by_hand_than_came_in() -> None:
    case = made()
    with pytest.raises(TooMuch):
        back(case, 5)
    record_payment(case.shop, case.pk, Decimal(40), case.currency, SYSTEM, now=NOW)
    with pytest.raises(TooMuch) as much:
        back(case, 41)
    assert much.value.left == 40
    assert not Payment.objects.filter(direction="out").exists()


@pytest.mark.django_db
def test_who_pays_too_much_is_told_in_plain_words() -> None:
    case = made()
    pay(case)
    assert not Entry.objects.filter(case_id=case.pk, kind="note").exists()
    record_payment(case.shop, case.pk, Decimal("12.15"), case.currency, SYSTEM, now=NOW)
    told = Entry.objects.get(case_id=case.pk, kind="note", shown=True)
    assert "12.15" in told.data["text"]
    assert "send the difference back" in told.data["text"]


@pytest.mark.django_db
def test_a_partly_refunded_order_may_still_be_sent() -> None:
    """A4: what was paid and credited is settled, as its workflow's guards see it too."""
    case = made()
    pay(case)
    back(case, 40)
    assert (case.status, case.payment) == ("paid", "partly-refunded")
    for target in ("picking", "packed", "ready"):
        assert move(case, target).moved, target
