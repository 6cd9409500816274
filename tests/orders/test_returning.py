"""Giving back: what it comes to is known before, and just that is sent; goods return only where they came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tartib.billing.assembling import paper_of
from tartib.billing.models import Paper
from tartib.billing.receipt import texts
from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.l10n import money
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line
from tartib.orders.queries import order, out
from tartib.orders.returning import Changed, Contradiction, Plan, Wish, give_back, plan
from tartib.orders.shares import Share, shares, together
from tartib.orders.totals import Item, Off, Reduction, add_up
from tartib.payments.attempts import apply_notice, start
from tartib.payments.balance import balance
from tartib.payments.hooks import Piece
from tartib.payments.models import Refund, RefundState
from tartib.payments.operations import TooMuch, record_payment
from tartib.payments.refund_states import failed
from tartib.payments.refunds import send
from tests.factories import NOW, actor, make_order, make_product, make_shop, move, pay
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db
D = Decimal


def made(workflow: str = "delivery") -> tuple[Case, Line, Line]:
    """A paid order of two shirts and a cap, sent for 10.00: 130.00."""
    shop = make_shop(workflow)
    shirt, cap = make_product(shop, price="50.00", name="Shirt"), make_product(shop, price="20.00", name="Cap")
    positions = (LineDraft("Shirt", 2, D(50), sku=shirt.sku), LineDraft("Cap", 1, D(20), sku=cap.sku))
    case = make_order(shop, lines=positions, shipping=D(10))
    pay(case)
    first, second = Line.objects.filter(case=case).order_by("position")
    return case, first, second


def back(case: Case, wish: Wish, **how: str) -> tuple[Plan, list[Refund]]:
    done = give_back(case.shop, case.pk, wish, actor(case.shop), now=NOW, **how)
    case.refresh_from_db()
    return done


def on_hand(line: Line) -> int:
    return Stock.objects.get(product=line.product_id).on_hand


def test_one_line_is_not_the_whole_order() -> None:
    case, shirts, cap = made()
    planned, (sent,) = back(case, Wish((Piece(cap.pk, 1, True),)))
    assert (planned.amount, sent.amount, case.payment) == (D(20), D(20), "partly-refunded")
    assert (on_hand(cap), on_hand(shirts)) == (10, 8)
    assert balance(case).due == 0
    note = Paper.objects.get(case=case, kind="credit-note")
    assert [line["name"] for line in texts(paper_of(note, "en"))["lines"]] == ["Cap"]


def test_delivery_and_a_smaller_amount_are_said_as_they_are() -> None:
    case, shirts, _cap = made()
    assert plan(case, Wish((Piece(shirts.pk, 1, False),), delivery=True)).amount == 60
    planned = plan(case, Wish((Piece(shirts.pk, 1, False),), amount=D("45.00")))
    assert (planned.amount, planned.cost, planned.shelved) == (D(45), D(50), [])
    assert planned.lost == [(shirts, 1)]


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(amount=D(0)),
        Wish(everything=True, amount=D(5)),
        Wish((Piece(-1, 1, True),)),
    ],
)
def test_what_does_not_fit_together_is_refused(wish: Wish) -> None:
    case, _shirts, _cap = made()
    with pytest.raises(Contradiction):
        back(case, wish)
    assert not Refund.objects.exists()


def test_more_than_pieces_cost_or_than_are_out_is_refused() -> None:
    case, shirts, cap = made()
    twice = Wish((Piece(shirts.pk, 1, True), Piece(shirts.pk, 1, False)))
    for wish in (Wish((Piece(cap.pk, 1, True),), amount=D(21)), Wish((Piece(shirts.pk, 3, True),)), twice):
        with pytest.raises(Contradiction):
            back(case, wish)
    with pytest.raises(TooMuch):
        back(case, Wish(amount=D("130.01")))


def test_only_what_was_seen_is_carried_out() -> None:
    case, shirts, cap = made()
    seen = plan(case, Wish((Piece(cap.pk, 1, True),))).fingerprint
    with pytest.raises(Changed) as changed:
        back(case, Wish(everything=True), seen=seen)
    assert changed.value.plan.amount == 130
    assert not Refund.objects.exists()
    back(case, Wish((Piece(cap.pk, 1, True),)), seen=seen, key="form")
    again, same = back(case, Wish((Piece(cap.pk, 1, True),)), seen=seen, key="form")
    assert (again.amount, len(same), Refund.objects.count()) == (D(20), 1, 1)
    assert on_hand(shirts) == 8


def test_a_refund_of_a_completed_order_returns_only_what_came_back() -> None:
    """A4."""
    case, shirts, cap = made("essential")
    move(case, "completed")
    back(case, Wish((Piece(shirts.pk, 1, True),), everything=True))
    assert (case.status, on_hand(shirts), on_hand(cap)) == ("refunded", 9, 9)
    planned, sent = back(case, Wish((Piece(cap.pk, 1, True),)))
    assert (planned.amount, sent, on_hand(cap)) == (D(0), [], 10)


def test_goods_may_come_back_for_no_money() -> None:
    case, shirts, _cap = made()
    planned, sent = back(case, Wish((Piece(shirts.pk, 1, True),), amount=D(0)))
    assert (planned.amount, sent, on_hand(shirts), balance(case).due) == (D(0), [], 9, D(0))


def test_goods_that_come_back_of_an_order_paid_twice_lower_what_it_costs() -> None:
    case, _shirts, cap = made()
    record_payment(case.shop, case.pk, D(130), case.currency, actor(case.shop), now=NOW)
    back(case, Wish((Piece(cap.pk, 1, True),)))
    stands = balance(case)
    assert (stands.cost, stands.kept, stands.surplus, stands.due) == (D(110), D(240), D(130), D(0))
    note = Paper.objects.get(case=case, kind="credit-note")
    assert (note.amount, [line["name"] for line in texts(paper_of(note, "en"))["lines"]]) == (D(20), ["Cap"])
    back(case, Wish(amount=D(130)))
    assert (balance(case).surplus, Paper.objects.filter(case=case, kind="credit-note").count()) == (D(0), 1)


@pytest.mark.parametrize(
    ("currency", "price", "less", "unit"),
    [
        ("KWD", "3.335", "0.004", "0.001"),
        ("JPY", "333", "10", "1"),
        ("IRT", "33500", "1001", "1"),
        ("USD", "3.35", "0.04", "0.01"),
    ],
)
def test_money_goes_back_to_the_last_unit_of_any_currency(currency: str, price: str, less: str, unit: str) -> None:
    shop = make_shop("delivery", currency=currency)
    lines = (LineDraft("Plate", 3, D(price)),)
    case = make_order(shop, lines=lines, currency=currency, discount=D(less))
    pay(case)
    (plates,) = Line.objects.filter(case=case)
    for _piece in range(3):
        _planned, (sent,) = back(case, Wish((Piece(plates.pk, 1, False),)))
        assert sent.amount % D(unit) == 0
    stands = balance(case)
    assert (stands.kept, stands.due, stands.surplus) == (D(0), D(0), D(0))
    assert sum(Paper.objects.filter(case=case, kind="credit-note").values_list("amount", flat=True)) == case.amount
    with pytest.raises(TooMuch):
        back(case, Wish(amount=D(unit)))


def test_what_comes_back_bears_its_own_rate_and_its_papers_name_that_tax() -> None:
    """A book without tax, a shirt at 20 % and a delivery at 5 %, none of it in the prices: 100 + 60 + 10.50."""
    lines = (LineDraft("Book", 1, D(100), tax_percent=D(0)), LineDraft("Shirt", 1, D(50), tax_percent=D(20)))
    case = make_order(
        make_shop("delivery"), lines=lines, shipping=D(10), tax=D("10.50"), shipping_tax_percent=D(5), total=D("170.50")
    )
    pay(case)
    book, shirt = Line.objects.filter(case=case).order_by("position")
    back(case, Wish((Piece(shirt.pk, 1, False),)))
    back(case, Wish((Piece(book.pk, 1, False),), amount=D(40)))
    back(case, Wish(amount=D(30)))
    back(case, Wish(delivery=True))
    back(case, Wish(everything=True))
    notes = [paper_of(note, "en") for note in Paper.objects.filter(case=case, kind="credit-note").order_by("pk")]
    assert [(note.total, note.tax) for note in notes] == [
        (D(60), D(10)), (D(40), D(0)), (D(30), D("0.21")), (D("10.50"), D("0.29")), (D(30), D(0)),
    ]  # fmt: skip
    assert balance(case).kept == 0


def test_the_delivery_goes_back_once_like_a_piece() -> None:
    case, shirts, _cap = made()
    back(case, Wish((Piece(shirts.pk, 1, False),), delivery=True, amount=D(55)))
    for again in (Wish(delivery=True), Wish((Piece(shirts.pk, 1, False),), delivery=True)):
        with pytest.raises(Contradiction, match="delivery was given back"):
            back(case, again)
    assert plan(case, Wish((Piece(shirts.pk, 1, False),))).amount == 50
    assert (Refund.objects.count(), balance(case).kept) == (1, D(75))


def test_papers_of_an_act_that_takes_money_of_two_payments_are_of_one_thing() -> None:
    """A shirt with its tax of 20 % and a delivery at 5 % go back out of 45.00 and 125.50 that were paid."""
    lines = (LineDraft("Book", 1, D(100), tax_percent=D(0)), LineDraft("Shirt", 1, D(50), tax_percent=D(20)))
    case = make_order(
        make_shop("delivery"), lines=lines, shipping=D(10), tax=D("10.50"), shipping_tax_percent=D(5), total=D("170.50")
    )
    for part in (D("125.50"), D(45)):
        record_payment(case.shop, case.pk, part, case.currency, actor(case.shop), now=NOW)
    _book, shirt = Line.objects.filter(case=case).order_by("position")
    back(case, Wish((Piece(shirt.pk, 1, False),), delivery=True))
    papers = list(Paper.objects.filter(case=case, kind="credit-note").order_by("pk"))
    first, rest = [paper_of(paper, "en") for paper in papers]
    assert (first.total, rest.total, first.tax + rest.tax) == (D(45), D("25.50"), D("10.50"))
    assert [line.name for line in first.lines] == ["Shirt"]
    assert [line.name for line in rest.lines] == [f"Rest of credit note {papers[0].name}"]
    with pytest.raises(Contradiction, match="delivery was given back"):
        back(case, Wish(delivery=True))


def by_gateways(amounts: Sequence[Decimal], **particulars: Any) -> tuple[Case, list[Line]]:
    """An order paid in several parts by a gateway, and its lines; newest is the last."""
    shop = make_shop("delivery")
    case, account = make_order(shop, **particulars), make_account(shop)
    for number, amount in enumerate(amounts):
        tried = start(shop, case.pk, account, now=NOW + timedelta(minutes=number))
        apply_notice(account, paid(tried, f"money-{number}", amount=amount), now=NOW + timedelta(minutes=number))
    case.refresh_from_db()
    return case, list(Line.objects.filter(case=case).order_by("position"))


def test_pieces_of_a_refund_under_way_are_not_asked_for_again_until_it_has_failed(scripted: Scripted) -> None:
    lines = (LineDraft("Shirt", 3, D(50)), LineDraft("Cap", 1, D(20)))
    case, (shirts, cap) = by_gateways([D(180)], lines=lines, shipping=D(10))
    _planned, (asked,) = back(case, Wish((Piece(shirts.pk, 2, True), Piece(cap.pk, 1, True)), delivery=True))
    assert asked.state == RefundState.ASKED
    still = out(order(case), [shirts, cap])
    assert (still.pieces, still.delivery) == ({shirts.pk: 1, cap.pk: 0}, False)
    with pytest.raises(Contradiction, match="a refund is under way for 2"):
        plan(case, Wish((Piece(shirts.pk, 2, True),)))
    with pytest.raises(Contradiction, match="a refund is under way for 1"):
        plan(case, Wish((Piece(cap.pk, 1, True),)))
    assert plan(case, Wish((Piece(shirts.pk, 1, True),))).amount == 50
    failed(asked, "no", NOW)
    assert out(order(case), [shirts, cap]).pieces == {shirts.pk: 3, cap.pk: 1}
    assert plan(case, Wish((Piece(shirts.pk, 3, True),), delivery=True)).amount == 160


def test_an_act_whose_second_refund_settles_first_comes_to_the_same(scripted: Scripted) -> None:
    """45.00 and 125.50 were paid: a shirt with its tax of 20 % and a delivery at 5 % go back, the newer money late."""
    lines = (LineDraft("Book", 1, D(100), tax_percent=D(0)), LineDraft("Shirt", 1, D(50), tax_percent=D(20)))
    case, (_book, shirt) = by_gateways(
        [D("125.50"), D(45)], lines=lines, shipping=D(10), tax=D("10.50"), shipping_tax_percent=D(5), total=D("170.50")
    )
    _planned, (newer, older) = back(case, Wish((Piece(shirt.pk, 1, False),), delivery=True))
    assert (newer.amount, older.amount) == (D(45), D("25.50"))
    for late, refund in enumerate((older, newer)):
        send(refund.pk, now=NOW + timedelta(hours=late))
        shirt.refresh_from_db()
        assert (shirt.came_back, out(order(case), [shirt]).pieces[shirt.pk]) == (late, 0)
    notes = [paper_of(one, "en") for one in Paper.objects.filter(case=case, kind="credit-note").order_by("pk")]
    assert [note.total for note in notes] == [D("25.50"), D(45)]
    assert sum(note.tax for note in notes) == D("10.50")
    assert [line.name for line in notes[0].lines] == ["Shirt"]
    assert (balance(case).kept, balance(case).due) == (D(100), D(0))


class EveryPiece(TestCase):
    """Pieces given back one by one come to just what was paid, however it divides."""

    def given_back(self, case: Case) -> Share:
        """What the delivery and all pieces come to, one by one."""
        lines = list(Line.objects.filter(case=case))
        parts = shares(order(case), lines)
        each = [parts.pieces(line, 1, gone) for line in lines for gone in range(line.quantity)]
        assert all(part.cost >= 0 and part.tax >= 0 for part in each)
        return together(each) + parts.delivery

    @settings(max_examples=12)
    @given(
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9999)), min_size=1, max_size=3),
        st.integers(0, 900),
        st.integers(0, 500),
        st.integers(0, 700),
        st.booleans(),
    )
    def test_all_pieces_and_the_delivery_are_the_total(
        self, rows: list[tuple[int, int]], shipping: int, less: int, tax: int, inside: bool
    ) -> None:
        cent = D("0.01")
        positions = tuple(LineDraft(f"P{n}", count, price * cent) for n, (count, price) in enumerate(rows))
        subtotal = sum(line.total for line in positions)
        discount = min(less * cent, subtotal - cent)
        case = make_order(
            make_shop(), lines=positions, shipping=shipping * cent, discount=discount, tax=tax * cent,
            tax_included=inside,
        )  # fmt: skip
        assert self.given_back(case) == Share(case.amount or D(0), tax * cent)

    @settings(max_examples=12)
    @given(
        st.sampled_from(["USD", "KWD", "JPY", "IRT"]),
        st.lists(
            st.tuples(st.integers(1, 4), st.integers(1, 99_999), st.sampled_from([D(0), D("7.5"), D(20)])),
            min_size=1, max_size=4,
        ),
        st.integers(0, 9_000),
        st.lists(st.integers(0, 9_000), max_size=2),
        st.sampled_from([D(0), D(20)]),
        st.booleans(),
    )  # fmt: skip
    def test_they_are_at_any_mixture_of_rates(
        self,
        currency: str,
        rows: list[tuple[int, int, Decimal]],
        shipping: int,
        less: list[int],
        on_delivery: Decimal,
        inside: bool,
    ) -> None:
        unit = money.quantum(currency)
        items = [Item(price * unit, count, rate) for count, price, rate in rows]
        off = [Reduction(Off.AMOUNT, amount * unit) for amount in less]
        sums = add_up(
            items, shipping * unit, off, currency, tax_included=inside, shipping_tax_percent=on_delivery
        )  # fmt: skip
        positions = tuple(LineDraft("P", item.quantity, item.price, tax_percent=item.tax_percent) for item in items)
        case = make_order(
            make_shop(currency=currency), lines=positions, currency=currency, shipping=sums.shipping, tax=sums.tax,
            discount=sums.discount, tax_included=inside, shipping_tax_percent=on_delivery, total=sums.total,
        )  # fmt: skip
        assert self.given_back(case) == Share(sums.total, sums.tax)
        placed = list(Line.objects.filter(case=case))
        parts = shares(order(case), placed)
        assert not any(parts.lines[line.pk].tax for line in placed if not line.tax_percent)
