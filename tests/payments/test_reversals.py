"""A refund that fails after it was confirmed: the money counts as the shop's again, and everybody knows."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.journal.operations import Actor
from tartib.journal.verify import verify
from tartib.notify.models import Message
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line
from tartib.payments import hooks, refunds, resending
from tartib.payments.attempts import apply_notice, start
from tartib.payments.balance import refundable
from tartib.payments.gateways.protocol import About, Fate, GatewayNotice, Refused, Unsupported, Waits
from tartib.payments.hooks import Piece
from tartib.payments.models import Account, Attempt, Direction, Payment, Refund, RefundState, State
from tartib.payments.refunds import refund, send
from tests.factories import NOW, actor, make_order, make_product, make_shop
from tests.payments.scripted import Scripted, make_account, paid
from tests.payments.troubles import Told as Heard

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
    return case


def sent(case: Case, amount: str, *pieces: Piece) -> Refund:
    """A refund that the gateway confirmed at once."""
    (asked,) = refund(case.shop, case.pk, Decimal(amount), actor(case.shop), now=NOW, pieces=pieces)
    send(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert asked.state == RefundState.CONFIRMED
    return asked


def told(
    case: Case, fate: Fate, asked: Refund | None, event: str, *, at: datetime | None = None, now: datetime = NOW
) -> bool:
    """The gateway tells of a refund, of ours or one made in its own pages; whether that changed anything."""
    attempt = Attempt.objects.select_related("account__shop").get(case=case)
    about = GatewayNotice(
        event, fate, About.REFUND, attempt.key, asked.reference if asked else "re-else", Decimal(30), case.currency,
        refund=asked.key if asked else "", reason="account closed" if fate == Fate.FAILED else "", at=at,
    )  # fmt: skip
    return apply_notice(attempt.account, about, now=now).state == "applied"


def words(case: Case) -> list[str]:
    return list(Message.objects.filter(case=case, channel="email").order_by("pk").values_list("note", flat=True))


def out(case: Case) -> list[tuple[Decimal, str]]:
    return list(
        Payment.objects.filter(case=case, direction=Direction.OUT).order_by("pk").values_list("amount", "state")
    )


def test_a_refund_that_fails_after_it_was_confirmed_is_open_again(case: Case, troubles: Heard) -> None:
    asked = sent(case, "30.00")
    assert told(case, Fate.FAILED, asked, "evt-1")
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (asked.state, asked.reason, case.payment) == (RefundState.FAILED, "account closed", "paid")
    assert out(case) == [(Decimal("30.000"), State.FAILED)]
    assert refundable(case) == Decimal("100.000")
    assert troubles.open == {f"refund:{asked.pk}": "refund-failed"}
    assert list(verify(case.shop)) == []


def test_the_customer_is_told_once_that_the_money_did_not_arrive(case: Case) -> None:
    asked = sent(case, "30.00")
    for event in ("evt-1", "evt-2", "evt-1"):
        told(case, Fate.FAILED, asked, event)
    newest = words(case)[-1]
    assert "could not deliver it" in newest
    assert "30.00" in newest
    assert sum("could not deliver it" in text for text in words(case)) == 1


def test_goods_that_came_back_stay_back_and_the_next_try_takes_none_again(case: Case, troubles: Heard) -> None:
    line = Line.objects.get(case=case)
    asked = sent(case, "100.00", Piece(line.pk, 2, True))
    assert Stock.objects.get(shop=case.shop).on_hand == 10
    told(case, Fate.FAILED, asked, "evt-1")
    case.refresh_from_db()
    assert (case.payment, Stock.objects.get(shop=case.shop).on_hand) == ("paid", 10)
    again = resending.again(case.shop, asked.pk, actor(case.shop), now=NOW)
    with pytest.raises(resending.NotFailed):
        resending.again(case.shop, asked.pk, actor(case.shop), now=NOW)
    send(again.pk, now=NOW)
    case.refresh_from_db()
    asked.refresh_from_db()
    assert (again.pieces, again.instead_of, Stock.objects.get(shop=case.shop).on_hand) == ([], asked, 10)
    assert (case.payment, asked.cleared_at, troubles.open) == ("refunded", NOW, {})


def test_the_same_refund_asked_for_anew_settles_the_one_that_failed(case: Case, troubles: Heard) -> None:
    asked = sent(case, "30.00")
    told(case, Fate.FAILED, asked, "evt-1")
    sent(case, "30.00")
    asked.refresh_from_db()
    assert (asked.cleared_at, troubles.open) == (NOW, {})


def test_what_failed_can_be_sent_in_another_way(case: Case, troubles: Heard) -> None:
    asked = sent(case, "30.00")
    told(case, Fate.FAILED, asked, "evt-1")
    resending.sent_by_other_means(case.shop, asked.pk, "transfer 77", now=NOW, actor=actor(case.shop))
    case.refresh_from_db()
    assert (case.payment, refundable(case), troubles.open) == ("partly-refunded", Decimal("70.000"), {})
    assert out(case) == [(Decimal("30.000"), State.FAILED), (Decimal("30.000"), State.CONFIRMED)]
    assert "We have returned" in words(case)[-1]
    with pytest.raises(resending.NotFailed):
        resending.sent_by_other_means(case.shop, asked.pk, "transfer 77", now=NOW)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("ours", [True, False])
def test_in_whatever_order_it_is_told_it_comes_to_the_same(case: Case, order: tuple[int, ...], ours: bool) -> None:
    (asked,) = refund(case.shop, case.pk, Decimal(30), actor(case.shop), now=NOW) if ours else (None,)
    if asked is not None:
        Refund.objects.filter(pk=asked.pk).update(state=RefundState.SENDING, sent_at=NOW, reference="re-1")
        asked.refresh_from_db()
    tellings = [(Fate.DONE, "done"), (Fate.FAILED, "failed"), (Fate.DONE, "done again")]
    for place in order:
        fate, event = tellings[place]
        told(case, fate, asked, event)
        told(case, fate, asked, event)
    case.refresh_from_db()
    assert (case.payment, refundable(case)) == ("paid", Decimal("100.000"))
    assert [amount for amount, state in out(case) if state == State.CONFIRMED] == []


def test_what_the_gateway_says_happened_later_holds(case: Case, troubles: Heard) -> None:
    asked = sent(case, "30.00")
    told(case, Fate.FAILED, asked, "failed", at=NOW + timedelta(hours=2))
    assert not told(case, Fate.DONE, asked, "stale", at=NOW + timedelta(hours=1))
    assert told(case, Fate.DONE, asked, "delivered", at=NOW + timedelta(hours=3))
    assert not told(case, Fate.FAILED, asked, "staler", at=NOW + timedelta(hours=2))
    case.refresh_from_db()
    assert (case.payment, troubles.open) == ("partly-refunded", {})
    assert out(case) == [(Decimal("30.000"), State.FAILED), (Decimal("30.000"), State.CONFIRMED)]
    assert told(case, Fate.FAILED, asked, "failed again", at=NOW + timedelta(hours=4))
    case.refresh_from_db()
    assert (case.payment, refundable(case)) == ("paid", Decimal("100.000"))


def test_a_refund_made_in_the_gateways_own_pages_that_fails_becomes_work_too(case: Case, troubles: Heard) -> None:
    assert told(case, Fate.DONE, None, "made", now=NOW + timedelta(hours=1))
    assert told(case, Fate.FAILED, None, "failed", now=NOW + timedelta(hours=2))
    case.refresh_from_db()
    failed = Refund.objects.get()
    assert (case.payment, failed.state, failed.amount) == ("paid", RefundState.FAILED, Decimal(30))
    assert troubles.open == {f"refund:{failed.pk}": "refund-failed"}
    assert not any("could not deliver" in text for text in words(case)), "nobody had told the customer"


def test_rooms_above_hear_of_the_payment_that_counts_no_more(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str]] = []

    def listen(_case: Case, payment: Payment, _actor: Actor, _now: datetime) -> None:
        heard.append((payment.direction, payment.state))

    asked = sent(case, "30.00")
    monkeypatch.setattr(hooks, "connected", replace(hooks.connected, after_payment=(listen,)))
    told(case, Fate.FAILED, asked, "evt-1")
    assert heard == [(Direction.OUT, State.FAILED)]


def test_a_refund_that_the_gateway_refuses_is_work_until_it_went_back(
    case: Case, scripted: Scripted, troubles: Heard
) -> None:
    def refuse(*_asked: object) -> GatewayNotice:
        raise Refused("no such card")

    good, scripted.refunds_as = scripted.refunds_as, refuse
    (asked,) = refund(case.shop, case.pk, Decimal(30), actor(case.shop), now=NOW)
    send(asked.pk, now=NOW)
    assert troubles.kinds == ["refund-failed"]
    scripted.refunds_as = good
    send(resending.again(case.shop, asked.pk, actor(case.shop), now=NOW).pk, now=NOW)
    assert troubles.open == {}


def test_a_refund_of_which_the_gateway_cannot_say_is_work(case: Case, scripted: Scripted, troubles: Heard) -> None:
    def silent(*_asked: object) -> GatewayNotice:
        raise Unsupported

    asked = _waiting(case, scripted, "")
    scripted.refund_answers = silent
    refunds.ask_again(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.ask_at, troubles.kinds) == (RefundState.UNKNOWN, None, ["refund-unknown"])
    told(case, Fate.DONE, asked, "evt-1")
    assert troubles.open == {}


def _waiting(case: Case, scripted: Scripted, waits: str) -> Refund:
    scripted.refunds_as = lambda _account, attempt, amount, key: GatewayNotice(
        f"refund-{key}", Fate.PENDING, About.REFUND, attempt.key, "re-9", amount, case.currency, refund=key, waits=waits
    )
    (asked,) = refund(case.shop, case.pk, Decimal(30), actor(case.shop), now=NOW)
    send(asked.pk, now=NOW)
    asked.refresh_from_db()
    return asked


def test_what_waits_for_takings_is_neither_done_nor_failed_and_is_asked_again(case: Case, scripted: Scripted) -> None:
    asked = _waiting(case, scripted, Waits.TAKINGS)
    case.refresh_from_db()
    assert (asked.state, asked.waits, case.payment) == (RefundState.WAITING, "takings", "paid")
    assert asked.ask_at is not None
    assert (refundable(case), len(scripted.refunded)) == (Decimal("70.000"), 1)
    assert not any("returned" in text for text in words(case))
    scripted.refund_answers = lambda _account, wanted: GatewayNotice(
        "asked", Fate.DONE, About.REFUND, "", "re-9", wanted.amount, wanted.currency, refund=wanted.key
    )
    refunds.ask_again(asked.pk, now=NOW + timedelta(days=20))
    asked.refresh_from_db()
    assert (asked.state, asked.waits, len(scripted.refunded)) == (RefundState.CONFIRMED, "", 1)
    assert Account.objects.get().quiet_until is None
