"""Money that a person has to see to is told of where it is found, and again when it needs nobody any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.payments import reconciling, unmatched
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways.protocol import Movement
from tartib.payments.models import Account, Attempt, Difference, Notice, NoticeState, Payment
from tartib.payments.operations import looked_at
from tartib.payments.refunds import refund, send
from tests.factories import NOW, actor, make_order, make_shop, move
from tests.payments.scripted import Scripted, make_account, paid
from tests.payments.troubles import Told

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(scripted: Scripted) -> Attempt:
    """A try to pay an order of 50.00."""
    case = make_order(make_shop())
    return start(case.shop, case.pk, make_account(case.shop), now=NOW)


def case_of(attempt: Attempt) -> Case:
    assert attempt.case is not None
    attempt.case.refresh_from_db()
    return attempt.case


@pytest.mark.parametrize(("currency", "amount", "kind"), [("XAF", "50", "money-currency"), ("", "20", "money-amount")])
def test_money_that_is_not_what_was_asked_is_told_of_until_somebody_looked_at_it(
    attempt: Attempt, troubles: Told, currency: str, amount: str, kind: str
) -> None:
    told = paid(attempt, amount=Decimal(amount))
    apply_notice(attempt.account, replace(told, currency=currency or told.currency), now=NOW)
    payment = Payment.objects.get()
    assert troubles.open == {f"payment:{payment.pk}": kind}
    assert troubles.all[0].facts["amount"] == str(payment.amount)
    looked_at(attempt.shop, payment.pk, actor(attempt.shop), now=NOW)
    assert troubles.open == {}


def test_what_is_too_much_is_told_of_as_that_until_it_went_back(attempt: Attempt, troubles: Told) -> None:
    apply_notice(attempt.account, paid(attempt, "money-1", amount=Decimal(50)), now=NOW)
    apply_notice(attempt.account, paid(attempt, "money-2", amount=Decimal(50)), now=NOW)
    (trouble,) = troubles.all
    assert (trouble.kind, Decimal(trouble.facts["amount"])) == ("money-surplus", Decimal(50))
    case = case_of(attempt)
    (asked,) = refund(case.shop, case.pk, Decimal(50), actor(case.shop), now=NOW)
    send(asked.pk, now=NOW)
    assert (troubles.open, Payment.objects.exclude(flag="").count()) == ({}, 0)


def test_money_for_an_order_that_ended_is_told_of(attempt: Attempt, troubles: Told) -> None:
    move(case_of(attempt), "cancelled")
    apply_notice(attempt.account, paid(attempt), now=NOW)
    assert troubles.kinds == ["money-stranded"]


def test_money_without_an_order_is_told_of_until_it_is_given_to_one(attempt: Attempt, troubles: Told) -> None:
    shop = attempt.shop
    delete(shop, [case_of(attempt).pk], actor(shop), reason="double", now=NOW)
    apply_notice(attempt.account, paid(attempt), now=NOW)
    notice = Notice.objects.get(state=NoticeState.UNMATCHED)
    assert troubles.open == {f"notice:{notice.pk}": "money-unmatched"}
    assert (troubles.all[0].facts["order"], troubles.all[0].facts["amount"]) == (attempt.code, "50.000")
    unmatched.assign(shop, "notice", notice.pk, make_order(shop).pk, actor(shop), now=NOW)
    assert troubles.open == {}


def test_where_the_books_do_not_agree_is_told_of_once_until_it_is_settled(
    attempt: Attempt, scripted: Scripted, troubles: Told
) -> None:
    scripted.books = [Movement("money-9", Decimal(50), attempt.currency, NOW, attempt=attempt.key)]
    account = Account.objects.select_related("shop").get()
    for _night in range(2):
        reconciling.compare(account, NOW - timedelta(days=3), NOW + timedelta(hours=1), now=NOW + timedelta(hours=2))
    difference = Difference.objects.get()
    assert [trouble.key for trouble in troubles.all] == [f"difference:{difference.pk}"]
    reconciling.dismiss(attempt.shop, difference.pk, actor(attempt.shop), now=NOW)
    assert troubles.open == {}
