"""Points spent at checkout and earned by orders: each counted once, whatever happens and in whatever order (E3)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tartib.api import shows
from tartib.billing.queries import of_case as papers_of_case
from tartib.billing.receipt import read_receipt
from tartib.cases.engine import NotUndoable, undo
from tartib.cases.models import Act, Case
from tartib.cases.operations import delete
from tartib.catalog.operations import change_product
from tartib.checkout.confirming import Changed
from tartib.checkout.models import Cart
from tartib.checkout.operations import use_points
from tartib.customers import points, queries
from tartib.customers.identity import Account
from tartib.customers.operations import CustomerDraft
from tartib.customers.points import TooFew
from tartib.customers.points_balance import PointsBalance, PointsKind, PointsMovement
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs, LineEdit, edit_lines
from tartib.orders.holding import NotEnough, release_due
from tartib.orders.models import Order, OrderSettings
from tartib.orders.operations import Processing, process
from tartib.orders.queries import points_of
from tartib.payments import refunds
from tartib.payments.operations import TooMuch, record_payment
from tartib.shops.models import Shop
from tests.checkout.selling import confirm_now, make_cart, make_selling_shop, reviewed, seen
from tests.examples import few
from tests.factories import NOW, actor, make_account, make_order, make_orders, make_product, move, pay
from tests.threads import at_once

pytestmark = pytest.mark.django_db

D = Decimal


def make_shop(workflow: str = "essential", *, tax: bool = False, **rule: Any) -> Shop:
    """A shop that gives a point for each full 10 and takes it for 0.50; staff need not approve."""
    shop = make_selling_shop(workflow, tax_included=not tax)
    points.set_rule(
        shop, **({"active": True, "amount_each": D(10), "value": D("0.50"), "by_staff": False} | rule)
    )  # fmt: skip
    return shop


def give(account: Account, number: int) -> None:
    """Points for the customer of an account, as the shop gives them by hand."""
    points.correct(
        account.shop, account.customer, number, "Welcome", "Olive", key=str(uuid4()), now=NOW, case_id=None
    )  # fmt: skip


def has(account: Account) -> tuple[int, int]:
    """What the account has, and what waits."""
    found = queries.points(queries.customers(account))
    return found.balance, found.waiting


def moved(case: Case | int) -> list[tuple[str, int, int]]:
    """The movements of an order."""
    number = case if isinstance(case, int) else case.pk
    found = PointsMovement.objects.filter(case_id=number).order_by("pk")
    return [(one.kind, one.points, one.waiting) for one in found]


def buy(account: Account, number: int, *, pieces: int = 1, price: str = "120.00", **how: Any) -> Case:
    """An order of the account, with so many points spent on it."""
    cart = make_cart(account.shop, make_product(account.shop, price=price), pieces, **how)
    use_points(cart, number, now=NOW)
    return Case.objects.select_related("order", "shop").get(pk=confirm_now(cart, owner=account).case_id)


def test_points_are_earned_when_the_order_is_done_and_no_earlier() -> None:
    """E3: for each full amount of the goods after what was taken off, without delivery."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    case = buy(account, 0, price="129.00")
    assert case.order.points == 12
    pay(case)
    assert has(account) == (0, 0)
    move(case, "completed")
    assert has(account) == (12, 0)
    assert moved(case) == [("earned", 12, 0)]
    entry = Entry.objects.get(case_id=case.pk, kind="points")
    assert (entry.data, entry.shown) == ({"act": "earned", "points": 12, "waiting": 0}, True)
    move(case, "processing")
    move(case, "completed")
    assert has(account) == (12, 0)
    assert list(verify(shop)) == []


@pytest.mark.parametrize("approve", [True, False])
def test_staff_approve_points_or_give_none(approve: bool) -> None:
    """E3: points this order earns, approve or not."""
    shop = make_shop(by_staff=True)
    account = make_account(shop, "jo@example.com")
    case = buy(account, 0)
    pay(case)
    move(case, "completed")
    assert has(account) == (0, 12)
    form = Processing(points_approved=True) if approve else Processing(points=0)
    for _twice in range(2):
        process(shop, case.pk, form, actor(shop), now=NOW)
    assert has(account) == ((12, 0) if approve else (0, 0))
    assert moved(case)[1:] == [("approved", 12, -12) if approve else ("refused", 0, -12)]


