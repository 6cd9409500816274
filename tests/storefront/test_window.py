"""Requirement B1: what a visitor sees of a shop, in each of its languages, and what nobody is to see."""

import pytest
from django.test import Client

from tartib.catalog.showing import add_category, change_window, withdraw
from tests.factories import PASSWORD, make_listing, make_shop

pytestmark = pytest.mark.django_db


def test_a_closed_window_is_open_to_its_own_staff_alone(client: Client) -> None:
    shop = make_shop()
    make_listing(shop, "Wool throw")
    change_window(shop, open=False)
    closed = client.get(f"/s/{shop.slug}/")
    assert closed.status_code == 404
    assert "Wool throw" not in closed.content.decode()
    assert shop.default_owner is not None
    client.login(username=shop.default_owner.user.email, password=PASSWORD)
    assert "Wool throw" in client.get(f"/s/{shop.slug}/").content.decode()


def test_what_was_withdrawn_or_never_was_is_not_there(client: Client) -> None:
    shop = make_shop()
    listing = make_listing(shop)
    withdraw(listing)
    for slug in (listing.slug, "never-was"):
        answer = client.get(f"/s/{shop.slug}/p/{slug}/")
        assert answer.status_code == 404
        assert shop.name in answer.content.decode(), "said on a page of the shop"


def test_the_language_is_in_the_address_and_the_shops_own_has_none(client: Client) -> None:
    """X5."""
    shop = make_shop(languages=["en", "fa"])
    listing = make_listing(shop, "Wool throw", texts={"fa": {"title": "پتوی پشمی"}})
    page = client.get(f"/s/{shop.slug}/fa/p/{listing.slug}/").content.decode()
    assert 'lang="fa-IR" dir="rtl"' in page
    assert "پتوی پشمی" in page
    assert f'href="/s/{shop.slug}/fa/"' in page
    assert f'href="/s/{shop.slug}/p/{listing.slug}/" lang="en"' in page, "the same page in the other language"
    assert (
        "Wool throw"
        in client.get(f"/s/{shop.slug}/p/{listing.slug}/", headers={"accept-language": "fa"}).content.decode()
    )
    moved = client.get(f"/s/{shop.slug}/en/p/{listing.slug}/?v=1")
    assert (moved.status_code, moved["Location"]) == (301, f"/s/{shop.slug}/p/{listing.slug}/?v=1")
    assert client.get(f"/s/{shop.slug}/uk/").status_code == 404, "not one of the shop's languages"


def test_a_category_shows_what_is_in_it_and_under_it(client: Client) -> None:
    shop = make_shop()
    home = add_category(shop, "Home")
    textiles = add_category(shop, "Textiles", parent=home)
    add_category(shop, "Empty")
    make_listing(shop, "Wool throw", category=textiles)
    make_listing(shop, "Teapot")
    page = client.get(f"/s/{shop.slug}/c/home/").content.decode()
    assert "Wool throw" in page
    assert "Teapot" not in page
    assert "Empty" not in page, "a heading with nothing under it"
    assert client.get(f"/s/{shop.slug}/c/never-was/").status_code == 404
