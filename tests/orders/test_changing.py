"""An order under way is changed, paid or not: stock, money, papers and the customer follow."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client

from tartib.billing.models import Paper
from tartib.cases.engine import undo
from tartib.cases.models import Case
from tartib.catalog.models import Product, Stock
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.journal.verify import verify
from tartib.l10n import money
from tartib.orders.changing import change
from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs, LineEdit, NotEditable
from tartib.orders.holding import NotEnough
from tartib.orders.models import Line, Order
from tartib.orders.returning import Wish, give_back
from tartib.payments.balance import Balance, balance
from tartib.payments.hooks import Piece
from tartib.payments.models import Payment, Refund
from tartib.payments.operations import record_payment
from tests.factories import NOW, actor, make_order, make_product, make_shop, move, pay
from tests.threads import at_once

pytestmark = pytest.mark.django_db
D = Decimal


def draft(product: Product, pieces: int) -> LineDraft:
    return LineDraft(product.name, pieces, product.price, sku=product.sku)


def made(pieces: int = 2, preset: str = "essential", **changes: object) -> tuple[Case, Product, Product]:
    """An order of so many shirts, and the cap that could be added."""
    shop = make_shop(preset)
    shirt, cap = make_product(shop, price="50.00", name="Shirt"), make_product(shop, price="20.00", name="Cap")
    return make_order(shop, shirt, lines=(draft(shirt, pieces),), **changes), shirt, cap


def edit(case: Case, *rows: tuple[Product, int], costs: Costs | None = None, send_back: bool = True) -> Balance:
    """Have the order contain so many pieces of these products."""
    lines = {line.product_id: line.pk for line in Line.objects.filter(case=case)}
    edits = [LineEdit(draft(product, pieces), lines.get(product.pk)) for product, pieces in rows]
    stands = change(case.shop, case.pk, edits, costs or Costs(), actor(case.shop), now=NOW, send_back=send_back)
    case.refresh_from_db()
    return stands


def come_in(case: Case, amount: int) -> None:
    record_payment(case.shop, case.pk, Decimal(amount), case.currency, SYSTEM, now=NOW)
    case.refresh_from_db()


def shelf(product: Product) -> tuple[int, int]:
    return Stock.objects.values_list("on_hand", "reserved").get(product=product)


def marks(case: Case) -> list[tuple[int, int]]:
    return list(Line.objects.filter(case=case).order_by("position").values_list("quantity", "taken"))


def test_a_paid_order_grows_and_the_rest_is_asked_for() -> None:
    case, shirt, cap = made()
    pay(case)
    line = Line.objects.get(case=case)
    stands = edit(case, (shirt, 3), (cap, 1))
    assert (case.amount, stands.due, case.payment, case.status) == (D(170), D(70), "partial", "processing")
    assert (shelf(shirt), shelf(cap), marks(case)) == ((7, 0), (9, 0), [(3, 3), (1, 1)])
    assert Line.objects.get(case=case, product=shirt).pk == line.pk, "a line that stays is the same line"
    told = Entry.objects.filter(case_id=case.pk, kind="note", shown=True).latest("seq").data["text"]
    assert "3 × Shirt" in told
    assert "70.00" in told
    come_in(case, 70)
    assert (balance(case).due, case.payment) == (D(0), "paid")


def test_a_paid_order_shrinks_and_the_difference_goes_back() -> None:
    case, shirt, cap = made(3)
    pay(case)
    stands = edit(case, (shirt, 1))
    assert (case.amount, stands.due, stands.surplus, case.payment) == (D(50), D(0), D(0), "paid")
    assert (shelf(shirt), marks(case)) == ((9, 0), [(1, 1)])
    sent = Refund.objects.get(case=case)
    assert (sent.amount, sent.state) == (D(100), "confirmed")
    assert Payment.objects.get(case=case, direction="out").credit == 0, "it had been paid in excess"
    move(case, "cancelled")
    assert (shelf(shirt), shelf(cap)) == ((10, 0), (10, 0))


def test_what_is_too_much_may_stay_until_somebody_sends_it_back() -> None:
    case, shirt, _cap = made(3)
    pay(case)
    stands = edit(case, (shirt, 1), send_back=False)
    assert (stands.surplus, Refund.objects.count()) == (D(100), 0)


def test_an_invoice_is_corrected_by_a_credit_note_and_a_new_one() -> None:
    case, shirt, cap = made()
    pay(case)
    edit(case, (shirt, 1), (cap, 1))
    papers = list(Paper.objects.filter(case=case).order_by("pk").values_list("kind", "amount", "replaced"))
    assert papers == [("invoice", D(100), True), ("credit-note", D(100), False), ("invoice", D(70), False)]


def test_a_product_in_place_of_another_takes_its_stock() -> None:
    case, shirt, cap = made()
    pay(case)
    edit(case, (cap, 2))
    assert (shelf(shirt), shelf(cap), marks(case)) == ((10, 0), (8, 0), [(2, 2)])


def test_more_than_there_is_changes_nothing() -> None:
    case, shirt, cap = made()
    pay(case)
    with pytest.raises(NotEnough) as short:
        edit(case, (shirt, 1), (cap, 11))
    assert (short.value.short.product, short.value.short.available) == ("Cap", 10)
    assert (shelf(shirt), shelf(cap), marks(case), case.amount) == ((8, 0), (10, 0), [(2, 2)], D(100))


def test_pieces_that_came_back_stay_on_the_order() -> None:
    case, shirt, cap = made(2)
    pay(case)
    line = Line.objects.get(case=case)
    give_back(case.shop, case.pk, Wish((Piece(line.pk, 1, True),)), actor(case.shop), now=NOW)
    with pytest.raises(NotEditable, match="came back stay"):
        edit(case, (cap, 1))
    edit(case, (shirt, 1), (cap, 1))
    assert (shelf(shirt), shelf(cap), marks(case)) == ((10, 0), (9, 0), [(1, 0), (1, 1)])


@pytest.mark.parametrize(("target", "words"), [("completed", "completed"), ("cancelled", "ended")])
def test_a_closed_order_is_not_changed_and_says_why(target: str, words: str) -> None:
    case, shirt, _cap = made()
    pay(case)
    move(case, target)
    with pytest.raises(NotEditable, match=words):
        edit(case, (shirt, 1))


def test_a_lower_price_that_is_paid_moves_the_order_on() -> None:
    case, shirt, _cap = made()
    come_in(case, 50)
    assert (case.status, case.payment) == ("pending", "partial")
    edit(case, (shirt, 1))
    assert (case.status, case.payment, shelf(shirt)) == ("processing", "paid", (9, 0))


def test_tax_follows_the_goods_unless_it_is_typed() -> None:
    case, shirt, _cap = made(tax=Decimal("10.00"))
    assert case.amount == 110
    edit(case, (shirt, 3))
    assert (case.amount, Order.objects.get(pk=case.pk).tax) == (D(165), D(15))
    edit(case, (shirt, 3), costs=Costs(tax=Decimal("7.50")))
    assert case.amount == Decimal("157.50")


def test_tax_of_an_order_from_elsewhere_keeps_its_first_share_however_often_it_is_edited() -> None:
    """By which rates it was taxed is not known; what rounding takes from small amounts is not multiplied."""
    case, shirt, cap = made(tax=Decimal("16.67"), tax_included=True, imported=True)
    cheap = LineEdit(LineDraft("Button", 1, Decimal("0.10")))
    change(case.shop, case.pk, [cheap], Costs(), actor(case.shop), now=NOW)
    assert Order.objects.get(pk=case.pk).tax == Decimal("0.02")
    edit(case, (shirt, 2))
    assert Order.objects.get(pk=case.pk).tax == Decimal("16.67")
    edit(case, (shirt, 2), costs=Costs(discount=D(100)))
    edit(case, (shirt, 2), (cap, 5))
    assert Order.objects.get(pk=case.pk).tax == Decimal("33.34")


def test_what_stays_as_it_was_changes_nothing_whatever_its_parts_come_to() -> None:
    """A file may say another total than the sum of the parts: that is kept."""
    case, shirt, cap = made(total=Decimal("97.00"))
    pay(case)
    version = Case.objects.get(pk=case.pk).version
    edit(case, (shirt, 2))
    assert (case.amount, case.version, case.payment) == (D(97), version, "paid")
    edit(case, (shirt, 2), (cap, 1))
    assert case.amount == 117


def test_undoing_the_move_before_an_edit_leaves_no_piece_behind() -> None:
    case, shirt, _cap = made(3, payment_method="on-receipt")
    act = move(case, "processing").act_id
    edit(case, (shirt, 1))
    assert shelf(shirt) == (9, 0)
    undo(case.shop, act, actor(case.shop), now=NOW)
    assert (shelf(shirt), marks(case)) == ((10, 0), [(1, 0)])


@pytest.mark.django_db(transaction=True)
def test_two_edits_and_many_orders_for_the_last_pieces_never_take_more_than_there_are() -> None:
    shop = make_shop()
    shirt = make_product(shop, price="50.00", pieces=6)
    cases = [make_order(shop, shirt, payment_method="on-receipt") for _number in range(3)]
    for case in cases:
        move(case, "processing")

    def grow(number: int) -> object:
        try:
            return edit(cases[number % 3], (shirt, 3))
        except NotEnough as short:
            return short

    at_once(grow, 6)
    taken = sum(line.taken for line in Line.objects.all())
    assert (shelf(shirt)[0] + taken, shelf(shirt)[0] >= 0) == (6, True)
    assert all(line.taken == line.quantity for line in Line.objects.all())
    assert list(verify(shop)) == []


def test_the_customers_page_says_what_is_due_also_when_all_money_went_back() -> None:
    case, shirt, _cap = made(preset="delivery")
    pay(case)
    give_back(case.shop, case.pk, Wish((Piece(Line.objects.get(case=case).pk, 1, True),)), SYSTEM, now=NOW)
    edit(case, (shirt, 3))
    give_back(case.shop, case.pk, Wish(everything=True), SYSTEM, now=NOW)
    stands = balance(Case.objects.get(pk=case.pk))
    assert (stands.kept, stands.credited, stands.due) == (D(0), D(100), D(50))
    page = re.sub("</?bdi[^>]*>|[\u2066-\u2069]", "", Client().get(f"/t/{case.token}/").content.decode())
    shown = money.show(D(50), case.currency, "en-GB")
    assert re.search(rf"Still to pay</th>\s*<td[^>]*>{re.escape(shown)}", page)
    assert "Credited" in page
    assert f"Still to pay: {shown}." in page
    assert "Not paid yet" not in page
