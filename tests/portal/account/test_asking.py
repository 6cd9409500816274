"""What a customer asks for and writes in a case, and what the shop shows them of the work."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.cases.queries import timeline
from tartib.catalog.models import Product
from tartib.catalog.showing import change_window
from tartib.checkout.models import Cart, CartLine
from tartib.customers.operations import CustomerDraft
from tartib.customers.signing_in import set_password
from tartib.files.sweeping import unreferred
from tartib.journal.verify import verify
from tartib.orders.drafts import LineDraft
from tests.factories import make_account, make_order, make_product, make_shop, make_staff, pay, picture_file
from tests.portal.account.test_sign_in import open_account

pytestmark = pytest.mark.django_db

JO = CustomerDraft("Jo Reed", "jo@example.com", "+380501112233")


def test_what_can_be_asked_is_one_tap_from_the_order_in_the_account() -> None:
    """Issue 3: cancelling and returning are where the order is; what was asked stands there, too."""
    case = make_order(make_shop(), customer=JO)
    client = open_account(case.shop)
    there = f"/a/{case.shop.slug}/orders/{case.code}/"
    assert f"/t/{case.token}/request/" in client.get(there).content.decode()
    pay(case)
    line = case.lines.get()
    client.post(f"/t/{case.token}/request/", {f"line_{line.pk}": str(line.quantity), "reason": "mind"})
    assert "You have asked to cancel" in client.get(there).content.decode()
    assert "You have asked to cancel" in client.get(f"/a/{case.shop.slug}/").content.decode()
    assert list(verify(case.shop)) == []


def test_what_a_customer_asks_about_an_order_is_one_thread_reached_from_it() -> None:
    """Issue 3, D7: one tap from the order in the account; what was asked before is listed there, with where it is."""
    case = make_order(make_shop(), customer=JO)
    client = open_account(case.shop)
    there = f"/a/{case.shop.slug}/orders/{case.code}/"
    form = f"/t/{case.token}/help/"
    assert form in client.get(there).content.decode()
    thread = client.post(form, {"words": "Is blue possible?"}).headers["Location"].partition("#")[0]
    client.post(thread, {"words": "Or green?"})
    page = client.get(there).content.decode()
    assert "Is blue possible?" in page and thread in page
    assert Case.objects.filter(kind="support").count() == 1
    assert "Or green?" in client.get(thread).content.decode()


def test_who_has_an_account_open_need_not_say_who_they_are() -> None:
    """D7: the way to help is on every page of the account."""
    shop = make_shop()
    make_order(shop, customer=JO)
    client = open_account(shop)
    assert f'href="/help/{shop.slug}/"' in client.get(f"/a/{shop.slug}/profile/").content.decode()
    assert 'value="jo@example.com"' in client.get(f"/help/{shop.slug}/").content.decode()


def test_staff_show_photos_of_the_work_to_the_customer_alone() -> None:
    """Issue 3: photos with a note; private: by the case's link, in its account, on the desk; kept by the sweep."""
    shop = make_shop()
    case, other = make_order(shop, customer=JO), make_order(shop)
    desk = Client()
    desk.force_login(make_staff(shop))
    desk_page = f"/desk/{shop.slug}/orders/{case.code}/"
    for to in ("customer", "staff"):
        given = {"text": f"For {to}", "to": to, "photos": [picture_file(), picture_file()]}
        assert desk.post(f"{desk_page}notes/", given).status_code == 302
    noted = {entry.data["text"]: entry.data["photos"] for entry in timeline(case).filter(kind="note")}
    for_customer, for_staff = noted["For customer"], noted["For staff"]
    client = open_account(shop)
    assert for_customer[0] in client.get(f"/t/{case.token}/").content.decode()
    for start in (f"/t/{case.token}/photos", f"/a/{shop.slug}/orders/{case.code}/photos"):
        answer = client.get(f"{start}/{for_customer[0]}/320")
        assert answer.headers["Content-Type"] == "image/webp"
        assert "no-store" in answer.headers["Cache-Control"]
        assert client.get(f"{start}/{for_staff[0]}/320").status_code == 404
    assert client.get(f"/t/{other.token}/photos/{for_customer[0]}/320").status_code == 404
    assert client.get(f"/files/{for_customer[0]}/320").status_code == 404
    assert desk.get(f"{desk_page}photos/{for_staff[1]}/320").status_code == 200
    assert not unreferred().exists()
    bad = {"text": "x", "to": "staff", "photos": [BytesIO(b"no picture")]}
    assert desk.post(f"{desk_page}notes/", bad).status_code == 422


def test_an_order_is_bought_again_with_what_is_still_sold() -> None:
    """Issue 3: buy again puts the lines into the cart; what is no longer sold is said."""
    shop = make_shop()
    change_window(shop, open=True)
    product, gone = make_product(shop), make_product(shop, name="Old hat")
    lines = tuple(LineDraft(one.name, 2, one.price, sku=one.sku) for one in (product, gone))
    case = make_order(shop, lines=lines, customer=JO)
    client = open_account(shop)
    page = client.get(f"/a/{shop.slug}/orders/{case.code}/").content.decode()
    given = {
        "product": re.findall(r'name="product" value="(\d+)"', page),
        "pieces": re.findall(r'"pieces" value="(\d+)"', page),
    }
    assert given == {"product": [str(product.pk), str(gone.pk)], "pieces": ["2", "2"]}
    Product.objects.filter(pk=gone.pk).update(active=False)
    answer = client.post(f"/s/{shop.slug}/cart/again/", given, follow=True)
    assert "Some of it is not sold any more." in answer.content.decode()
    assert list(CartLine.objects.values_list("product", "quantity")) == [(product.pk, 2)]
    assert "Buy it again" in page


def test_what_a_guest_gathered_is_theirs_after_signing_in_and_not_the_next_ones() -> None:
    """Issue 3: the cart comes along at signing in, waits in the account, and leaves the browser at signing out."""
    shop = make_shop()
    change_window(shop, open=True)
    product = make_product(shop)
    account = make_account(shop, "jo@example.com")
    set_password(account, "a long and good one")
    client = Client()
    client.post(f"/s/{shop.slug}/cart/add/", {"product": product.pk})
    known = {"address": "jo@example.com", "password": "a long and good one"}
    client.post(f"/a/{shop.slug}/in/password/", known)
    assert Cart.objects.get().customer == account.customer
    assert product.name in client.get(f"/s/{shop.slug}/cart/").content.decode()
    client.post(f"/a/{shop.slug}/out/")
    assert product.name not in client.get(f"/s/{shop.slug}/cart/").content.decode()
    client.post(f"/a/{shop.slug}/in/password/", known)
    assert product.name in client.get(f"/s/{shop.slug}/cart/").content.decode()