def test_a_correction_by_staff_changes_what_was_earned() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    case = buy(account, 0)
    process(shop, case.pk, Processing(points=30), actor(shop), now=NOW)
    pay(case)
    move(case, "completed")
    process(shop, case.pk, Processing(points=20), actor(shop), now=NOW)
    assert moved(case) == [("earned", 30, 0), ("set", -10, 0)]
    assert has(account) == (20, 0)


def test_points_go_back_with_a_part_of_the_money_or_all_of_it() -> None:
    """E3: reversed in part or whole, what was earned and what was spent alike."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 100)
    case = buy(account, 40, pieces=1, price="150.00", paid_by="bank")
    assert (case.amount, case.order.points, has(account)) == (D("180.00"), 13, (60, 0))
    pay(case)
    move(case, "completed")
    assert has(account) == (73, 0)
    refunds.refund(shop, case.pk, D(90), actor(shop), now=NOW)
    assert has(account) == (60 + 20 + 6, 0)
    case.refresh_from_db()
    assert case.status == "completed"
    refunds.refund(shop, case.pk, D(90), actor(shop), now=NOW)
    case.refresh_from_db()
    assert (case.status, has(account)) == ("refunded", (100, 0))


def test_an_order_refunded_in_part_promises_the_points_that_it_will_give() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    case = buy(account, 0, pieces=1, price="150.00", paid_by="bank")
    pay(case)
    assert (case.order.points, points_of(case.order).earning) == (15, 15)
    refunds.refund(shop, case.pk, D(50), actor(shop), now=NOW)
    promised = points_of(Order.objects.get(pk=case.pk)).earning
    move(case, "completed")
    assert (promised, has(account)) == (11, (11, 0))


def test_what_was_spent_already_cannot_be_taken_back_and_nobody_owes_points() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    case = buy(account, 0, price="1000.00")
    pay(case)
    move(case, "completed")
    other = buy(account, 90)
    assert has(account) == (10, 0)
    refunds.refund(shop, case.pk, D(1_050), actor(shop), now=NOW)
    assert has(account) == (0, 0)
    assert moved(case)[-1] == ("reversed", -10, 0)
    move(other, "cancelled")
    assert has(account) == (90, 0)


def test_undoing_takes_back_what_a_move_gave() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 50)
    case = buy(account, 50)
    pay(case)
    undo(shop, move(case, "completed").act_id, actor(shop), now=NOW)
    assert has(account) == (0, 0)
    done = move(case, "cancelled")
    assert has(account) == (50, 0)
    undo(shop, done.act_id, actor(shop), now=NOW)
    assert (has(account), Case.objects.get(pk=case.pk).amount) == ((0, 0), case.amount)
    move(case, "completed")
    assert has(account) == (case.order.points, 0)


@pytest.mark.parametrize(
    ("rule", "balance", "wanted", "used"),
    [
        ({}, 100, 40, 40),
        ({}, 100, 500, 100),
        ({}, 500, 500, 240),
        ({"most_percent": 25}, 500, 500, 60),
        ({"least": 50}, 100, 40, 0),
        ({"least": 50}, 40, 40, 0),
        ({"active": False}, 100, 40, 0),
    ],
)
def test_how_many_points_can_be_spent(rule: dict[str, Any], balance: int, wanted: int, used: int) -> None:
    """E3: no more than there are, than the goods cost and the shop takes; no fewer than it wants at a time."""
    shop = make_shop(**rule)
    account = make_account(shop, "jo@example.com")
    give(account, balance)
    cart = make_cart(shop, make_product(shop))
    use_points(cart, wanted, now=NOW)
    review = reviewed(cart, account)
    assert (review.points.used, review.totals.total) == (used, D(170) - used * D("0.50"))
    assert reviewed(cart).points.used == 0


def test_points_that_pay_all_of_it_leave_nothing_to_pay() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 300)
    service = make_product(shop, pieces=0)
    change_product(service, stocked=False, now=NOW)
    cart = make_cart(shop, service)
    use_points(cart, 240, now=NOW)
    case = Case.objects.get(pk=confirm_now(cart, owner=account).case_id)
    assert (case.amount, case.payment, case.status) == (D(0), "paid", "processing")
    assert has(account) == (60, 0)


def test_nobody_spends_points_of_an_account_that_is_not_open() -> None:
    """The cart says how many, who has signed in says whose."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 100)
    cart = make_cart(shop, make_product(shop))
    use_points(cart, 40, now=NOW)
    with pytest.raises(Changed):
        confirm_now(cart, seen(cart, account))
    case = Case.objects.get(pk=confirm_now(cart).case_id)
    assert (case.amount, has(account)) == (D(170), (100, 0))


