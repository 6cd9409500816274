"""Whatever the order in which things happen, the books hold each piece of money once."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.journal.verify import verify
from tartib.orders.models import Line
from tartib.payments import attempts, refunds
from tartib.payments.gateways import records
from tartib.payments.gateways.protocol import About, Claim, Contest, Fate, GatewayNotice
from tartib.payments.models import Account, Attempt, Direction, Payment, Refund, RefundState, State
from tartib.payments.operations import NothingDue, TooMuch
from tartib.shops.providers import Unreachable
from tests.factories import NOW, actor, make_order, make_product, make_shop, move
from tests.payments.scripted import Scripted, make_account
from tests.threads import at_once

ACTS = st.lists(
    st.one_of(
        st.just(("start",)),
        st.tuples(st.just("pay"), st.integers(0, 3), st.sampled_from(["full", "less", "more", "foreign"])),
        st.tuples(st.just("notice"), st.integers(0, 9)),
        st.tuples(st.just("fail"), st.integers(0, 3)),
        st.tuples(st.just("expire")),
        st.tuples(st.just("query"), st.integers(0, 3)),
        st.tuples(st.just("refund"), st.integers(1, 120)),
        st.tuples(st.just("send"), st.integers(0, 3), st.sampled_from(["answer", "lost", "never"])),
        st.tuples(st.just("ask refund"), st.integers(0, 3)),
        st.tuples(st.just("refund notice"), st.integers(0, 3)),
        st.tuples(st.just("move"), st.sampled_from(["on-hold", "processing", "cancelled", "pending"])),
    ),
    max_size=25,
)


class World:
    """An order, a gateway with books of its own, and what it has to say, in whatever order it is said."""

    def __init__(self, scripted: Scripted) -> None:
        self.shop = make_shop(undo_seconds=0)
        product = make_product(self.shop, pieces=10, price="50.00")
        self.case = make_order(self.shop, product)
        self.account: Account = make_account(self.shop)
        self.scripted = scripted
        self.now: datetime = NOW
        self.money: dict[str, tuple[str, Decimal, str]] = {}
        self.back: dict[str, tuple[str, Decimal]] = {}
        self.said: list[GatewayNotice] = []
        scripted.answers = self._answer
        scripted.refund_answers = self._refund_answer

    def do(self, act: str, *how: object) -> None:
        self.now += timedelta(seconds=30)
        tried = list(Attempt.objects.filter(case=self.case).order_by("pk"))
        wanted = list(Refund.objects.filter(case=self.case).order_by("pk"))
        match act, how:
            case "start", ():
                with suppress(NothingDue):
                    attempts.start(self.shop, self.case.pk, self.account, now=self.now)
            case "pay", (int(which), str(what)) if tried:
                self._pay(tried[which % len(tried)], what)
            case "notice", (int(which),) if self.said:
                attempts.apply_notice(self.account, self.said[which % len(self.said)], now=self.now)
            case "fail", (int(which),) if tried:
                attempt = tried[which % len(tried)]
                attempts.apply_notice(
                    self.account, GatewayNotice(f"f{len(self.said)}", Fate.FAILED, attempt=attempt.key), now=self.now
                )
            case "expire", ():
                attempts.expire(self.case.pk, now=self.now)
            case "query", (int(which),) if tried:
                attempts.ask_again(tried[which % len(tried)].pk, now=self.now)
            case "refund", (int(amount),):
                with suppress(TooMuch):
                    refunds.refund(self.shop, self.case.pk, Decimal(amount), actor(self.shop), now=self.now)
            case "send", (int(which), str(fate)) if wanted:
                self._send(wanted[which % len(wanted)], fate)
            case "ask refund", (int(which),) if wanted:
                asked = wanted[which % len(wanted)]
                if asked.state in (RefundState.SENDING, RefundState.UNKNOWN):
                    refunds.ask_again(asked.pk, now=self.now)
            case "refund notice", (int(which),) if self.back:
                reference, (key, sent) = list(self.back.items())[which % len(self.back)]
                order = Refund.objects.get(key=key).payment.attempt
                assert order is not None
                told = GatewayNotice(
                    f"b:{reference}", Fate.DONE, About.REFUND, order.key, reference, sent, "USD", refund=key
                )
                attempts.apply_notice(self.account, told, now=self.now)
            case "move", (str(target),):
                move(self.case, target, now=self.now)

    def _pay(self, attempt: Attempt, what: str) -> None:
        """The gateway takes money: it is in its books, and it will say so when it says so."""
        amount = {"less": attempt.amount / 2, "more": attempt.amount * 2}.get(what, attempt.amount)
        currency = "XAF" if what == "foreign" else attempt.currency
        reference = f"m{len(self.money)}"
        self.money[reference] = (attempt.key, amount, currency)
        told = GatewayNotice(f"e:{reference}", Fate.DONE, About.PAYMENT, attempt.key, reference, amount, currency)
        self.said += [told, replace(told, event=f"e2:{reference}")]

    def _answer(self, _account: records.Account, attempt: records.Attempt) -> GatewayNotice:
        for reference, (key, amount, currency) in self.money.items():
            if key == attempt.key:
                return GatewayNotice(f"q:{reference}", Fate.DONE, About.PAYMENT, key, reference, amount, currency)
        raise Unreachable

    def _send(self, asked: Refund, fate: str) -> None:
        def sends(_account: records.Account, attempt: records.Attempt, amount: Decimal, key: str) -> GatewayNotice:
            if fate != "never":
                assert key not in {known for known, _amount in self.back.values()}, "sent twice"
                self.back[f"r{len(self.back)}"] = (key, amount)
            if fate != "answer":
                raise Unreachable
            return self._refund_told(key, amount)

        self.scripted.refunds_as = sends
        refunds.send(asked.pk, now=self.now)

    def _refund_answer(self, _account: records.Account, asked: records.Refund) -> GatewayNotice:
        if asked.key in {key for key, _amount in self.back.values()}:
            return self._refund_told(asked.key, asked.amount)
        return GatewayNotice("none", Fate.FAILED, About.REFUND, refund=asked.key)

    def _refund_told(self, key: str, amount: Decimal) -> GatewayNotice:
        reference = next(name for name, (known, _amount) in self.back.items() if known == key)
        return GatewayNotice(f"a:{reference}", Fate.DONE, About.REFUND, "", reference, amount, "USD", refund=key)

    def hear_the_rest(self) -> None:
        """In the end everything is told, and everything that is open is asked about."""
        for told in self.said:
            attempts.apply_notice(self.account, told, now=self.now)
        for asked in Refund.objects.filter(case=self.case, state=RefundState.ASKED):
            self._send(asked, "answer")
        for asked in Refund.objects.filter(case=self.case, state__in=(RefundState.SENDING, RefundState.UNKNOWN)):
            refunds.ask_again(asked.pk, now=self.now)


@pytest.mark.proof
@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_the_books_hold_what_the_gateway_holds(scripted: Scripted, acts: list[tuple[object, ...]]) -> None:
    with transaction.atomic():
        world = World(scripted)
        for act in acts:
            world.do(*act)  # type: ignore[arg-type]
        world.hear_the_rest()
        rows = Payment.objects.filter(case=world.case)
        came = Counter(
            (row.reference, row.amount, row.currency)
            for row in rows.filter(direction=Direction.IN, state__in=(State.CONFIRMED, State.ASIDE))
        )
        assert came == Counter((reference, amount, cur) for reference, (_key, amount, cur) in world.money.items())
        for row in rows.filter(state=State.ASIDE):
            assert row.currency != world.case.currency
        gone = Counter(
            (row.reference, row.amount) for row in rows.filter(direction=Direction.OUT, state=State.CONFIRMED)
        )
        assert gone == Counter((reference, amount) for reference, (_key, amount) in world.back.items())
        _nothing_beyond(world)
        transaction.set_rollback(True)


def _notices(attempt: Attempt) -> list[GatewayNotice]:
    """A payment, two refunds of which one fails, a dispute that takes all and gives it back, and a decline."""

    def of(event: str, fate: Fate, about: About, reference: str, amount: int) -> GatewayNotice:
        return GatewayNotice(event, fate, about, attempt.key, reference, Decimal(amount), attempt.currency)

    def contested(contest: Contest, taken: int, returned: int) -> GatewayNotice:
        claim = Claim("m", contest, None, Decimal(taken), Decimal(returned))
        return replace(of(f"d:{taken}:{returned}", Fate.DONE, About.DISPUTE, "d", 50), claim=claim)

    return [
        of("paid", Fate.DONE, About.PAYMENT, "m", 50), of("back 1", Fate.DONE, About.REFUND, "r1", 30),
        of("fails 1", Fate.FAILED, About.REFUND, "r1", 30), of("back 2", Fate.DONE, About.REFUND, "r2", 10),
        contested(Contest.OPEN, 50, 0), contested(Contest.WON, 50, 50),
        of("declined", Fate.FAILED, About.PAYMENT, "", 0),
    ]  # fmt: skip


@pytest.mark.proof
@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(7)), repeated=st.lists(st.integers(0, 6), max_size=6))
def test_notices_in_whatever_order_and_however_often_come_to_the_same(
    scripted: Scripted, order: list[int], repeated: list[int]
) -> None:
    with transaction.atomic():
        world = World(scripted)
        attempt = attempts.start(world.shop, world.case.pk, world.account, now=NOW)
        told = _notices(attempt)
        for place in [*order, *repeated]:
            attempts.apply_notice(
                world.account, replace(told[place], event=f"{told[place].event}:{len(order)}"), now=NOW
            )
            attempts.apply_notice(world.account, told[place], now=NOW)
        counted = Payment.objects.filter(case=world.case, state=State.CONFIRMED)
        assert sorted((row.direction, row.reference, row.amount) for row in counted) == [
            ("in", "m", Decimal(50)), ("out", "r2", Decimal(10))
        ]  # fmt: skip
        world.case.refresh_from_db()
        assert world.case.payment == "partly-refunded"
        assert list(verify(world.shop)) == []
        transaction.set_rollback(True)


def _nothing_beyond(world: World) -> None:
    """No more went back than came, no piece is on two shelves, and the timeline holds."""
    sums = {"in": Decimal(0), "out": Decimal(0)}
    for row in Payment.objects.filter(case=world.case, state=State.CONFIRMED):
        sums[row.direction] += row.amount
    assert sums["out"] <= sums["in"]
    line = Line.objects.get(case=world.case)
    assert Stock.objects.get(shop=world.shop).on_hand + line.taken - line.lost == 10 - line.lost
    assert list(verify(world.shop)) == []


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_a_notice_that_comes_fifty_times_at_once_counts_once(scripted: Scripted) -> None:
    shop = make_shop()
    case = make_order(shop)
    account = make_account(shop)
    attempt = attempts.start(shop, case.pk, account, now=NOW)
    told = GatewayNotice("evt", Fate.DONE, About.PAYMENT, attempt.key, "m1", attempt.amount, attempt.currency)
    heard = at_once(lambda _n: attempts.apply_notice(account, told, now=NOW).repeated, 50)
    assert heard.count(False) == 1
    assert Payment.objects.filter(case=case).count() == 1


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_a_thousand_notices_at_once_are_each_applied_once(scripted: Scripted) -> None:
    """Issue: 1,000 notices at once, each applied exactly once: of 200 orders, each told of five times in two ways."""
    shop = make_shop()
    account = make_account(shop)
    product = make_product(shop, pieces=1000, price="50.00")
    tried = [attempts.start(shop, make_order(shop, product).pk, account, now=NOW) for _number in range(200)]

    def tell(number: int) -> None:
        attempt = tried[number % 200]
        event = f"evt-{attempt.pk}-{number // 200 % 2}"
        told = GatewayNotice(
            event, Fate.DONE, About.PAYMENT, attempt.key, f"m{attempt.pk}", attempt.amount, attempt.currency
        )
        attempts.apply_notice(account, told, now=NOW)

    at_once(tell, 1000)
    assert Payment.objects.filter(shop=shop).count() == 200
    assert Case.objects.filter(shop=shop, status="processing", payment="paid").count() == 200
    assert Stock.objects.get(shop=shop).on_hand == 800
