"""An order that is edited is taxed as if it had been placed so, to the last coin (E1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tartib.cases.models import Case
from tartib.catalog.models import Product
from tartib.catalog.operations import change_product
from tartib.checkout import discounts, manual_order
from tartib.checkout.manual_order import Wish
from tartib.checkout.models import Cart
from tartib.checkout.operations import choose_delivery, describe, enter_code, put_in, use_points
from tartib.checkout.queries import Review
from tartib.customers import points
from tartib.customers.address import Address
from tartib.customers.identity import Account
from tartib.orders.changing import change
from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs, LineEdit
from tartib.orders.models import Line, Order
from tartib.orders.taxes import Tax, set_taxes
from tartib.shipping.operations import set_up
from tartib.shops.models import Shop
from tests.checkout.selling import confirm_now, make_cart, make_selling_shop, reviewed
from tests.examples import few
from tests.factories import NOW, actor, make_account, make_product, order_draft

pytestmark = pytest.mark.django_db
D = Decimal

BOOKS = "books"
RATES = [Tax(D(20)), Tax(D("7.5"), "UA", tax_class=BOOKS), Tax(D(23), "PL")]


def draft(product: Product, pieces: int) -> LineDraft:
    return LineDraft(product.name, pieces, product.price, sku=product.sku)


def edit(case: Case | int, *rows: tuple[Product, int], **costs: Any) -> Order:
    """The order with so many pieces of these products, at these costs; what is not said stays."""
    order = Order.objects.select_related("case__shop").get(pk=case.pk if isinstance(case, Case) else case)
    lines = {line.sku: line.pk for line in Line.objects.filter(case=order.case)}
    edits = [LineEdit(draft(product, pieces), lines.get(product.sku)) for product, pieces in rows]
    asked = Costs(**({"shipping": order.shipping, "discount": order.discount_else} | costs))
    change(order.case.shop, order.pk, edits, asked, actor(order.case.shop), now=NOW)
    return Order.objects.select_related("case").get(pk=order.pk)


def sums(order: Order) -> tuple[Decimal | None, ...]:
    return (order.subtotal, order.shipping, order.discount, order.tax, order.points_tax, order.case.amount)


def anew(review: Review) -> tuple[Decimal | None, ...]:
    said = review.totals
    return (said.subtotal, said.shipping, said.discount, said.tax, review.points.tax, said.total)


@dataclass
class Shelf:
    """A shop with rates, a code and points, its goods of two classes, and a customer with an account."""

    shop: Shop
    goods: list[Product]
    owner: Account

    def cart(self, rows: list[tuple[Product, int]], code: str, spent: int) -> Cart:
        cart = make_cart(self.shop, *rows[0])
        for product, pieces in rows[1:]:
            put_in(cart, product, pieces, now=NOW)
        enter_code(cart, code, now=NOW)
        use_points(cart, spent, now=NOW)
        return cart


def make_shelf(code: dict[str, Any] | None = None, **how: Any) -> Shelf:
    shop = make_selling_shop(**how)
    set_taxes(shop, RATES)
    discounts.set_up(shop, code="LESS", now=NOW, **(code or {"kind": "percent", "value": 10}))
    points.set_rule(shop, active=True, amount_each=D(10), value=D("0.50"), by_staff=False)
    owner = make_account(shop, "jo@example.com")
    points.correct(shop, owner.customer, 50, "Welcome", "Olive", key="first", now=NOW, case_id=None)
    goods = [make_product(shop, pieces=100, name=name) for name in ("Shirt", "Novel", "Cap", "Atlas")]
    for product in goods[1::2]:
        change_product(product, tax_class=BOOKS)
    return Shelf(shop, goods, owner)


BASKET = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 9), st.integers(1_000, 99_999)),
    min_size=1, max_size=4, unique_by=lambda row: row[0],
)  # fmt: skip
CODES = st.sampled_from([
    None, {"kind": "percent", "value": D("12.5")}, {"kind": "amount", "value": D("3.33")}, {"kind": "shipping"},
])  # fmt: skip


@settings(max_examples=few(5), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    baskets=st.lists(BASKET, min_size=2, max_size=3), code=CODES, spent=st.sampled_from([0, 7]),
    inside=st.booleans(), delivery=st.booleans(),
)  # fmt: skip
def test_an_edited_order_has_the_sums_of_the_same_basket_placed_anew(
    baskets: list[list[tuple[int, int, int]]],
    code: dict[str, Any] | None,
    spent: int,
    inside: bool,
    delivery: bool,
) -> None:
    """E1: whatever is added, dropped or dearer, with a code and points or without, tax in the prices or on top."""
    with transaction.atomic():
        shelf = make_shelf(code, tax_included=inside, tax_shipping=delivery)
        case = 0
        for basket in baskets:
            for place, _pieces, cents in basket:
                change_product(shelf.goods[place], price=D(cents) / 100)
            rows = [(shelf.goods[place], pieces) for place, pieces, _cents in sorted(basket)]
            if not case:
                cart = shelf.cart(rows, "LESS" if code else "", spent)
                wanted = anew(reviewed(cart, shelf.owner))
                case = confirm_now(cart, owner=shelf.owner).case_id
                assert sums(Order.objects.get(pk=case)) == wanted
                continue
            # What rounding leaves over goes by the order of positions: those that stay come first.
            stays = list(Line.objects.filter(case=case).order_by("position").values_list("sku", flat=True))
            rows.sort(key=lambda row: stays.index(row[0].sku) if row[0].sku in stays else len(stays))
            review = reviewed(shelf.cart(rows, "LESS" if code else "", spent), shelf.owner)
            wanted, less = anew(review), review.totals.discount - review.points.worth
            assert sums(edit(case, *rows, shipping=review.totals.shipping, discount=less)) == wanted
        transaction.set_rollback(True)


@pytest.mark.parametrize(("price", "dearer", "tax"), [("10.35", "22.35", "3.73"), ("1.00", "1000.00", "166.67")])
def test_tax_in_the_prices_is_of_the_new_price_and_not_of_the_tax_before(price: str, dearer: str, tax: str) -> None:
    shop = make_selling_shop(tax_shipping=False)
    set_taxes(shop, RATES)
    product = make_product(shop, price=price)
    case = confirm_now(make_cart(shop, product)).case_id
    change_product(product, price=D(dearer))
    assert edit(case, (product, 1)).tax == D(tax)


def test_positions_keep_the_rates_of_their_order_and_new_ones_take_those_of_its_place() -> None:
    shelf = make_shelf(tax_included=False, tax_shipping=False)
    shirt, novel, cap, _atlas = shelf.goods
    case = confirm_now(shelf.cart([(shirt, 1)], "", 0)).case_id
    set_taxes(shelf.shop, [Tax(D(10)), Tax(D(8), tax_class=BOOKS), Tax(D(5), "UA")])
    order = edit(case, (shirt, 2), (novel, 1), (cap, 1))
    assert order.tax == D("48.00") + D("9.60") + D("6.00")


def by_hand(shelf: Shelf, wish: Wish, *lines: LineDraft, **how: Any) -> int:
    """An order entered at the desk."""
    owner = shelf.shop.default_owner
    assert owner is not None
    placed = manual_order.enter(
        shelf.shop, order_draft(shelf.shop, lines=lines, **how), wish, actor(shelf.shop), now=NOW, owner=owner,
        notify_options=None,
    )  # fmt: skip
    return placed.case_id


def test_an_edit_that_changes_nothing_changes_no_coin_of_the_tax() -> None:
    """A code and an amount that are taken off one after the other are rounded otherwise than both at once."""
    shelf = make_shelf(tax_included=False)
    shirt, novel, *_others = shelf.goods
    for product, price in ((shirt, "8.85"), (novel, "20.26")):
        change_product(product, price=D(price))
    case = by_hand(shelf, Wish(code="LESS", off=D("2.77"), shipping=D(50)), draft(shirt, 1), draft(novel, 1))
    before = sums(Order.objects.get(pk=case))
    assert sums(edit(case, (shirt, 1), (novel, 1))) == before
    assert before[3] == D("12.65")


def test_an_order_by_hand_is_edited_by_the_rates_of_where_it_goes() -> None:
    shelf = make_shelf(tax_included=False)
    set_taxes(shelf.shop, [*RATES, Tax(D(3), "PL", "Mazowsze")])
    shirt, cap = shelf.goods[0], shelf.goods[2]
    there, wish = Address(region="mazowsze", country="PL"), Wish(shipping=D(50), off=D("9.99"))
    order = edit(by_hand(shelf, wish, draft(shirt, 1), ship_to=there), (shirt, 3), (cap, 2))
    both = order_draft(shelf.shop, ship_to=there, lines=(draft(shirt, 3), draft(cap, 2)))
    wanted = manual_order.quote(shelf.shop, both, wish, now=NOW).totals
    assert (order.tax, order.case.amount) == (wanted.tax, wanted.total) == (D("19.20"), D("659.21"))


@pytest.mark.parametrize("written", ["when entered", "when edited"])
def test_tax_that_somebody_wrote_keeps_its_share_from_then_on(written: str) -> None:
    shelf = make_shelf(tax_included=False, tax_shipping=False)
    shirt, novel, *_others = shelf.goods
    case = by_hand(shelf, Wish(tax=D(6) if written == "when entered" else None), draft(shirt, 1))
    if written == "when edited":
        assert edit(case, (shirt, 1), tax=D(6)).tax == 6
    assert edit(case, (shirt, 1), (novel, 1)).tax == D(12)
    assert edit(case, (shirt, 3)).tax == D(18)


def test_what_is_picked_up_is_taxed_by_its_country_also_when_it_is_edited() -> None:
    shelf = make_shelf(tax_included=False, tax_shipping=False)
    set_taxes(shelf.shop, [*RATES, Tax(D(3), "UA", "Lviv")])
    shirt, _novel, cap, _atlas = shelf.goods
    cart = shelf.cart([(shirt, 1)], "", 0)
    details = replace(reviewed(cart).details, ship_to=Address(country="UA", region="Lviv"))
    describe(cart, details, now=NOW)
    assert reviewed(cart).totals.tax == D("3.60")
    describe(cart, replace(details, pickup=True), now=NOW)
    spot = set_up(shelf.shop, [], kind="pickup", names={"en": "Counter"}, branch=shelf.shop.branches.get())
    choose_delivery(cart, spot, now=NOW)
    assert reviewed(cart).totals.tax == D("24.00")
    assert edit(confirm_now(cart).case_id, (shirt, 1), (cap, 1)).tax == D("48.00")


def test_a_code_that_counts_no_more_for_what_is_left_says_so_and_stays_until_somebody_edits_it() -> None:
    shelf = make_shelf(tax_included=False, tax_shipping=False)
    shirt, cap = shelf.goods[0], shelf.goods[2]
    discounts.set_up(shelf.shop, now=NOW, code="ten", kind="percent", value=D(10), minimum=D(200))
    order = Order.objects.get(pk=by_hand(shelf, Wish(code="ten"), draft(shirt, 2), draft(cap, 1)))

    def stands(order: Order) -> discounts.Standing | None:
        return discounts.standing(order, list(Line.objects.filter(case=order.case)))

    assert (order.discount, stands(order)) == (D(36), None)
    order = edit(order.pk, (shirt, 2))
    assert (order.discount, stands(order)) == (D(36), discounts.Standing(D(24)))
    order = edit(order.pk, (shirt, 1))
    assert (order.discount, stands(order)) == (D(36), discounts.Standing(D(0), D(200)))
    assert stands(edit(order.pk, (shirt, 2), (cap, 1))) is None
