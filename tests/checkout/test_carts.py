"""Carts: what is in them, what changed meanwhile, and whose they are (E1)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.catalog.models import Product
from tartib.catalog.operations import change_product, count
from tartib.checkout import queries
from tartib.checkout.details import Details
from tartib.checkout.models import Cart, CartLine
from tartib.checkout.operations import (
    accept,
    choose_delivery,
    describe,
    forget_old,
    merge_into,
    new_cart,
    put_in,
    set_pieces,
)
from tartib.checkout.queries import Change, review
from tartib.customers.address import Address
from tartib.customers.models import Customer
from tartib.orders.taxes import Tax, percent, set_taxes
from tartib.shipping.operations import set_up
from tartib.shipping.quoting import Tier
from tartib.shops.models import Shop
from tartib.shops.operations import add_branch
from tests.factories import NOW, actor, make_product, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop(currency="UAH", country="UA")


def filled(shop: Shop, *products: Product, pieces: int = 1) -> Cart:
    cart = new_cart(shop, "en", now=NOW)
    for product in products:
        put_in(cart, product, pieces, now=NOW)
    return cart


def shelve(shop: Shop, product: Product, pieces: int) -> None:
    count(product, shop.branches.order_by("pk")[0], pieces, actor(shop), now=NOW)


def test_the_same_product_is_one_line(shop: Shop) -> None:
    product = make_product(shop)
    cart = filled(shop, product, pieces=2)
    put_in(cart, product, 3, now=NOW)
    assert list(CartLine.objects.filter(cart=cart).values_list("quantity", flat=True)) == [5]
    assert queries.pieces(shop, cart.token) == 5


def test_the_head_of_a_page_counts_what_can_be_had(shop: Shop) -> None:
    product, service = make_product(shop), make_product(shop)
    change_product(service, stocked=False)
    shelve(shop, product, 60)
    cart = filled(shop, product, service, pieces=999)
    assert queries.pieces(shop, cart.token) == review(cart, now=NOW).pieces == 60 + 999


def test_nought_pieces_take_it_out(shop: Shop) -> None:
    product = make_product(shop)
    cart = filled(shop, product)
    set_pieces(cart, product.pk, 0, now=NOW)
    assert not review(cart, now=NOW).rows


def test_what_changed_since_is_said_and_counted_as_it_is_now(shop: Shop) -> None:
    """E1: price and stock are read anew each time the cart is looked at."""
    dearer, fewer, gone, sold_out = (make_product(shop) for _number in range(4))
    cart = filled(shop, dearer, fewer, gone, sold_out, pieces=3)
    change_product(dearer, price=Decimal("130.00"))
    change_product(gone, active=False)
    shelve(shop, fewer, 2)
    shelve(shop, sold_out, 0)
    seen = review(cart, now=NOW)
    assert [row.changes for row in seen.rows] == [
        (Change.DEARER,), (Change.FEWER,), (Change.GONE,), (Change.SOLD_OUT,),
    ]  # fmt: skip
    assert [row.quantity for row in seen.rows] == [3, 2, 0, 0]
    assert seen.totals.total == Decimal("630.00")
    accept(cart, now=NOW)
    again = review(cart, now=NOW)
    assert not again.changed
    assert [row.product for row in again.rows] == [dearer, fewer]


def test_a_review_writes_nothing_and_asks_as_much_for_one_line_as_for_three(shop: Shop) -> None:
    set_up(shop, [Tier(Decimal(50))], kind="courier", names={"en": "Courier"})
    asked = []
    for lines in (1, 3):
        cart = filled(shop, *(make_product(shop) for _number in range(lines)))
        found = queries.by_token(shop, cart.token)
        assert found is not None
        with CaptureQueriesContext(
            connection,
        ) as captured:
            review(found, now=NOW)
        assert all(query["sql"].startswith("SELECT") for query in captured)
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 8


def test_goods_are_sent_from_a_branch_that_has_them_all(shop: Shop) -> None:
    main = shop.branches.get()
    first, second = make_product(shop, pieces=1), make_product(shop, pieces=0)
    other = add_branch(shop, code="2", name="Harbour")
    count(first, other, 5, actor(shop), now=NOW)
    count(second, other, 5, actor(shop), now=NOW)
    cart = filled(shop, first)
    assert review(cart, now=NOW).branch == main
    put_in(cart, second, 1, now=NOW)
    assert review(cart, now=NOW).branch == other
    pick_up = set_up(shop, [], kind="pickup", names={"en": "Pick up"}, branch=main)
    choose_delivery(cart, pick_up, now=NOW)
    seen = review(cart, now=NOW)
    assert (seen.branch, seen.rows[1].changes) == (main, (Change.SOLD_OUT,))


def test_delivery_is_priced_for_the_address(shop: Shop) -> None:
    courier = set_up(
        shop, [Tier(Decimal(80)), Tier(Decimal(30), country="UA")], kind="courier", names={"en": "Courier"},
        free_from=Decimal(1_000),
    )  # fmt: skip
    cart = filled(shop, make_product(shop))
    describe(cart, Details(ship_to=Address(country="PL")), now=NOW)
    choose_delivery(cart, courier, now=NOW)
    assert review(cart, now=NOW).totals.shipping == 80
    describe(cart, Details(ship_to=Address(country="UA")), now=NOW)
    assert review(cart, now=NOW).totals.total == Decimal("150.00")
    set_pieces(cart, cart.lines.get().product_id, 9, now=NOW)
    assert review(cart, now=NOW).totals.shipping == 0


def test_services_are_not_sent(shop: Shop) -> None:
    set_up(shop, [], kind="pickup", names={"en": "Pick up"}, branch=shop.branches.get())
    service = make_product(shop, pieces=0)
    change_product(service, stocked=False)
    seen = review(filled(shop, service, pieces=4), now=NOW)
    assert (seen.sent, seen.offers, seen.rows[0].quantity, seen.rows[0].free) == (False, (), 4, None)


def test_tax_goes_by_place_and_class(shop: Shop) -> None:
    taxes = [Tax(Decimal(20)), Tax(Decimal(7), country="UA", tax_class="books"), Tax(Decimal(23), country="PL")]
    assert percent(taxes, "", "UA") == 20
    assert percent(taxes, "", "PL") == 23
    assert percent(taxes, "books", "UA") == 7
    assert percent(taxes, "books", "PL") == 0
    assert percent(taxes, "garden", "PL") == 23
    set_taxes(shop, taxes)
    book = make_product(shop, price="107.00")
    change_product(book, tax_class="books")
    assert review(filled(shop, book), now=NOW).totals.tax == Decimal("7.00")
    shop.tax_included = False
    shop.save()
    assert review(filled(shop, book), now=NOW).totals.total == Decimal("114.49")


def test_at_sign_in_the_guests_cart_joins_the_customers(shop: Shop) -> None:
    customer = Customer.objects.create(shop=shop, email="jo@example.com", created_at=NOW)
    shared, other = make_product(shop), make_product(shop)
    theirs = merge_into(filled(shop, shared), customer, now=NOW)
    guest = filled(shop, shared, other, pieces=2)
    merged = merge_into(guest, customer, now=NOW)
    assert merged == theirs == queries.of_customer(shop, customer) == queries.by_token(shop, guest.token)
    assert {row.product: row.quantity for row in review(merged, now=NOW).rows} == {shared: 3, other: 2}
    assert Cart.objects.count() == 1


def test_a_cart_belongs_to_its_shop(shop: Shop) -> None:
    cart = filled(shop, make_product(shop))
    assert queries.by_token(make_shop(), cart.token) is None
    assert queries.pieces(make_shop(), cart.token) == 0


def test_carts_left_long_ago_are_forgotten(shop: Shop) -> None:
    old = filled(shop, make_product(shop))
    Cart.objects.filter(pk=old.pk).update(updated_at=NOW.replace(year=NOW.year - 1))
    fresh = filled(shop, make_product(shop))
    assert forget_old(NOW) > 0
    assert list(Cart.objects.all()) == [fresh]


def test_details_are_kept_as_they_were_given() -> None:
    details = Details(
        "Jo",
        "jo@example.com",
        "+380501112233",
        Address(city="Київ"),
        Address(city="Львів"),
        "Ring",
        pickup=True,
        ready=True,
    )
    assert Details.read(details.as_data()) == details
    assert Details.read({}) == replace(Details(), ready=False)
