"""Sending money back: the way it came, each request once, with the pieces that come back for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.notify.models import Message
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line
from tartib.payments.attempts import apply_notice, start
from tartib.payments.balance import refundable
from tartib.payments.gateways.protocol import About, Fate, GatewayNotice, Refused
from tartib.payments.hooks import Piece
from tartib.payments.models import Direction, Payment, Refund, RefundState, State
from tartib.payments.operations import TooMuch, record_payment
from tartib.payments.refunds import NotInParts, ask_again, refund, send, settle
from tartib.shops.providers import Unreachable
from tests.factories import NOW, actor, make_order, make_product, make_shop, move, pay
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(scripted: Scripted) -> Case:
    """A paid order of two shirts of 50.00, taken from a stock of ten."""
    shop = make_shop()
    product = make_product(shop, price="50.00")
    case = make_order(shop, product, lines=(LineDraft("Shirt", 2, Decimal(50), sku=product.sku),))
    account = make_account(shop)
    apply_notice(account, paid(start(shop, case.pk, account, now=NOW)), now=NOW)
    case.refresh_from_db()
    assert case.status == "processing"
    return case


def ask(case: Case, amount: str, *pieces: Piece, key: str = "") -> list[Refund]:
    return refund(case.shop, case.pk, Decimal(amount), actor(case.shop), now=NOW, pieces=pieces, key=key)


def shelf(case: Case) -> int:
    return Stock.objects.get(shop=case.shop).on_hand


def line(case: Case) -> Line:
    return Line.objects.get(case=case)


def test_a_refund_counts_when_the_gateway_confirms_it(case: Case, scripted: Scripted) -> None:
    (asked,) = ask(case, "30.00")
    case.refresh_from_db()
    assert (asked.state, case.payment) == (RefundState.ASKED, "paid")
    send(asked.pk, now=NOW)
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (asked.state, case.status, case.payment) == (RefundState.CONFIRMED, "processing", "partly-refunded")
    assert scripted.refunded == [("money-1", Decimal("30.000"), asked.key)]
    send(asked.pk, now=NOW)
    assert len(scripted.refunded) == 1


def test_a_part_sent_back_is_told_to_the_customer(case: Case) -> None:
    (asked,) = ask(case, "30.00")
    send(asked.pk, now=NOW)
    newest = Message.objects.filter(case=case).order_by("-pk")[0]
    assert "30.00" in newest.note


def test_all_of_it_ends_the_order_and_returns_the_stock(case: Case) -> None:
    """A1, A4: refunded in full."""
    assert shelf(case) == 8
    (asked,) = ask(case, "100.00")
    send(asked.pk, now=NOW)
    case.refresh_from_db()
    assert (case.status, case.payment, shelf(case)) == ("refunded", "refunded", 10)


def test_stock_returns_once_and_only_for_the_pieces_chosen(case: Case) -> None:
    (first,) = ask(case, "50.00", Piece(line(case).pk, 1, True))
    send(first.pk, now=NOW)
    assert shelf(case) == 9
    move(case, "on-hold")
    move(case, "processing")
    assert shelf(case) == 9, "a piece that came back is not taken again"
    (second,) = ask(case, "50.00", Piece(line(case).pk, 1, False))
    send(second.pk, now=NOW)
    case.refresh_from_db()
    assert (case.status, shelf(case)) == ("refunded", 9), "a broken piece is not put back by the end of the order"
    assert (line(case).back, line(case).lost) == (1, 1)


def test_pieces_given_back_before_they_were_taken_never_are(scripted: Scripted) -> None:
    shop = make_shop("checkout")
    product = make_product(shop, price="50.00")
    case = make_order(shop, product)
    account = make_account(shop)
    apply_notice(account, paid(start(shop, case.pk, account, now=NOW)), now=NOW)
    (asked,) = refund(shop, case.pk, Decimal(10), actor(shop), now=NOW, pieces=[Piece(line(case).pk, 1, True)])
    send(asked.pk, now=NOW)
    move(case, "preparing")
    assert shelf(case) == 10


def test_no_more_goes_back_than_came(case: Case) -> None:
    ask(case, "60.00")
    assert refundable(case) == Decimal("40.000")
    with pytest.raises(TooMuch) as too_much:
        ask(case, "40.01")
    assert too_much.value.left == Decimal("40.000")
    with pytest.raises(TooMuch):
        ask(case, "0")


def test_the_same_request_again_is_answered_with_the_same_refund(case: Case) -> None:
    assert ask(case, "30.00", key="form-1") == ask(case, "30.00", key="form-1")
    assert Refund.objects.count() == 1


def test_what_a_gateway_refuses_changes_nothing_but_says_why(case: Case, scripted: Scripted) -> None:
    def refuse(*_asked: object) -> GatewayNotice:
        raise Refused("not enough on the account")

    scripted.refunds_as = refuse
    (asked,) = ask(case, "100.00", Piece(line(case).pk, 2, True))
    send(asked.pk, now=NOW)
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (asked.state, asked.reason) == (RefundState.FAILED, "not enough on the account")
    assert (case.status, case.payment, shelf(case)) == ("processing", "paid", 8)
    assert refundable(case) == Decimal("100.000")


@pytest.mark.parametrize(
    ("fate", "state"), [(Fate.DONE, "confirmed"), (Fate.FAILED, "failed"), (Fate.PENDING, "unknown")]
)
def test_a_refund_whose_answer_was_lost_is_asked_about_and_never_sent_again(
    case: Case, scripted: Scripted, fate: Fate, state: str
) -> None:
    def lost(*_asked: object) -> GatewayNotice:
        raise Unreachable

    scripted.refunds_as = lost
    (asked,) = ask(case, "30.00")
    send(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.ask_at) == (RefundState.UNKNOWN, NOW + timedelta(minutes=5))
    scripted.refund_answers = lambda _account, wanted: GatewayNotice(
        "asked", fate, About.REFUND, "", "re-1", wanted.amount, wanted.currency, refund=wanted.key
    )
    ask_again(asked.pk, now=NOW + timedelta(minutes=5))
    asked.refresh_from_db()
    assert asked.state == state
    assert len(scripted.refunded) == 1
    assert Payment.objects.filter(direction=Direction.OUT).count() == (1 if fate == Fate.DONE else 0)


def test_a_refund_is_counted_once_by_answer_and_notice(case: Case, scripted: Scripted) -> None:
    (asked,) = ask(case, "30.00")
    send(asked.pk, now=NOW)
    account = asked.payment.attempt.account  # type: ignore[union-attr]
    attempt = asked.payment.attempt
    assert attempt is not None
    told = GatewayNotice("evt-r", Fate.DONE, About.REFUND, attempt.key, f"re-{asked.key}", Decimal(30), case.currency)
    apply_notice(account, told, now=NOW)
    assert Payment.objects.filter(direction=Direction.OUT).count() == 1


def test_a_notice_that_overtakes_the_answer_settles_the_refund(case: Case, scripted: Scripted) -> None:
    def lost(*_asked: object) -> GatewayNotice:
        raise Unreachable

    scripted.refunds_as = lost
    (asked,) = ask(case, "30.00")
    send(asked.pk, now=NOW)
    attempt = asked.payment.attempt
    assert attempt is not None
    apply_notice(
        attempt.account,
        GatewayNotice("evt-r", Fate.DONE, About.REFUND, attempt.key, "re-9", Decimal(30), "USD"),
        now=NOW,
    )
    asked.refresh_from_db()
    assert (asked.state, asked.reference) == (RefundState.CONFIRMED, "re-9")
    assert Payment.objects.filter(direction=Direction.OUT).count() == 1


def test_money_sent_back_in_the_gateways_own_pages_counts_too(case: Case) -> None:
    attempt = Payment.objects.get(case=case).attempt
    assert attempt is not None
    for event in ("evt-1", "evt-2"):
        apply_notice(
            attempt.account,
            GatewayNotice(event, Fate.DONE, About.REFUND, attempt.key, "re-1", Decimal(40), "USD"),
            now=NOW,
        )
    case.refresh_from_db()
    assert case.payment == "partly-refunded"
    assert refundable(case) == Decimal("60.000")


def test_money_that_did_not_come_by_a_gateway_goes_back_by_hand() -> None:
    shop = make_shop()
    case = make_order(shop)
    pay(case)
    (done,) = refund(shop, case.pk, Decimal(50), actor(shop), now=NOW)
    case.refresh_from_db()
    assert (done.state, case.status, case.payment) == (RefundState.CONFIRMED, "refunded", "refunded")


def test_a_refund_takes_from_several_payments_the_newest_first(case: Case, scripted: Scripted) -> None:
    record_payment(case.shop, case.pk, Decimal(20), case.currency, actor(case.shop), now=NOW + timedelta(hours=1))
    asked = ask(case, "50.00")
    assert [(one.amount, one.state) for one in asked] == [
        (Decimal("20.000"), RefundState.CONFIRMED),
        (Decimal("30.000"), RefundState.ASKED),
    ]


def test_a_gateway_that_returns_only_whole_payments_is_not_asked_for_parts(case: Case, scripted: Scripted) -> None:
    type(scripted).refunds_part = False
    try:
        with pytest.raises(NotInParts):
            ask(case, "30.00")
        ask(case, "100.00")
    finally:
        type(scripted).refunds_part = True


@pytest.mark.parametrize("fate", [Fate.PENDING, Fate.DONE])
def test_what_was_confirmed_once_is_not_confirmed_again(case: Case, fate: Fate) -> None:
    (asked,) = ask(case, "30.00")
    send(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert not settle(asked, GatewayNotice("late", fate, About.REFUND), now=NOW)
    asked.refresh_from_db()
    assert asked.state == RefundState.CONFIRMED
    assert Payment.objects.filter(direction=Direction.OUT).count() == 1


def test_money_set_aside_goes_back_in_its_own_currency(case: Case, scripted: Scripted) -> None:
    attempt = Payment.objects.get(case=case).attempt
    assert attempt is not None
    apply_notice(attempt.account, replace(paid(attempt, "money-2"), currency="XAF"), now=NOW)
    aside = Payment.objects.get(state=State.ASIDE)
    (asked,) = refund(case.shop, case.pk, Decimal(100), actor(case.shop), now=NOW, payment_id=aside.pk)
    send(asked.pk, now=NOW)
    case.refresh_from_db()
    assert (asked.currency, case.payment) == ("XAF", "paid")
    assert refundable(case) == Decimal("100.000")