@pytest.mark.parametrize("tax", [False, True])
@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_points_come_back_when_the_hold_ends_and_the_order_costs_its_full_price(workflow: str, tax: bool) -> None:
    """E3, A4: held while somebody pays, like the goods; a failed payment keeps them as long as it keeps the goods."""
    shop = make_shop(workflow, tax=tax)
    account = make_account(shop, "jo@example.com")
    give(account, 40)
    case = buy(account, 40)
    assert (case.amount, has(account)) == (D(150), (0, 0))
    record_payment(shop, case.pk, D(150), "UAH", actor(shop), now=NOW, state="failed")
    assert has(account) == (0, 0)
    assert release_due(NOW + timedelta(minutes=OrderSettings.of(shop).pay_minutes)) == 1
    case.refresh_from_db()
    case.order.refresh_from_db()
    assert (case.amount, case.order.discount, has(account)) == (D(170), 0, (40, 0))
    assert moved(case) == [("spent", -40, 0), ("returned", 40, 0)]


def test_money_that_comes_late_is_honoured_with_the_points_it_was_asked_with() -> None:
    """E2: they were given back, nobody spent them, and the order is paid as it was agreed."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 40)
    case = buy(account, 40)
    release_due(NOW + timedelta(minutes=OrderSettings.of(shop).pay_minutes))
    record_payment(shop, case.pk, D(150), "UAH", actor(shop), now=NOW)
    case.refresh_from_db()
    assert (case.amount, case.payment, case.status, has(account)) == (D(150), "paid", "processing", (0, 0))


def test_money_that_comes_late_is_a_part_of_the_price_where_the_points_are_gone() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 40)
    case = buy(account, 40)
    release_due(NOW + timedelta(minutes=OrderSettings.of(shop).pay_minutes))
    buy(account, 30)
    record_payment(shop, case.pk, D(150), "UAH", actor(shop), now=NOW)
    case.refresh_from_db()
    assert (case.amount, case.payment, case.status, has(account)) == (D(170), "partial", "pending", (10, 0))


def test_an_order_taken_up_again_takes_its_points_again_or_costs_its_full_price() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 40)
    case = buy(account, 40)
    for _twice in range(2):
        move(case, "cancelled")
        assert has(account) == (40, 0)
        move(case, "pending")
        assert has(account) == (0, 0)
    move(case, "cancelled")
    buy(account, 10)
    move(case, "pending")
    case.refresh_from_db()
    assert (case.amount, has(account)) == (D(170), (30, 0))


def test_deleting_an_order_gives_back_what_it_spent() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 40)
    case = buy(account, 40)
    delete(shop, [case.pk], actor(shop), reason="double", now=NOW)
    assert has(account) == (40, 0)


def test_an_account_spends_the_points_of_all_the_customers_it_stands_for() -> None:
    """Somebody ordered as a guest with another phone: the e-mail address is proved, so the points are theirs."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 10)
    guest = make_order(shop, customer=CustomerDraft("Jo", "jo@example.com", "+380501112299"), points=15)
    pay(guest)
    move(guest, "completed")
    assert has(account) == (25, 0)
    case = buy(account, 20)
    assert sorted(moved(case)) == [("spent", -10, 0), ("spent", -10, 0)]
    assert guest.customer is not None
    assert queries.person(guest.customer) == sorted(queries.customers(account))
    move(case, "cancelled")
    assert has(account) == (25, 0)


def test_a_correction_is_made_once_and_takes_no_more_than_there_is() -> None:
    shop = make_shop()
    customer = make_account(shop, "jo@example.com").customer

    def correct(change: int, key: str) -> bool:
        return points.correct(shop, customer, change, "Sorry", "Olive", key=key, now=NOW, case_id=None)

    assert [correct(30, "a"), correct(30, "a"), correct(-10, "b")] == [True, False, True]
    with pytest.raises(TooFew) as few:
        correct(-21, "c")
    assert few.value.there == 20
    assert queries.points([customer.pk]).balance == 20


