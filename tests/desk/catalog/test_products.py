"""The catalogue on the desk: found in any script, changed in place, every piece accounted for (requirement A4)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tartib.catalog import queries
from tartib.catalog.models import Movement, Product, Stock
from tartib.catalog.operations import add_product, change_product, warn_at
from tartib.orders.models import PaymentMethod
from tartib.shops.models import Branch, Role, Shop
from tests.factories import NOW, make_order, make_product, make_shop, move

SignIn = Callable[..., Client]


def _page(client: Client, shop: Shop, path: str = "", **query: str) -> str:
    response = client.get(f"/desk/{shop.slug}/products/{path}", query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_catalogue_teaches_what_to_do(owner: Client, shop: Shop) -> None:
    page = _page(owner, shop)
    assert "No products yet" in page
    assert f"/desk/{shop.slug}/products/new/" in page


def test_who_may_keep_the_catalogue(sign_in: SignIn, shop: Shop) -> None:
    product = make_product(shop)
    paths = ["", "new/", f"{product.pk}/"]
    technician, expert = sign_in(Role.TECHNICIAN), sign_in(Role.EXPERT)
    for path in paths:
        assert technician.get(f"/desk/{shop.slug}/products/{path}").status_code == 403
        assert expert.get(f"/desk/{shop.slug}/products/{path}").status_code == 200
        assert Client().get(f"/desk/{shop.slug}/products/{path}").status_code == 302


def test_another_shops_product_does_not_exist(owner: Client, shop: Shop) -> None:
    foreign = make_product(make_shop(), name="Foreign")
    for path in ("", "receive/", "count/", "low/"):
        url = f"/desk/{shop.slug}/products/{foreign.pk}/{path}"
        assert owner.post(url, {"receive-pieces": 5}).status_code == 404
    assert "Foreign" not in _page(owner, shop)
    assert Stock.objects.get(product=foreign).on_hand == 10


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("کتاب", "کتاب فارسی"), ("كتاب", "کتاب فارسی"), ("手機", "黑色手機殼"), ("телеф", "Телефон"), ("ab12", "Plain")],
)
def test_products_are_found_in_any_script(owner: Client, shop: Shop, wanted: str, found: str) -> None:
    for sku, name in (("1", "کتاب فارسی"), ("2", "黑色手機殼"), ("3", "Телефон"), ("AB-12", "Plain")):
        add_product(shop, sku=sku, name=name, price=Decimal(1), now=NOW)
    page = _page(owner, shop, q=wanted)
    assert [name for name in ("کتاب فارسی", "黑色手機殼", "Телефон", "Plain") if name in page] == [found]


def test_searching_without_success_offers_to_add_that_product(owner: Client, shop: Shop) -> None:
    make_product(shop)
    page = _page(owner, shop, q="Red & white")
    assert "products/new/?name=Red%20%26%20white" in page
    assert 'value="Red &amp; white"' in _page(owner, shop, "new/", name="Red & white")


def test_pages_follow_each_other_without_gap_or_double(shop: Shop, owner: Client) -> None:
    for number in range(queries.PAGE + 3):
        add_product(shop, sku=f"S{number}", name="Twin" if number % 2 else f"Name {number}", price=Decimal(1), now=NOW)
    seen: list[int] = []
    cursor = ""
    while True:
        page = queries.product_page(shop, cursor=cursor)
        seen += [row.product.pk for row in page.rows]
        if not page.following:
            break
        cursor = page.following
    assert len(seen) == len(set(seen)) == queries.PAGE + 3
    first = _page(owner, shop)
    assert first.count("row-link") == queries.PAGE
    rest = owner.get(
        f"/desk/{shop.slug}/products/",
        {"cursor": queries.product_page(shop).following},
        headers={"HX-Request": "true", "HX-Target": "following"},
    ).content.decode()
    assert rest.count("row-link") == 3
    assert "<html" not in rest
    assert _page(owner, shop, cursor="nonsense").count("row-link") == queries.PAGE


def test_what_runs_low_is_filtered_and_counted(owner: Client, shop: Shop) -> None:
    branch = shop.branches.get()
    plenty = make_product(shop, name="Plenty")
    few = make_product(shop, pieces=3, name="Few left")
    warn_at(few, branch, 3)
    make_product(shop, pieces=0, name="Never had")
    change_product(make_product(shop, pieces=0, name="Off sale"), active=False)
    change_product(make_product(shop, pieces=0, name="A service"), stocked=False)
    page = _page(owner, shop, low="1")
    assert [name for name in ("Plenty", "Few left", "Never had", "Off sale", "A service") if name in page] == [
        "Few left",
        "Never had",
    ]
    assert queries.how_many_low(shop) == 2
    assert {row.product.name for row in queries.product_page(shop).rows if row.low and row.product.active} == {
        "Few left",
        "Never had",
    }
    warn_at(plenty, branch, 10)
    assert queries.how_many_low(shop) == 3


@pytest.mark.parametrize("path", ["", "{product}/"])
def test_the_number_of_queries_does_not_grow(owner: Client, shop: Shop, path: str) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries_:
            _page(owner, shop, path.format(product=product.pk))
        return len(queries_)

    product = make_product(shop)
    ask()
    once = ask()
    for _number in range(3):
        make_product(shop)
        move(make_order(shop, product, payment_method=PaymentMethod.ON_RECEIPT), "processing")
    assert ask() - once == (1 if path else 0)  # the codes of the orders that moved it, in one query
    for _number in range(3):
        move(make_order(shop, product, payment_method=PaymentMethod.ON_RECEIPT), "processing")
    assert ask() - once == (1 if path else 0)


def test_a_product_is_added_with_local_digits(owner: Client, shop: Shop) -> None:
    response = owner.post(
        f"/desk/{shop.slug}/products/new/",
        {"name": "کتاب", "sku": "K1", "price": "۱٬۲۴۰٫۵۰", "stocked": "on", "active": "on"},
        follow=True,
    )
    product = Product.objects.get()
    assert (product.price, product.stocked, product.active) == (Decimal("1240.50"), True, True)
    assert response.redirect_chain[-1][0].endswith(f"/products/{product.pk}/")
    assert "is in the catalogue" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Please fill this in."),
        ("price", "dear", "Write an amount"),
        ("price", "-5", "cannot be negative"),
        ("price", "1.005", "Amounts in ₴ have at most 2 decimals"),
        ("sku", "TAKEN", "Another product has this SKU"),
        ("sku", "x" * 65, "at most 64"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    owner: Client, shop: Shop, field: str, value: str, said: str
) -> None:
    add_product(shop, sku="TAKEN", name="Taken", price=Decimal(1), now=NOW)
    given = {"name": "Good name", "sku": "G1", "price": "5", "variant": "Kept as typed", field: value}
    response = owner.post(f"/desk/{shop.slug}/products/new/", given)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert 'aria-invalid="true"' in page
    assert "Kept as typed" in page
    assert Product.objects.count() == 1


def test_a_product_is_changed_and_found_by_its_new_name(owner: Client, shop: Shop) -> None:
    product = make_product(shop, name="Old name")
    url = f"/desk/{shop.slug}/products/{product.pk}/"
    assert owner.post(url, {"name": "New name", "sku": product.sku, "price": "7"}).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.price, product.active) == ("New name", Decimal(7), False)
    assert "New name" in _page(owner, shop, q="new")


def test_a_change_that_cannot_be_leaves_the_product(owner: Client, shop: Shop) -> None:
    product, other = make_product(shop), make_product(shop)
    url = f"/desk/{shop.slug}/products/{product.pk}/"
    response = owner.post(url, {"name": "Changed", "sku": other.sku, "price": "7"})
    assert response.status_code == 422
    assert "Another product has this SKU" in response.content.decode()
    product.refresh_from_db()
    assert product.name == "Blue shirt"


def test_goods_are_received_counted_and_every_movement_is_listed(owner: Client, shop: Shop) -> None:
    product = make_product(shop, pieces=0)
    url = f"/desk/{shop.slug}/products/{product.pk}/"
    branch = shop.branches.get().pk
    owner.post(f"{url}receive/", {"receive-branch": branch, "receive-pieces": "١٢", "receive-note": "Lorry 7"})
    case = make_order(shop, product, payment_method=PaymentMethod.ON_RECEIPT)
    move(case, "processing")
    owner.post(f"{url}count/", {"count-branch": branch, "count-pieces": "10"})
    assert Stock.objects.get().on_hand == 10
    assert list(Movement.objects.order_by("pk").values_list("kind", "on_hand")) == [
        ("received", 12),
        ("taken", -1),
        ("counted", -1),
    ]
    page = _page(owner, shop, f"{product.pk}/")
    assert "Lorry 7" in page
    assert f"/orders/{case.code}/" in page
    assert "+12" in page


def test_a_count_below_what_is_reserved_is_refused_at_the_field(owner: Client, shop: Shop) -> None:
    product = make_product(shop, pieces=5)
    Stock.objects.update(reserved=4)
    response = owner.post(
        f"/desk/{shop.slug}/products/{product.pk}/count/",
        {"count-branch": shop.branches.get().pk, "count-pieces": "3"},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "4 pieces are reserved" in page
    assert '<details class="stock-act" open' in page


@pytest.mark.parametrize("pieces", ["", "0", "-1", "1.5", "many", "9999999999"])
def test_pieces_that_are_no_number_are_refused(owner: Client, shop: Shop, pieces: str) -> None:
    product = make_product(shop)
    url = f"/desk/{shop.slug}/products/{product.pk}/receive/"
    response = owner.post(url, {"receive-branch": shop.branches.get().pk, "receive-pieces": pieces})
    assert response.status_code == 422
    assert Stock.objects.get().on_hand == 10


def test_a_branch_of_another_shop_is_no_choice(owner: Client, shop: Shop) -> None:
    product = make_product(shop)
    foreign = make_shop().branches.get().pk
    url = f"/desk/{shop.slug}/products/{product.pk}/receive/"
    assert owner.post(url, {"receive-branch": foreign, "receive-pieces": "5"}).status_code == 422
    assert Stock.objects.count() == 1


def test_a_shop_of_two_branches_sees_both(owner: Client, shop: Shop) -> None:
    second = Branch.objects.create(shop=shop, code="K2", name="Second branch")
    product = add_product(shop, sku="S", name="Shirt", price=Decimal(5), now=NOW)
    url = f"/desk/{shop.slug}/products/{product.pk}/"
    owner.post(f"{url}receive/", {"receive-branch": second.pk, "receive-pieces": "4"})
    assert "Second branch" in _page(owner, shop)
    page = _page(owner, shop, f"{product.pk}/")
    assert "Together" in page
    owner.post(f"{url}low/", {"low-branch": second.pk, "low-pieces": "4"})
    assert queries.row(product).low


def test_the_ledger_goes_on_past_its_first_page(owner: Client, shop: Shop) -> None:
    product = make_product(shop, pieces=1)
    branch = shop.branches.get().pk
    url = f"/desk/{shop.slug}/products/{product.pk}/"
    for _number in range(52):
        owner.post(f"{url}receive/", {"receive-branch": branch, "receive-pieces": "1"})
    page = _page(owner, shop, f"{product.pk}/")
    before = page.split("?before=")[1].split('"')[0]
    rest = owner.get(url, {"before": before}, headers={"HX-Request": "true", "HX-Target": "following"}).content.decode()
    assert rest.count("Received") == 3
    assert "<html" not in rest


def test_the_page_reads_in_persian_from_right_to_left(sign_in: SignIn, shop: Shop) -> None:
    make_product(shop, pieces=12)
    page = _page(sign_in(Role.OWNER, "fa"), shop)
    assert 'dir="rtl"' in page
    assert "۱۲" in page


def test_the_name_of_a_product_is_text_whatever_it_holds(owner: Client, shop: Shop) -> None:
    make_product(shop, name="<script>alert(1)</script>")
    assert "<script>alert" not in _page(owner, shop)
