"""Requirement D13: what is bought together is counted from real orders, and told only where enough is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from tartib.cases.models import Case
from tartib.catalog.models import Product, Stock
from tartib.catalog.showing import add_listing, change_window, publish, withdraw
from tartib.catalog.window import Listing
from tartib.journal.operations import SYSTEM
from tartib.notify.rendering import words_of
from tartib.orders.drafts import LineDraft
from tartib.orders.jobs import count_together
from tartib.orders.models import BoughtWith, OrderSettings
from tartib.orders.placing import place
from tartib.orders.recommendations import count, with_listing, with_orders
from tartib.shops.operations import change_shop
from tests.factories import NOW, make_product, make_shop, move, order_draft

pytestmark = pytest.mark.django_db


class Wardrobe:
    """A shop with an open window and four things in it."""

    def __init__(self) -> None:
        self.shop = make_shop(languages=["en", "uk"])
        change_window(self.shop, open=True)
        self.shirt, self.belt, self.scarf, self.sock = (
            self._on_show(name) for name in ("Linen shirt", "Belt", "Scarf", "Sock")
        )

    def _on_show(self, name: str) -> Listing:
        product = make_product(self.shop, name=name, price="10.00", pieces=50)
        listing = add_listing(self.shop, name, [product], now=NOW, texts={"uk": {"title": f"{name} українською"}})
        publish(listing, now=NOW)
        return listing

    def buy(self, *listings: Listing, times: int = 1, days_ago: int = 1, now: datetime = NOW) -> list[Case]:
        """So many orders of these things."""
        sold = [Product.objects.get(listing=one) for one in listings]
        lines = tuple(LineDraft(one.name, 1, Decimal(10), sku=one.sku) for one in sold)
        draft = order_draft(self.shop, lines=lines, placed_at=now - timedelta(days=days_ago))
        placed = place(self.shop, [draft] * times, SYSTEM, now=now)
        return list(Case.objects.filter(pk__in=[one.case_id for one in placed]))


@pytest.fixture
def wardrobe() -> Wardrobe:
    return Wardrobe()


def _others(listing: Listing) -> list[str]:
    found = BoughtWith.objects.filter(listing=listing).order_by("place").select_related("other")
    return [row.other.title for row in found]


def test_what_many_orders_hold_together_belongs_together(wardrobe: Wardrobe) -> None:
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=4)
    wardrobe.buy(wardrobe.shirt, wardrobe.sock, times=4)
    wardrobe.buy(wardrobe.sock, times=30)
    wardrobe.buy(wardrobe.shirt, wardrobe.scarf, times=2)
    count(wardrobe.shop, now=NOW)
    assert _others(wardrobe.shirt) == ["Belt", "Sock"], "everybody buys socks; two scarves are chance"
    assert _others(wardrobe.belt) == ["Linen shirt"]
    assert with_listing(wardrobe.shirt) == [wardrobe.belt.pk, wardrobe.sock.pk]


def test_old_and_cancelled_orders_say_nothing(wardrobe: Wardrobe) -> None:
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=5, days_ago=400)
    move(wardrobe.buy(wardrobe.shirt, wardrobe.scarf, times=5), "cancelled")
    assert count(wardrobe.shop, now=NOW) == 0


def test_counting_again_counts_the_same(wardrobe: Wardrobe) -> None:
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=3)
    assert count(wardrobe.shop, now=NOW) == count(wardrobe.shop, now=NOW) == 2
    assert BoughtWith.objects.count() == 2


def test_an_order_is_recommended_only_what_can_be_had_and_is_not_in_it(wardrobe: Wardrobe) -> None:
    # The worker asks the clock which orders are old.
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=4, now=timezone.now())
    wardrobe.buy(wardrobe.shirt, wardrobe.scarf, times=4, now=timezone.now())
    count_together(0)
    (order,) = wardrobe.buy(wardrobe.shirt)
    (both,) = wardrobe.buy(wardrobe.shirt, wardrobe.belt)
    found = with_orders([order.pk, both.pk])
    assert {one.title for one in found[order.pk]} == {"Belt", "Scarf"}
    assert [one.title for one in found[both.pk]] == ["Scarf"]
    withdraw(wardrobe.scarf)
    Product.objects.get(listing=wardrobe.belt).stocks.update(on_hand=0)
    assert with_orders([order.pk]) == {}


def test_a_shop_that_does_not_want_it_recommends_nothing(wardrobe: Wardrobe) -> None:
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=4)
    count(wardrobe.shop, now=NOW)
    (order,) = wardrobe.buy(wardrobe.shirt)
    change_shop(wardrobe.shop, OrderSettings.of(wardrobe.shop), recommends=False)
    assert with_orders([order.pk]) == {}
    assert with_listing(Listing.objects.select_related("shop").get(pk=wardrobe.shirt.pk)) == []


def test_messages_and_the_orders_page_lead_to_the_listing_in_the_readers_language(
    wardrobe: Wardrobe, client: Client
) -> None:
    """D13: in messages and on the order's page."""
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=4)
    count(wardrobe.shop, now=NOW)
    (order,) = wardrobe.buy(wardrobe.shirt)
    said = words_of({order.pk}, "uk")[order.pk]
    assert said["recommendations"].startswith("Belt українською: http")
    assert said["recommendations_title"]
    text = client.get(f"/t/{order.token}/?language=uk").content.decode()
    assert "Belt українською" in text
    assert f"/s/{wardrobe.shop.slug}/uk/p/{wardrobe.belt.slug}/" in text


def test_the_shop_window_shows_what_can_be_had_of_it(wardrobe: Wardrobe, client: Client) -> None:
    """D13: on a listing's page; nothing where too little is known, and nothing that is sold out."""
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=4)
    wardrobe.buy(wardrobe.shirt, wardrobe.scarf, times=4)
    count(wardrobe.shop, now=NOW)
    Stock.objects.filter(product__listing=wardrobe.scarf).update(on_hand=F("reserved"))
    page = f"/s/{wardrobe.shop.slug}/p"
    together = client.get(f"{page}/{wardrobe.shirt.slug}/").content.decode().partition('id="beside"')[2]
    assert "Belt" in together and "Scarf" not in together
    assert 'id="beside"' not in client.get(f"{page}/{wardrobe.sock.slug}/").content.decode()


def test_many_orders_need_no_more_queries(
    wardrobe: Wardrobe, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    wardrobe.buy(wardrobe.shirt, wardrobe.belt, times=4)
    count(wardrobe.shop, now=NOW)
    orders = wardrobe.buy(wardrobe.shirt, times=3)
    for several in (orders[:1], orders):
        with django_assert_num_queries(2):
            assert len(with_orders([one.pk for one in several])) == len(several)
