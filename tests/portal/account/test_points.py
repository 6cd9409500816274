"""Points as their owner sees them: in the account, in the cart, on an order (E3)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tartib.cases.models import Case
from tartib.catalog.models import Product
from tartib.catalog.showing import change_window
from tartib.checkout.details import Details
from tartib.checkout.models import Cart
from tartib.checkout.operations import choose_delivery, choose_payment, describe
from tartib.customers import points
from tartib.orders.models import Order
from tartib.shipping.models import Method
from tartib.shops.models import Shop
from tests.checkout.selling import WHERE, make_selling_shop
from tests.checkout.selling import account as paid_at
from tests.factories import NOW, make_account, make_listing, make_order, make_product, move, pay
from tests.portal.account.test_sign_in import JO, open_account

pytestmark = pytest.mark.django_db


def make_shop() -> Shop:
    """A shop that gives a point for each full 10 and takes it for 0.50."""
    shop = make_selling_shop(languages=["en", "fa"])
    points.set_rule(shop, active=True, amount_each=Decimal(10), value=Decimal("0.50"), by_staff=False)
    return shop


def test_the_account_shows_what_there_is_and_what_came_and_went() -> None:
    shop = make_shop()
    make_account(shop, "jo@example.com")
    reader = open_account(shop)
    there = f"/a/{shop.slug}/points/"
    counts = []
    for number in (1, 3):
        for _each in range(number):
            case = make_order(shop, make_product(shop, price="120.00"), customer=JO, currency="UAH")
            pay(case)
            move(case, "completed")
        with CaptureQueriesContext(connection) as asked:
            page = reader.get(there).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert "You have 48 points" in page
    assert re.search("worth .*24.00", page)
    assert page.count("+12") == 4
    assert case.code in page
    assert "۴۸" in reader.get(f"/a/{shop.slug}/fa/points/").content.decode()
    assert Client().get(there).status_code == 302


def test_a_shop_without_points_does_not_speak_of_them() -> None:
    shop = make_selling_shop()
    make_account(shop, "jo@example.com")
    assert "/points/" not in open_account(shop).get(f"/a/{shop.slug}/").content.decode()


def test_points_are_spent_in_the_cart_by_who_has_signed_in() -> None:
    """E3: from the cart to the order, at the pages themselves; a guest is asked to sign in."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    points.correct(shop, account.customer, 100, "Welcome", "Olive", key="k", now=NOW, case_id=None)
    product = Product.objects.get(listing=make_listing(shop, "Blue shirt", price="120.00"))
    change_window(shop, open=True)
    window = f"/s/{shop.slug}/"
    guest = Client()
    guest.post(f"{window}cart/add/", {"product": product.pk, "pieces": "1"})
    assert "Sign in to use your points" in guest.get(f"{window}cart/").content.decode()
    buyer = open_account(shop)
    buyer.post(f"{window}cart/add/", {"product": product.pk, "pieces": "1"})
    assert "You have 100 points" in buyer.get(f"{window}cart/").content.decode()
    page = buyer.post(f"{window}cart/points/", {"points": "۴۰"}, follow=True).content.decode()
    assert re.search("40 points pay .*20.00", page)
    assert "This order earns 10 points." in page
    cart = Cart.objects.get(shop=shop, points=40)
    describe(cart, Details("Jo", "jo@example.com", "+380501112233", WHERE, ready=True), now=NOW)
    choose_delivery(cart, Method.objects.get(shop=shop), now=NOW)
    choose_payment(cart, paid_at(shop, "cash"), now=NOW)
    check = buyer.get(f"{window}checkout/check/")
    buyer.post(f"{window}checkout/check/", {"key": cart.key, "seen": check.context["seen"]})
    case = Case.objects.get(shop=shop)
    order = Order.objects.get(pk=case.pk)
    assert (case.amount, order.points_spent, order.paid_by_points) == (Decimal(150), 40, Decimal(20))
    tracked = Client().get(f"/t/{case.token}/").content.decode()
    assert "40 points" in tracked
    assert "This order earns 10 points when it is completed." in tracked
    assert "Points" in tracked
    assert "60" in buyer.get(f"/a/{shop.slug}/points/").content.decode()
