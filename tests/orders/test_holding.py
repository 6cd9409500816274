"""Goods held while an order is being paid: given back in time, kept once it is paid or taken up (A4, E2)."""

from datetime import timedelta

import pytest

from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.catalog.models import Product, Stock
from tartib.flow.facts import Event
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs, LineEdit, edit_lines
from tartib.orders.holding import NotEnough, hold_goods, release_due
from tartib.orders.models import Line, Order
from tartib.payments.models import State
from tartib.payments.operations import record_payment
from tests.factories import NOW, actor, make_order, make_product, make_shop, move, pay
from tests.threads import at_once

pytestmark = pytest.mark.django_db

UNTIL = NOW + timedelta(minutes=30)


def held(case: Case, product: Product) -> tuple[int, int]:
    """Pieces reserved on the shelf and by the order's lines."""
    return Stock.objects.get(product=product).reserved, sum(line.reserved for line in Line.objects.filter(case=case))


def hold(case: Case) -> None:
    hold_goods(case.shop, case.pk, SYSTEM, until=UNTIL, now=NOW)


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_what_nobody_pays_goes_back_in_time(workflow: str) -> None:
    shop = make_shop(workflow)
    product = make_product(shop)
    case = make_order(shop, product)
    hold(case)
    assert held(case, product) == (1, 1)
    assert release_due(UNTIL - timedelta(seconds=1)) == 0
    assert release_due(UNTIL) == 1
    assert release_due(UNTIL) == 0
    assert held(case, product) == (0, 0)
    assert Entry.objects.filter(case_id=case.pk, kind="event").get().data == {"event": "hold.ended"}


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_what_is_paid_is_kept(workflow: str) -> None:
    shop = make_shop(workflow)
    product = make_product(shop)
    case = make_order(shop, product)
    hold(case)
    pay(case)
    assert release_due(UNTIL) == 0
    line, stock = Line.objects.get(case=case), Stock.objects.get(product=product)
    assert line.reserved + line.taken == 1
    assert stock.on_hand - stock.reserved == 9


def test_an_order_that_staff_took_up_is_kept_and_one_whose_payment_failed_is_not() -> None:
    shop = make_shop()
    product = make_product(shop)
    taken_up, failed = make_order(shop, product), make_order(shop, product)
    for case in (taken_up, failed):
        hold(case)
    move(taken_up, "on-hold")
    record_payment(shop, failed.pk, failed.amount, failed.currency, SYSTEM, now=NOW, state=State.FAILED)  # type: ignore[arg-type]
    assert release_due(UNTIL) == 1
    assert held(taken_up, product) == (1, 1)
    assert held(failed, product) == (1, 0)


def test_a_payment_not_verified_yet_keeps_the_goods() -> None:
    shop = make_shop()
    product = make_product(shop)
    case = make_order(shop, product)
    hold(case)
    record_payment(shop, case.pk, case.amount, case.currency, SYSTEM, now=NOW, state=State.UNVERIFIED)  # type: ignore[arg-type]
    assert release_due(UNTIL) == 0


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_a_late_payment_is_honoured_while_there_are_goods(workflow: str) -> None:
    """A4: the hold is over, a piece is still there: the payment takes it."""
    shop = make_shop(workflow)
    product = make_product(shop, pieces=1)
    case = make_order(shop, product)
    hold(case)
    release_due(UNTIL)
    pay(case)
    line = Line.objects.get(case=case)
    assert line.reserved + line.taken == 1


@pytest.mark.parametrize(
    ("workflow", "status"), [("essential", "on-hold"), ("delivery", "problem"), ("checkout", "under-review")]
)
def test_a_late_payment_without_goods_becomes_a_problem(workflow: str, status: str) -> None:
    """A4, D8: money came and the goods are gone: the order stands where somebody settles it."""
    shop = make_shop(workflow)
    product = make_product(shop, pieces=1)
    case, quicker = make_order(shop, product), make_order(shop, product)
    hold(case)
    release_due(UNTIL)
    hold(quicker)
    pay(case)
    case.refresh_from_db()
    if case.status == case.flow.start:
        advance(shop, [case.pk], Event("payment.stranded"), SYSTEM, now=NOW)
        case.refresh_from_db()
    assert case.status == status
    assert held(quicker, product) == (1, 1)


def test_money_for_a_cancelled_order_becomes_a_problem() -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop))
    move(case, "cancelled")
    pay(case)
    advance(shop, [case.pk], Event("payment.stranded"), SYSTEM, now=NOW)
    assert Case.objects.get(pk=case.pk).status == "on-hold"


def test_correcting_the_lines_holds_the_new_ones() -> None:
    shop = make_shop()
    product, other = make_product(shop), make_product(shop, pieces=1)
    case = make_order(shop, product)
    hold(case)
    one = LineEdit(LineDraft(other.name, 1, other.price, sku=other.sku))
    edit_lines(shop, case.pk, [one], Costs(), actor(shop), now=NOW)
    assert (held(case, product)[0], held(case, other)) == (0, (1, 1))
    assert Order.objects.get(pk=case.pk).held_until == UNTIL
    two = LineEdit(LineDraft(other.name, 2, other.price, sku=other.sku))
    with pytest.raises(NotEnough):
        edit_lines(shop, case.pk, [two], Costs(), actor(shop), now=NOW)
    assert held(case, other) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_is_held_for_one_of_many() -> None:
    """A4: eight orders at the same moment, one piece."""
    shop = make_shop()
    product = make_product(shop, pieces=1)
    cases = [make_order(shop, product) for _number in range(8)]

    def try_one(number: int) -> bool:
        try:
            hold(cases[number])
        except NotEnough:
            return False
        return True

    assert sorted(at_once(try_one, 8)) == [False] * 7 + [True]
    assert Stock.objects.get(product=product).reserved == 1
