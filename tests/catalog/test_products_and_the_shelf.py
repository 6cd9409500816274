"""The catalogue and what staff do with the shelf: adding, changing, receiving and counting (requirement A4)."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tartib.catalog import queries
from tartib.catalog.models import Movement, MovementKind, Product, Stock
from tartib.catalog.operations import CountTooLow, add_product, change_product, count, receive, skus
from tartib.journal.operations import Actor
from tartib.l10n import normal
from tartib.shops.models import Branch
from tartib.shops.operations import change_shop
from tests.factories import NOW, make_product, make_shop

pytestmark = pytest.mark.django_db
ERIN = Actor("staff", "Erin", 1, "expert")


def test_a_product_is_found_in_any_spelling() -> None:
    shop = make_shop()
    product = add_product(shop, sku="KTB-١٢", name="کتاب فارسی", variant="جلد سخت", price=Decimal(250_000), now=NOW)
    for words in ("كتاب", "فارسي", "KTB12", "جلد"):
        assert all(term in product.search for term in normal.search_terms(words)), words
    change_product(product, name="Phone")
    assert "کتاب" not in Product.objects.get().search


@pytest.mark.parametrize(
    ("field", "value"),
    [("sku", ""), ("name", ""), ("price", Decimal("-0.01")), ("price", Decimal("0.0001")), ("name", "n" * 201)],
)
def test_a_product_that_cannot_be_is_named_by_its_field(field: str, value: object) -> None:
    given: dict[str, object] = {"sku": "A", "name": "Shirt", "price": Decimal(1), field: value}
    with pytest.raises(ValidationError) as raised:
        add_product(make_shop(), now=NOW, **given)  # type: ignore[arg-type]
    assert not Product.objects.exists()
    assert field in raised.value.message_dict or "__all__" in raised.value.message_dict


def test_a_sku_is_used_once_in_a_shop_and_again_in_another() -> None:
    shop = make_shop()
    add_product(shop, sku="A", name="Shirt", price=Decimal(1), now=NOW)
    add_product(make_shop(), sku="A", name="Shirt", price=Decimal(1), now=NOW)
    with pytest.raises(ValidationError):
        add_product(shop, sku="A", name="Other", price=Decimal(1), now=NOW)
    assert set(skus(shop, ["A", "unknown"])) == {"A"}


def test_goods_that_arrive_are_added_at_their_branch_and_noted() -> None:
    shop = make_shop()
    product = make_product(shop, pieces=0)
    second = Branch.objects.create(shop=shop, code="2", name="Second")
    receive(product, second, 7, ERIN, now=NOW, note="Delivery 12")
    receive(product, second, 3, ERIN, now=NOW)
    assert Stock.objects.get().on_hand == 10
    newest, oldest = Movement.objects.order_by("-pk")
    assert (oldest.kind, oldest.on_hand, oldest.actor_name, oldest.note) == ("received", 7, "Erin", "Delivery 12")
    assert newest.on_hand == 3


def test_a_count_writes_the_difference_and_none_where_there_is_none() -> None:
    shop = make_shop()
    product = make_product(shop, pieces=10)
    branch = shop.branches.get()
    assert count(product, branch, 8, ERIN, now=NOW).on_hand == 8
    count(product, branch, 8, ERIN, now=NOW)
    assert list(Movement.objects.filter(kind=MovementKind.COUNTED).values_list("on_hand", flat=True)) == [-2]


def test_a_count_below_what_is_promised_is_refused_with_the_number() -> None:
    shop = make_shop()
    product = make_product(shop, pieces=10)
    Stock.objects.update(reserved=4)
    with pytest.raises(CountTooLow, match="4 pieces are reserved"):
        count(product, shop.branches.get(), 3, ERIN, now=NOW)
    assert count(product, shop.branches.get(), 4, ERIN, now=NOW).on_hand == 4


@pytest.mark.parametrize("wrong", [{"on_hand": -1}, {"reserved": -1}, {"on_hand": 1, "reserved": 2}])
def test_the_database_itself_refuses_an_impossible_stock(wrong: dict[str, int]) -> None:
    make_product(make_shop())
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.update(**wrong)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["adam", "Bob", "Émile", "zoe", "ґанок", "їжак", "яблуко"]),
        ("ar", ["أحمد", "بدر", "هدى", "وليد", "ياسر"]),
        ("fa", ["آب", "ابر", "پدر", "چای", "ژاله", "گل", "وان", "هوا", "یخ"]),
        ("uk", ["гора", "ґанок", "Дім", "ива", "ім'я", "їжак", "йод", "яблуко", "zebra"]),
        ("zh-hant", ["zebra", "一", "丁", "王"]),
    ],
)
def test_products_are_listed_as_the_language_orders_their_names(language: str, names: list[str]) -> None:
    """X5: on any database server, page by page, also after the shop's language has changed."""
    shop = make_shop(language="uk" if language == "en" else "en")
    for name in reversed(names):
        make_product(shop, pieces=0, name=name)
    change_shop(shop, language=language)
    listed, cursor = [], ""
    for _page in names:
        page = queries.product_page(shop, cursor=cursor, size=2)
        listed += [row.product.name for row in page.rows]
        cursor = page.following
        if not cursor:
            break
    assert listed == names


def test_a_renamed_product_takes_its_new_place() -> None:
    shop = make_shop(language="uk")
    first, second = make_product(shop, name="Їжак"), make_product(shop, name="Яблуко")
    change_product(second, name="Ґанок")
    assert [row.product for row in queries.product_page(shop).rows] == [second, first]
