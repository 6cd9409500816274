"""Requirement B1: what is on show is found by heading, filter, order and words, however much there is of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.catalog import browse, sql, suggesting
from tartib.catalog.browse import ORDERS, Headings, ListingQuery
from tartib.catalog.models import Product, Stock
from tartib.catalog.operations import change_product
from tartib.catalog.showing import add_category, publish, remove_category, withdraw
from tartib.catalog.supply import Supply, supply_of, together, with_free
from tartib.catalog.variants import lay_out
from tartib.catalog.window import Listing
from tartib.shops.models import Branch, Shop
from tartib.shops.scope import scope
from tests.factories import NOW, make_listing, make_shop

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def titles(shop: Shop, **wish: object) -> list[str]:
    with scope(shop.pk):
        page = browse.listing_page(shop, ListingQuery(**wish), today=TODAY)  # type: ignore[arg-type]
    return [card.listing.title for card in page.cards]


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def test_only_what_is_published_is_shown(shop: Shop) -> None:
    listing = make_listing(shop, "Teapot")
    make_listing(make_shop(), "Elsewhere")
    assert titles(shop) == ["Teapot"]
    withdraw(listing)
    assert titles(shop) == []
    publish(listing, now=NOW)
    assert titles(shop) == ["Teapot"]


def test_prices_narrow_by_any_variant(shop: Shop) -> None:
    cheap, dear = make_listing(shop, "Cup", price="10"), make_listing(shop, "Pot", price="30")
    assert titles(shop, low=Decimal(20)) == ["Pot"]
    assert titles(shop, high=Decimal(20)) == ["Cup"]
    assert titles(shop, order="cheap") == ["Cup", "Pot"]
    assert titles(shop, order="dear") == ["Pot", "Cup"]
    change_product(cheap.variants.get(), price=Decimal(40))
    assert titles(shop, order="cheap") == ["Pot", "Cup"], "the new price is known at once"
    change_product(dear.variants.get(), active=False)
    assert titles(shop, order="cheap") == ["Cup"], "without anything on sale it has no price"


def test_options_and_stock_narrow_by_the_same_variant(shop: Shop) -> None:
    shirt = make_listing(shop, "Shirt", category=add_category(shop, "Clothes"))
    lay_out(shirt, [("Size", ["S", "M"]), ("Colour", ["Red", "Blue"])], price=Decimal(9), now=NOW)
    assert titles(shop, options={"Size": ["S", "M"], "Colour": ["Red"]}) == ["Shirt"]
    assert titles(shop, options={"Size": ["XL"]}) == []
    assert titles(shop, options={"Size": ["S"], "Colour": ["Red"]}, in_stock=True) == ["Shirt"], "has its ten pieces"
    assert titles(shop, options={"Size": ["M"]}, in_stock=True) == []
    assert shirt.category_id is not None
    assert sql.option_values(shop, [shirt.category_id]) == {"Size": ["S", "M"], "Colour": ["Red", "Blue"]}


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_shows_everything_once_page_by_page(shop: Shop, order: str) -> None:
    for number in range(5):
        listing = make_listing(shop, f"Thing {number % 3}", price=str(10 + number % 2))
        Listing.objects.filter(pk=listing.pk).update(published_at=NOW - timedelta(days=number % 2), position=number % 3)
    seen: list[int] = []
    cursor = ""
    while True:
        page = browse.listing_page(shop, ListingQuery(order=order, cursor=cursor), today=TODAY, size=2)
        seen += [card.listing.pk for card in page.cards]
        cursor = page.following
        if not cursor:
            break
    assert sorted(seen) == sorted(Listing.objects.values_list("pk", flat=True))
    name, falling = ORDERS[order]
    values = [getattr(Listing.objects.get(pk=pk), name) for pk in seen]
    assert values == sorted(values, reverse=falling)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwgImIiXQ", "é", "bnVsbA"])
def test_a_cursor_without_sense_starts_at_the_beginning(shop: Shop, cursor: str) -> None:
    make_listing(shop, "Teapot")
    for order in ORDERS:
        assert titles(shop, order=order, cursor=cursor) == ["Teapot"]


def test_search_takes_any_spelling_and_tells_what_may_have_been_meant(shop: Shop) -> None:
    """X5."""
    make_listing(shop, "کتاب فارسی", texts={"en": {"title": "Persian book"}})
    make_listing(shop, "Teapot")
    for text in ("كتاب", "persian bo", "کتاب‌", "BOOK"):
        assert titles(shop, text=text) == ["کتاب فارسی"], text
    with scope(shop.pk):
        shown = browse.published(shop)
        assert suggesting.meant(shown, "teepot") == "teapot"
        assert suggesting.meant(shown, "persan book") == "persian book"
        assert suggesting.meant(shown, "teapot") == ""
        assert suggesting.meant(shown, "zzzzzz") == ""


@pytest.mark.parametrize(
    ("titles", "asked", "meant"),
    [
        ("Stoneware mug", "mugs", "mug"), ("Breakfast tea", "teas", "tea"), ("Wool scarf", "scarves", "scarf"),
        ("Teapot", "tea pot", "teapot"), ("Вишита сорочка", "сорочки", "сорочка"), ("عسل السدر", "العسل", "عسل"),
        ("گلیم دستباف", "گلیم‌ها", "گلیم"), ("گلدان", "گلدان‌های", "گلدان"), ("Blade", "blanket", ""),
        ("No. 5", "noir velvet zz", ""),
    ],
)  # fmt: skip
def test_another_form_of_a_word_finds_what_the_word_finds(shop: Shop, titles: str, asked: str, meant: str) -> None:
    """X5: plurals, the article, words that the shop writes as one."""
    make_listing(shop, titles)
    with scope(shop.pk):
        assert suggesting.meant(browse.published(shop), asked) == meant


def test_headings_show_what_has_something_under_it(shop: Shop) -> None:
    home = add_category(shop, "Home")
    wool = add_category(shop, "Wool", parent=add_category(shop, "Textiles", parent=home))
    add_category(shop, "Empty")
    make_listing(shop, "Throw", category=wool)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        headings = Headings(shop)
        assert [one.name for one in headings.top] == ["Home"]
        assert [one.name for one in headings.way(headings.at("wool"))] == ["Home", "Textiles", "Wool"]
    assert len(queries) == 1
    assert titles(shop, within=headings.below(home)) == ["Throw"]
    assert wool.parent is not None
    remove_category(wool.parent)
    headings = Headings(shop)
    assert [one.name for one in headings.way(headings.at("wool"))] == ["Home", "Wool"]


def test_a_shelf_is_said_as_it_is(shop: Shop) -> None:
    listing = make_listing(shop, "Teapot")
    product = listing.variants.get()
    second = Branch.objects.create(shop=shop, code="2", name="Second")

    def supply(today: date = TODAY) -> Supply:
        return supply_of(with_free(Product.objects.filter(pk=product.pk)).get(), today)

    assert supply() == Supply(10)
    Stock.objects.filter(product=product).update(reserved=8)
    Stock.objects.create(shop=shop, branch=second, product=product, on_hand=1)
    assert (supply().state, supply().free) == ("few", 3)
    assert [free for _branch, free in browse.at_branches(product)] == [2, 1]
    Stock.objects.filter(product=product).update(on_hand=0, reserved=0)
    assert supply().state == "none"
    change_product(product, expected_on=TODAY)
    assert supply().state == "coming"
    assert supply(TODAY + timedelta(days=1)).state == "none", "a day that has passed is no promise"
    change_product(product, stocked=False)
    assert supply().state == "always"
    assert together([Supply(0, TODAY), Supply(2)]).state == "few"
    assert together([]).state == "none"


def test_a_page_asks_as_often_for_one_as_for_three(shop: Shop) -> None:
    counts = []
    for number in (1, 3):
        while Listing.objects.count() < number:
            make_listing(shop, f"Thing {Listing.objects.count()}")
        with scope(shop.pk), CaptureQueriesContext(connection) as queries:
            browse.listing_page(shop, ListingQuery(in_stock=True, text="thing"), today=TODAY)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_ten_thousand_listings_are_read_by_index(shop: Shop) -> None:
    category = add_category(shop, "Some")
    listing = make_listing(shop, "Model", category=category)
    Listing.objects.bulk_create(
        Listing(
            shop=shop, slug=f"t-{number}", title=f"Thing {number}", sort_title=f"thing {number}", position=number,
            price_from=number, price_to=number, published_at=NOW - timedelta(minutes=number), created_at=NOW,
            updated_at=NOW, search=f" thing {number} t{number} ", category=category if number % 100 == 0 else None,
        )
        for number in range(10_000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_listing")
    beyond = browse.listing_page(shop, ListingQuery(order="new"), today=TODAY).following
    wishes = [ListingQuery(order=order) for order in ORDERS]
    wishes += [ListingQuery(order="new", cursor=beyond), ListingQuery(within=[category.pk]), ListingQuery(text="t4321")]
    for wish in wishes:
        with scope(shop.pk), connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
            assert browse.listing_page(shop, wish, today=TODAY).cards
            cursor.execute("EXPLAIN " + queries[0]["sql"])
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Seq Scan on catalog_listing" not in plan, (wish, plan)
    assert listing.pk