def test_points_lapse_when_the_shop_wants_it_and_nobody_touched_them() -> None:
    shop = make_shop(months=12)
    kept = make_shop()
    one, other = make_account(shop, "jo@example.com"), make_account(kept, "jo@example.com")
    give(one, 30)
    give(other, 30)
    assert points.lapse(NOW + timedelta(days=359)) == 0
    assert points.lapse(NOW + timedelta(days=361)) == 1
    assert points.lapse(NOW + timedelta(days=361)) == 0
    assert (has(one), has(other)) == ((0, 0), (30, 0))


def test_a_movement_is_never_changed() -> None:
    """Append-only in the database itself."""
    shop = make_shop()
    give(make_account(shop, "jo@example.com"), 30)
    with pytest.raises(DatabaseError), transaction.atomic():
        PointsMovement.objects.update(points=40)
    with pytest.raises(DatabaseError), transaction.atomic():
        PointsBalance.objects.update(balance=-1)


@pytest.mark.django_db(transaction=True)
def test_the_same_points_are_spent_once_by_whoever_comes_first() -> None:
    """E3: four confirmations at the same moment, and points for one."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 40)
    carts: list[Cart] = []
    for number in range(4):
        cart = make_cart(shop, make_product(shop), email=f"customer{number}@example.com")
        use_points(cart, 40, now=NOW)
        carts.append(cart)
    shown = [seen(cart, account) for cart in carts]

    def try_one(number: int) -> bool:
        try:
            confirm_now(carts[number], shown[number], owner=account)
        except Changed:
            return False
        return True

    assert at_once(try_one, 4, hands=4).count(True) == 1
    assert has(account) == (0, 0)
    assert PointsMovement.objects.filter(kind=PointsKind.SPENT).count() == 1


def test_the_statements_do_not_depend_on_the_number_of_orders() -> None:
    shop, counts = make_shop(), []
    for number in (1, 3):
        cases = make_orders(shop, number, points=5, payment_method="on-receipt")
        move(cases, "processing")
        with CaptureQueriesContext(connection) as asked:
            move(cases, "completed")
        counts.append(len(asked))
    assert PointsMovement.objects.filter(kind=PointsKind.EARNED).count() == 4
    assert counts[0] == counts[1]


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 60)),
        st.tuples(st.just("pay"), st.integers(0, 3)),
        st.tuples(st.just("move"), st.integers(0, 3), st.sampled_from(
            ["processing", "completed", "cancelled", "pending", "on-hold", "refunded"]
        )),
        st.tuples(st.just("refund"), st.integers(0, 3), st.integers(1, 170)),
        st.tuples(st.just("set"), st.integers(0, 3), st.integers(0, 40)),
        st.tuples(st.just("approve"), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("give"), st.integers(-30, 60)),
        st.tuples(st.just("release"),),
        st.tuples(st.just("undo"),),
        st.tuples(st.just("delete"), st.integers(0, 3)),
    ),
    max_size=16,
)  # fmt: skip


class World:
    """An account, its orders, and everything that can happen to their points."""

    def __init__(self, *, by_staff: bool) -> None:
        self.shop = make_shop(by_staff=by_staff)
        self.account = make_account(self.shop, "jo@example.com")
        self.product = make_product(self.shop, pieces=100)
        give(self.account, 50)

    def do(self, act: str, *how: object) -> None:
        shop, cases = self.shop, list(Case.objects.filter(shop=self.shop).order_by("pk"))
        which = cases[int(str(how[0])) % len(cases)] if cases and how else None
        match act, how:
            case "buy", (int(number),):
                cart = make_cart(shop, self.product)
                use_points(cart, number, now=NOW)
                confirm_now(cart, owner=self.account)
            case "give", (int(number),) if number:
                with suppress(TooFew):
                    give(self.account, number)
            case "release", ():
                release_due(NOW + timedelta(days=1))
            case "undo", ():
                last = Act.objects.filter(shop=shop, undone_at=None).order_by("-at", "-pk").first()
                with suppress(NotUndoable):
                    if last is not None:
                        undo(shop, last.pk, actor(shop), now=NOW)
            case "pay", _ if which:
                pay(which)
            case "move", (_, str(target)) if which:
                move(which, target)
            case "refund", (_, int(amount)) if which:
                with suppress(TooMuch):
                    refunds.refund(shop, which.pk, D(amount), actor(shop), now=NOW)
            case "set", (_, int(number)) if which:
                process(shop, which.pk, Processing(points=number), actor(shop), now=NOW)
            case "approve", (_, bool(yes)) if which:
                process(shop, which.pk, Processing(points_approved=yes), actor(shop), now=NOW)
            case "delete", _ if which:
                delete(shop, [which.pk], actor(shop), reason="double", now=NOW)

    def check(self) -> None:
        """What is there is what came and went, never below nought, and no order has counted anything twice."""
        sums = PointsMovement.objects.filter(shop=self.shop).values("customer_id")
        sums = sums.annotate(balance=Sum("points"), waiting=Sum("waiting"))
        balances = PointsBalance.objects.filter(shop=self.shop).exclude(balance=0, waiting=0)
        assert {one.customer_id: (one.balance, one.waiting) for one in balances} == {
            one["customer_id"]: (one["balance"], one["waiting"]) for one in sums if one["balance"] or one["waiting"]
        }
        assert not balances.filter(balance__lt=0).exists()
        for order in Order.objects.filter(shop=self.shop).select_related("case"):
            rows = PointsMovement.objects.filter(case_id=order.pk)
            spent = -sum(one.points for one in rows if one.kind in ("spent", "returned"))
            earned = sum(one.points + one.waiting for one in rows if one.kind not in ("spent", "returned"))
            ended = order.case.phase == "ended"
            assert 0 <= spent <= (0 if ended else order.points_spent)
            assert ended or spent == 0 or order.points_off
            # What was spent elsewhere meanwhile cannot be taken back.
            assert 0 <= earned <= max(order.points, 40, 17)
            less = order.points_value if order.points_off else 0
            assert order.case.amount == D(170) - less


@settings(max_examples=few(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS, by_staff=st.booleans())
def test_whatever_happens_the_balance_is_the_sum_of_what_came_and_went(acts: list[Any], by_staff: bool) -> None:
    """E3: random sequences of buying, paying, moving, refunding, correcting, approving, undoing and deleting."""
    with transaction.atomic():
        world = World(by_staff=by_staff)
        for act in acts:
            with suppress(NotEnough):
                world.do(*act)
            world.check()
        assert list(verify(world.shop)) == []
        transaction.set_rollback(True)


def test_papers_and_the_api_name_points_apart_from_the_discount() -> None:
    """E4: every list of sums adds up with points in a line of their own."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 40)
    case = buy(account, 40)
    pay(case)
    (paper,) = papers_of_case(case)
    said = read_receipt(paper.data)
    assert (said.discount, said.points, said.by_points) == (D(0), 40, D(20))
    assert said.subtotal + said.shipping - said.discount - said.by_points == said.total == case.amount
    told: Any = shows.order(case, [])
    assert (told["discount"], told["points"]["worth"], told["points"]["spent"]) == ("0.00", "20.00", 40)


def test_an_order_that_becomes_cheaper_than_its_points_gives_the_others_back() -> None:
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    give(account, 100)
    case = buy(account, 100)
    assert (case.order.paid_by_points, has(account)) == (D(50), (0, 0))
    costs = Costs(shipping=D(50), discount=D(10))
    edit_lines(shop, case.pk, [LineEdit(LineDraft("Shirt", 1, D(120)))], costs, actor(shop), now=NOW)
    case = Case.objects.select_related("order", "shop").get(pk=case.pk)
    assert (case.order.discount_else, case.order.paid_by_points, case.amount) == (D(10), D(50), D(110))
    edit_lines(shop, case.pk, [LineEdit(LineDraft("Cap", 1, D(40)))], costs, actor(shop), now=NOW)
    case = Case.objects.select_related("order", "shop").get(pk=case.pk)
    assert (case.order.discount_else, case.order.paid_by_points, case.amount) == (D(10), D(30), D(50))
    assert (case.order.points_spent, has(account)) == (60, (40, 0))
    move(case, "cancelled")
    assert has(account) == (100, 0)
