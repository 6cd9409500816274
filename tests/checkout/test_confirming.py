"""Confirming a cart: one order however often, incomplete until it is paid, goods held, codes counted (E1, E2, A4)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.catalog.operations import change_product, count
from tartib.checkout import discounts
from tartib.checkout.confirming import Changed, NotReady, confirm
from tartib.checkout.details import Details
from tartib.checkout.discounts import Unfit, spelled
from tartib.checkout.models import Cart, CartLine, Redemption
from tartib.checkout.operations import choose_delivery, describe, enter_code, put_in
from tartib.checkout.queries import review
from tartib.checkout.steps import Step
from tartib.journal.models import Entry
from tartib.notify.models import NEWS, Message, State
from tartib.notify.rendering import render_all
from tartib.orders.holding import NotEnough, release_due
from tartib.orders.models import Line, Order, OrderSettings
from tartib.orders.paying import ways
from tartib.orders.payment_words import words
from tartib.orders.repaying import NotPayable, pay_by, payable
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways.protocol import Fate, GatewayNotice
from tartib.shipping.operations import set_up
from tartib.shops.operations import add_branch
from tests.checkout.selling import account, confirm_now, make_cart, make_selling_shop, reviewed, seen
from tests.factories import NOW, actor, make_product, make_shop, move, pay
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def told(case_id: int) -> list[str]:
    """What is about to be said of an order, and to whom."""
    waiting = Message.objects.filter(case=case_id, channel="email", state=State.HELD).order_by("kind")
    return [f"{message.kind} {message.recipient}" for message in waiting]


BOTH = ["opened shop@example.com", "placed jo@example.com"]
AND_STATUS = [*BOTH, "status jo@example.com"]


def test_the_order_is_what_the_final_check_showed() -> None:
    """E1: goods, delivery, payment, words, address, IP, language: all of it is on the order."""
    shop = make_selling_shop()
    product = make_product(shop, price="120.00")
    cart = make_cart(shop, product, 2)
    assert reviewed(cart).totals.total == 290
    case = Case.objects.select_related("customer").get(pk=confirm_now(cart).case_id)
    order, line = Order.objects.get(pk=case.pk), Line.objects.get(case=case)
    assert (case.amount, case.currency, case.language, case.payment) == (Decimal(290), "UAH", "en", "unpaid")
    assert (line.product, line.quantity, line.total, line.reserved) == (product, 2, Decimal(240), 2)
    assert (order.subtotal, order.shipping, order.discount) == (Decimal(240), Decimal(50), Decimal(0))
    assert (order.payment_method, order.payment_method_name) == ("online", "Practice payment")
    assert (order.shipping_method, order.ship_to.city, order.bill_to.line1) == ("Courier", "Kyiv", "1 River Street")
    assert (order.ip, order.customer_note) == ("203.0.113.9", "Ring twice")
    assert case.customer is not None
    assert case.customer.email == "jo@example.com"
    assert Entry.objects.filter(case_id=case.pk, kind="note").get().data["text"] == "Ring twice"


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_an_order_to_be_paid_online_is_incomplete_and_the_shop_is_told_once_it_is_paid(workflow: str) -> None:
    """D5, E2, E7: recorded in advance, which the customer is told, with where to pay; the shop when the money is there.

    Who pays before the confirmation went gets it all the same, without what it asks for, and then that it is paid.
    """
    shop = make_selling_shop(workflow)
    confirmed = confirm_now(make_cart(shop, make_product(shop)))
    case = Case.objects.get(pk=confirmed.case_id)
    assert case.status == case.flow.start
    assert (
        confirmed.until
        == NOW + timedelta(minutes=OrderSettings.of(shop).pay_minutes)
        == Order.objects.get(pk=case.pk).held_until
    )
    assert confirmed.account is not None
    assert told(case.pk) == BOTH[1:]
    (first,) = Message.objects.select_related("case", "shop").filter(case=case)
    said = render_all([first])[first.pk].text
    assert f"/t/{case.token}/pay/" in said
    assert "Paid:" not in said
    pay(case)
    case.refresh_from_db()
    assert case.status == {"essential": "processing", "delivery": "paid", "checkout": "recorded"}[workflow]
    assert told(case.pk) == AND_STATUS
    news = Message.objects.select_related("case", "shop").filter(case=case, kind__in=NEWS, state=State.HELD)
    placed, paid = news.order_by("pk")
    letters = {message.pk: render_all([message])[message.pk] for message in (placed, paid)}
    assert all("/pay/" not in letter.text and "Paid: ₴170.00" in letter.text for letter in letters.values())
    assert letters[placed.pk].subject.startswith("We have your order")
    assert case.flow.status(placed.status).customer.say("en") not in letters[placed.pk].text
    assert "Blue shirt" in letters[placed.pk].text
    assert case.flow.status(paid.status).name.say("en") in letters[paid.pk].subject


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_the_shop_is_told_when_the_customer_turns_to_a_transfer(workflow: str) -> None:
    """E7: somebody has to look for the money, and is told of the order once."""
    shop = make_selling_shop(workflow)
    case = Case.objects.get(pk=confirm_now(make_cart(shop, make_product(shop))).case_id)
    pay_by(shop, case.pk, account(shop, "bank").pk, now=NOW)
    assert told(case.pk) == (AND_STATUS if workflow == "checkout" else BOTH)
    pay(case)
    assert told(case.pk) == AND_STATUS


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
@pytest.mark.parametrize("paid_by", ["bank", "cash"])
def test_any_other_order_is_recorded_at_once_and_told_of(workflow: str, paid_by: str) -> None:
    """E2, E7: cash on delivery and bank transfer finish the checkout."""
    shop = make_selling_shop(workflow)
    confirmed = confirm_now(make_cart(shop, make_product(shop), paid_by=paid_by))
    case = Case.objects.get(pk=confirmed.case_id)
    assert case.status == ("recorded" if workflow == "checkout" else case.flow.start)
    assert told(case.pk) == BOTH
    assert (confirmed.account is None) == (paid_by == "cash")
    days = None if paid_by == "cash" else NOW + timedelta(days=OrderSettings.of(shop).stale_after_days)
    assert Order.objects.get(pk=case.pk).held_until == days
    if paid_by == "bank":
        pay(case)
        assert told(case.pk) == (BOTH if workflow == "checkout" else AND_STATUS)


@pytest.mark.parametrize("workflow", ["essential", "checkout"])
def test_a_recorded_order_can_be_paid_from_afar_until_it_is_paid_or_over(workflow: str) -> None:
    """E2: the link in the letter leads to paying, whatever way was chosen first and wherever the order stands."""
    shop = make_selling_shop(workflow)
    case = Case.objects.get(pk=confirm_now(make_cart(shop, make_product(shop), paid_by="bank")).case_id)
    assert words([case.pk], "en")[case.pk]["pay_link"].endswith(f"/t/{case.token}/pay/")
    way, _until = pay_by(shop, case.pk, account(shop, "practice").pk, now=NOW)
    assert (way.method, Order.objects.get(pk=case.pk).payment_method) == ("online", "online")
    pay(case)
    case.refresh_from_db()
    assert not payable(case)
    other = Case.objects.get(pk=confirm_now(make_cart(shop, make_product(shop, name="Cap"), paid_by="bank")).case_id)
    move(other, "cancelled")
    other.refresh_from_db()
    with pytest.raises(NotPayable):
        pay_by(shop, other.pk, account(shop, "practice").pk, now=NOW)


@pytest.mark.parametrize("workflow", ["essential", "checkout"])
def test_cash_on_delivery_stays_so_until_other_money_is_there(workflow: str) -> None:
    shop = make_selling_shop(workflow)
    case = Case.objects.get(pk=confirm_now(make_cart(shop, make_product(shop), paid_by="cash")).case_id)
    practice = account(shop, "practice")
    _way, until = pay_by(shop, case.pk, practice.pk, now=NOW)
    assert (until, Order.objects.get(pk=case.pk).payment_method) == (None, "on-receipt")
    attempt = start(shop, case.pk, practice, now=NOW)
    apply_notice(
        practice, GatewayNotice("paid", Fate.DONE, attempt=attempt.key, amount=attempt.amount, currency="UAH"), now=NOW
    )
    case.refresh_from_db()
    assert (case.payment, Order.objects.get(pk=case.pk).payment_method) == ("paid", "online")


def test_confirming_again_is_the_same_order() -> None:
    """E1: a double click, a repeated request and the back button make one order."""
    shop = make_selling_shop()
    cart = make_cart(shop, make_product(shop))
    shown = seen(cart)
    first, second = confirm_now(cart, shown), confirm_now(cart, shown)
    assert (second.case_id, second.token, second.repeated) == (first.case_id, first.token, True)
    assert Case.objects.filter(shop=shop).count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_at_the_same_moment_is_one_order() -> None:
    shop = make_selling_shop()
    cart = make_cart(shop, make_product(shop))
    shown = seen(cart)
    results = at_once(lambda _number: confirm_now(cart, shown), 6, hands=6)
    assert len({result.case_id for result in results}) == 1
    assert Case.objects.filter(shop=shop).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_goes_to_one_and_the_other_keeps_the_cart() -> None:
    """A4: two people confirm at the same moment, and one piece is left."""
    shop = make_selling_shop()
    product = make_product(shop, pieces=1)
    carts = [make_cart(shop, product, email=f"customer{number}@example.com") for number in range(4)]
    shown = [seen(cart) for cart in carts]

    def try_one(number: int) -> str:
        try:
            confirm_now(carts[number], shown[number])
        except (NotEnough, Changed, NotReady) as problem:
            return type(problem).__name__
        return ""

    answers = at_once(try_one, 4, hands=4)
    assert answers.count("") == 1
    assert Stock.objects.get(product=product).reserved == 1
    assert Case.objects.filter(shop=shop).count() == 1
    assert CartLine.objects.filter(cart__confirmed_at=None).count() == 3


def test_another_price_than_the_one_seen_is_shown_first() -> None:
    shop = make_selling_shop()
    product = make_product(shop)
    cart = make_cart(shop, product)
    shown = seen(cart)
    change_product(product, price=Decimal("99.00"))
    with pytest.raises(Changed) as changed:
        confirm_now(cart, shown)
    assert changed.value.review.totals.total == Decimal("149.00")
    assert not Case.objects.filter(shop=shop).exists()


def test_a_checkout_not_finished_says_where_to_go_on() -> None:
    shop = make_selling_shop()
    product = make_product(shop)
    cart = make_cart(shop, product)
    Cart.objects.filter(pk=cart.pk).update(account=None)
    with pytest.raises(NotReady) as unready:
        confirm_now(cart)
    assert unready.value.step == Step.PAYMENT
    count(product, shop.branches.get(), 0, actor(shop), now=NOW)
    with pytest.raises(NotReady) as unready:
        confirm_now(cart)
    assert unready.value.step == Step.CART


def test_a_cart_is_confirmed_in_its_own_shop() -> None:
    shop = make_selling_shop()
    cart = make_cart(shop, make_product(shop))
    with pytest.raises(Cart.DoesNotExist):
        confirm(make_shop(), cart.key, "1", ip=None, now=NOW)


def test_what_is_picked_up_comes_from_that_branch() -> None:
    """E1: picking up costs nothing, and the goods are those of the branch."""
    shop = make_selling_shop()
    product = make_product(shop, pieces=1)
    harbour = add_branch(shop, code="2", name="Harbour")
    count(product, harbour, 3, actor(shop), now=NOW)
    cart = make_cart(shop, product, paid_by="cash")
    data = Cart.objects.get(pk=cart.pk).details | {"pickup": True}
    Cart.objects.filter(pk=cart.pk).update(details=data)
    choose_delivery(cart, set_up(shop, [], kind="pickup", names={"en": "At the harbour"}, branch=harbour), now=NOW)
    case = Case.objects.get(pk=confirm_now(cart).case_id)
    assert (case.branch, case.amount) == (harbour, Decimal(120))
    assert Stock.objects.get(product=product, branch=harbour).reserved == 1


def test_an_order_that_costs_nothing_needs_no_payment() -> None:
    shop = make_selling_shop()
    product = make_product(shop)
    discounts.set_up(shop, code="GIFT", kind="percent", value=Decimal(100), now=NOW)
    shop.shipping_methods.update(free_from=0)
    cart = make_cart(shop, product)
    enter_code(cart, "gift", now=NOW)
    assert reviewed(cart).totals.total == 0
    case = Case.objects.get(pk=confirm_now(cart).case_id)
    assert (case.payment, case.status) == ("paid", "processing")
    assert told(case.pk) == BOTH


def test_an_unpaid_orders_goods_go_back_and_a_cancelled_ones_code_too() -> None:
    shop = make_selling_shop()
    product = make_product(shop)
    discounts.set_up(shop, code="ONCE", kind="amount", value=Decimal(10), most_uses=1, now=NOW)
    cart = make_cart(shop, product)
    enter_code(cart, "ONCE", now=NOW)
    case = Case.objects.get(pk=confirm_now(cart).case_id)
    assert Order.objects.get(pk=case.pk).discount_code == "ONCE"
    assert release_due(NOW + timedelta(minutes=OrderSettings.of(shop).pay_minutes)) == 1
    other = make_cart(shop, product, email="other@example.com")
    enter_code(other, "ONCE", now=NOW)
    assert review(other, now=NOW).unfit == Unfit.USED_UP
    move(case, "cancelled")
    assert review(other, now=NOW).unfit is None


@pytest.mark.parametrize(
    ("limits", "unfit"),
    [
        ({"starts_at": NOW + timedelta(hours=1)}, Unfit.EARLY),
        ({"ends_at": NOW}, Unfit.OVER),
        ({"minimum": Decimal("120.01")}, Unfit.TOO_LITTLE),
        ({"minimum": Decimal("120.00"), "starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}, None),
        ({"active": False}, Unfit.UNKNOWN),
    ],
)
def test_a_code_holds_within_its_limits(limits: dict[str, Any], unfit: Unfit | None) -> None:
    shop = make_selling_shop()
    discounts.set_up(shop, code="spring 10", kind="percent", value=Decimal(10), now=NOW, **limits)
    cart = make_cart(shop, make_product(shop))
    enter_code(cart, " Spring ۱۰", now=NOW)
    shown = review(cart, now=NOW)
    assert shown.unfit == unfit
    assert shown.totals.discount == (0 if unfit else 12)
    assert spelled("spring ۱۰") == "SPRING10"


def test_a_code_is_for_each_customer_so_often() -> None:
    shop = make_selling_shop()
    product = make_product(shop)
    discounts.set_up(shop, code="HELLO", kind="shipping", most_per_customer=1, now=NOW)
    one, other, third = "+380501112233", "+380501112244", "+380501112255"
    for email, phone, unfit in (
        ("jo@example.com", one, None),
        ("sam@example.com", other, None),
        ("jo@example.com", third, Unfit.USED),
        ("jo+again@example.com", third, Unfit.USED),
        ("new@example.com", one, Unfit.USED),
        ("jo@example.org", third, None),
    ):
        cart = make_cart(shop, product, email=email, phone=phone)
        enter_code(cart, "HELLO", now=NOW)
        assert review(cart, now=NOW).unfit == unfit
        confirm_now(cart)
    assert Redemption.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_last_use_of_a_code_is_given_once() -> None:
    """Six people confirm at the same moment with a code that holds twice."""
    shop = make_selling_shop()
    product = make_product(shop, pieces=50)
    discounts.set_up(shop, code="TWO", kind="amount", value=Decimal(5), most_uses=2, now=NOW)
    carts = [make_cart(shop, product, email=f"c{number}@example.com") for number in range(6)]
    for cart in carts:
        enter_code(cart, "TWO", now=NOW)
    shown = [seen(cart) for cart in carts]

    def try_one(number: int) -> bool:
        try:
            confirm_now(carts[number], shown[number])
        except Changed:
            return False
        return True

    assert sum(at_once(try_one, 6, hands=6)) == 2 == Redemption.objects.count()


def test_the_first_message_says_what_was_ordered() -> None:
    """E1, E7: the confirmation has the goods, the total and the link, whatever status it tells."""
    shop = make_selling_shop("delivery")
    case = Case.objects.get(pk=confirm_now(make_cart(shop, make_product(shop, name="Blue shirt"))).case_id)
    pay(case)
    letter = Message.objects.select_related("case", "shop").get(case=case, kind="placed", channel="email")
    text = render_all([letter])[letter.pk].text
    assert "1 × Blue shirt" in text
    assert "170.00" in text
    assert f"/t/{case.token}/" in text
    Message.objects.filter(case=case).update(state=State.SENT, sent_at=NOW)
    move(case, "picking")
    later = Message.objects.select_related("case", "shop").get(case=case, status="picking", channel="email")
    assert "Blue shirt" not in render_all([later])[later.pk].text


def test_what_is_picked_up_is_not_paid_on_delivery() -> None:
    """E1: the words of payment fit the way the customer gets it; the order knows how it gets to them."""
    shop = make_selling_shop()
    (branch,) = shop.branches.all()
    method = set_up(shop, [], kind="pickup", names={"en": "Collect"}, branch=branch)
    cart = make_cart(shop, make_product(shop), paid_by="cash")
    with override("en"):
        assert [way.name for way in ways(shop, "UAH")][-1] == "Cash on delivery"
    describe(cart, replace(Details.read(cart.details), pickup=True), now=NOW)
    choose_delivery(cart, method, now=NOW)
    order = Order.objects.get(pk=confirm_now(cart).case_id)
    assert (order.payment_method_name, order.delivery) == ("Pay when you pick it up", "pickup")
    assert order.circumstances == {"on-receipt", "pickup", "unpaid"}
    told = words([order.pk], "en")[order.pk]
    assert told["transfer"] == ""


def test_what_nobody_hands_over_is_not_paid_on_receipt() -> None:
    """E1: of a gift card nothing arrives at which one could pay; a shop that knows no other way takes that one."""
    shop = make_selling_shop()
    card, cash = make_product(shop, name="Gift card"), account(shop, "cash")
    change_product(card, stocked=False)
    cart = make_cart(shop, card, paid_by="cash")
    assert cash.pk not in [way.account.pk for way in ways(shop, "UAH", handed_over=reviewed(cart).handed_over)]
    with pytest.raises(NotReady) as refused:
        confirm_now(cart)
    assert refused.value.step == Step.PAYMENT
    case = Case.objects.get(pk=confirm_now(make_cart(shop, card, paid_by="bank")).case_id)
    with pytest.raises(NotPayable):
        pay_by(shop, case.pk, cash.pk, now=NOW)
    mixed = make_cart(shop, make_product(shop), paid_by="cash")
    put_in(mixed, card, 1, now=NOW)
    assert confirm_now(mixed)


def test_a_transfer_is_told_with_amount_reference_and_day() -> None:
    """E1, E7: where to, how much, what for and until when."""
    shop = make_selling_shop()
    bank = account(shop, "bank")
    bank.settings = {"holder": "Shop Ltd", "bank": "Bank", "number": "UA12"}
    bank.save()
    case = Case.objects.get(pk=confirm_now(make_cart(shop, make_product(shop), paid_by="bank")).case_id)
    told = words([case.pk], "en")[case.pk]
    assert (told["transfer_reference"], told["transfer_until"]) == (case.code, f"{NOW + timedelta(days=7):%-d %b %Y}")
    assert "170" in told["transfer_amount"] and "UA12" in told["transfer"]
