"""Gateways that give refunds no names tell how much of a payment has gone back so far: each part counts once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from tartib.cases.models import Case
from tartib.payments import reconciling, refunds
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways.protocol import About, Fate, GatewayNotice, Movement
from tartib.payments.models import Account, Attempt, Difference, Direction, Lack, Payment, Refund, RefundState
from tartib.shops.providers import Unreachable
from tests.factories import NOW, actor, make_order, make_shop
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db
_number = count(1)


@pytest.fixture
def case(scripted: Scripted) -> Iterator[Case]:
    """An order of 50.00, paid as money-1 at a gateway that does not name its refunds."""
    case = make_order(make_shop())
    account = make_account(case.shop)
    apply_notice(account, paid(start(case.shop, case.pk, account, now=NOW)), now=NOW)
    scripted.refunds_as = lambda _account, attempt, amount, key: GatewayNotice(
        f"refund-{key}", Fate.DONE, About.REFUND, attempt.key, attempt.reference, amount, attempt.currency, refund=key
    )
    yield case
    Scripted.whole = frozenset(About)


def _sum(amount: str) -> GatewayNotice:
    """The gateway tells how much of money-1 has gone back."""
    attempt = Attempt.objects.get()
    return GatewayNotice(
        f"sum-{next(_number)}", Fate.DONE, About.REFUND, attempt.key, "money-1", Decimal(amount), attempt.currency,
        total=True,
    )  # fmt: skip


def _hear(amount: str) -> None:
    apply_notice(Account.objects.select_related("shop").get(), _sum(amount), now=NOW)


def _back() -> list[Decimal]:
    return list(Payment.objects.filter(direction=Direction.OUT).order_by("pk").values_list("amount", flat=True))


def _ask(case: Case, amount: str) -> Refund:
    (asked,) = refunds.refund(case.shop, case.pk, Decimal(amount), actor(case.shop), now=NOW)
    return asked


def test_a_sum_counts_only_by_what_is_new_in_it(case: Case) -> None:
    for amount in ("20.00", "20.00", "50.00", "20.00"):
        _hear(amount)
    assert _back() == [Decimal("20.00"), Decimal("30.00")]


def test_a_refund_that_was_confirmed_is_not_counted_again_by_its_sum(case: Case) -> None:
    refunds.send(_ask(case, "30.00").pk, now=NOW)
    _hear("30.00")
    assert _back() == [Decimal("30.00")]
    _hear("35.00")
    assert _back() == [Decimal("30.00"), Decimal("5.00")]


def test_a_refund_whose_answer_was_lost_is_confirmed_by_the_sum(case: Case, scripted: Scripted) -> None:
    def lose(*_asked: object) -> GatewayNotice:
        raise Unreachable

    scripted.refunds_as = lose
    asked = _ask(case, "30.00")
    refunds.send(asked.pk, now=NOW)
    _hear("40.00")
    asked.refresh_from_db()
    assert asked.state == RefundState.CONFIRMED
    assert _back() == [Decimal("30.00"), Decimal("10.00")]


@pytest.mark.parametrize(("amount", "state"), [("30.00", RefundState.CONFIRMED), ("20.00", RefundState.FAILED)])
def test_asked_of_a_refund_the_sum_says_whether_it_was_made(
    case: Case, scripted: Scripted, amount: str, state: str
) -> None:
    def lose(*_asked: object) -> GatewayNotice:
        raise Unreachable

    scripted.refunds_as = lose
    scripted.refund_answers = lambda _account, _refund: _sum(amount)
    asked = _ask(case, "30.00")
    refunds.send(asked.pk, now=NOW)
    refunds.ask_again(asked.pk, now=NOW + timedelta(minutes=5))
    asked.refresh_from_db()
    assert asked.state == state


def _compare(scripted: Scripted, *books: Movement) -> list[tuple[str, str]]:
    scripted.books = [replace(movement, at=NOW) for movement in books]
    account = Account.objects.select_related("shop").get()
    reconciling.compare(account, NOW - timedelta(days=3), NOW + timedelta(hours=1), now=NOW + timedelta(hours=2))
    return list(Difference.objects.filter(settled_at=None).values_list("lack", "direction"))


def test_books_are_compared_by_sums_too(case: Case, scripted: Scripted) -> None:
    came = Movement("money-1", Decimal("50.00"), case.currency, NOW)
    back = Movement("money-1", Decimal("35.00"), case.currency, NOW, About.REFUND)
    refunds.send(_ask(case, "30.00").pk, now=NOW)
    refunds.send(_ask(case, "5.00").pk, now=NOW)
    assert _compare(scripted, came, back) == []
    assert _compare(scripted, came, replace(back, amount=Decimal("36.00"))) == [(Lack.AMOUNT, Direction.OUT)]


def test_what_is_missing_in_books_that_are_not_whole_means_nothing(case: Case, scripted: Scripted) -> None:
    Payment.objects.update(at=NOW - timedelta(hours=20))
    refunds.send(_ask(case, "30.00").pk, now=NOW)
    Scripted.whole = frozenset()
    assert _compare(scripted) == []
    Scripted.whole = frozenset({About.PAYMENT})
    assert _compare(scripted) == [(Lack.THERE, Direction.IN)]
