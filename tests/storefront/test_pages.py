"""Requirement B1: pages of the window are light, told to search engines, and cached only where that is right."""

from __future__ import annotations

import gzip
import json
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tartib.catalog import photographs
from tartib.catalog.showing import add_category
from tartib.catalog.variants import lay_out
from tartib.catalog.window import Listing
from tartib.shops.models import Shop
from tests.factories import NOW, make_listing, make_shop, picture_file

pytestmark = pytest.mark.django_db
MOST = 150_000
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def shop() -> Shop:
    return make_shop(languages=["en", "fa"], currency="UAH")


def filled(shop: Shop, number: int = 24) -> Listing:
    """A window with so many listings, each with a photo; the last of them."""
    category = add_category(shop, "Shelf")
    for place in range(number):
        listing = make_listing(shop, f"Thing number {place}", category=category, summary="Said in one sentence.")
        photographs.add(listing, picture_file((64, 64)), now=NOW)
    return listing


@pytest.mark.parametrize("language", ["", "fa/"])
def test_a_first_page_is_light_over_the_wire(client: Client, shop: Shop, language: str) -> None:
    """B1: page, styles and scripts, compressed as they are served, without photos and fonts."""
    listing = filled(shop)
    for path in ("", "all/", "c/shelf/", f"p/{listing.slug}/"):
        answer = client.get(f"/s/{shop.slug}/{language}{path}", headers={"accept-encoding": "gzip"})
        assert answer["Content-Encoding"] == "gzip"
        page = gzip.decompress(answer.content).decode()
        needed = set(re.findall(r'<(?:script|link)[^>]+(?:src|href)="(/(?:static|brand)/[^"]+\.(?:css|js|svg))"', page))
        assert len(needed) >= 5
        weight = len(answer.content) + sum(len(gzip.compress(_served(client, url))) for url in needed)
        assert weight <= MOST, f"{path}: {weight}"


def _served(client: Client, url: str) -> bytes:
    if url.startswith("/static/"):
        found = finders.find(url.removeprefix("/static/"))
        assert isinstance(found, str)
        with open(found, "rb") as file:
            return file.read()
    return client.get(url).content


def test_pages_ask_as_often_for_three_as_for_many(client: Client, shop: Shop) -> None:
    paths = ("", "all/", "c/shelf/", "p/thing-number-0/")
    counts = []
    for number in (3, 9):
        filled(shop, number) if number == 3 else [make_listing(shop, f"More {place}") for place in range(6)]
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/s/{shop.slug}/{path}").status_code == 200
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 14


def test_search_engines_are_told_what_is_sold(client: Client, shop: Shop) -> None:
    listing = make_listing(
        shop, "</script><b>", category=add_category(shop, "Clothes"), texts={"fa": {"title": "پیراهن"}}
    )
    lay_out(listing, [("Size", ["S", "M"])], price=Decimal("12.50"), now=NOW)
    photographs.add(listing, picture_file(), now=NOW, alt="A shirt on a chair")
    page = client.get(f"/s/{shop.slug}/p/{listing.slug}/").content.decode()
    assert 'alt="A shirt on a chair"' in page
    assert page.count("<script") == page.count("</script>")
    told = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    trail, product = told["@graph"]
    assert [one["name"] for one in trail["itemListElement"]] == [shop.name, "Clothes", "</script><b>"]
    assert product["name"] == "</script><b>"
    assert product["image"][0].startswith("http://localhost:8000/files/")
    assert [(o["price"], o["priceCurrency"]) for o in product["offers"]] == [("120", "UAH"), ("12.5", "UAH")]
    assert [o["availability"].rpartition("/")[2] for o in product["offers"]] == ["InStock", "OutOfStock"]
    home = f"http://localhost:8000/s/{shop.slug}/"
    assert f'<link rel="canonical" href="{home}p/{listing.slug}/">' in page
    assert f'<link rel="alternate" hreflang="fa" href="{home}fa/p/{listing.slug}/">' in page
    assert '<meta property="og:type" content="product">' in page
    assert '<meta property="og:description" content="' in page
    assert 'name="robots"' not in page
    assert 'content="noindex' in client.get(f"/s/{shop.slug}/all/?q=x").content.decode()
    persian = client.get(f"/s/{shop.slug}/fa/p/{listing.slug}/").content.decode()
    assert f'<link rel="canonical" href="{home}fa/p/{listing.slug}/">' in persian


def test_the_site_map_has_every_page_in_every_language(
    client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(shop, 3)
    tree = ElementTree.fromstring(client.get(f"/s/{shop.slug}/sitemap.xml").content)
    urls = [found.text or "" for found in tree.findall("s:url/s:loc", SITEMAP)]
    assert len(urls) == len(set(urls)) == (1 + 1 + 3) * 2
    assert len(tree.findall("s:url/x:link", SITEMAP)) == len(urls) * 2
    assert all(client.get(url.removeprefix("http://localhost:8000")).status_code == 200 for url in urls)
    monkeypatch.setattr("tartib.storefront.engines.MOST", 1_004)
    index = ElementTree.fromstring(client.get(f"/s/{shop.slug}/sitemap.xml").content)
    parts = [found.text or "" for found in index.findall("s:sitemap/s:loc", SITEMAP)]
    assert len(parts) == 2
    found = b"".join(client.get(part.removeprefix("http://localhost:8000")).content for part in parts)
    assert all(f"<loc>{url}</loc>".encode() in found for url in urls)
    assert client.get(f"/s/{shop.slug}/sitemap-3.xml").status_code == 404
    assert f"Sitemap: http://localhost:8000/s/{shop.slug}/sitemap.xml" in _robots(client, shop)


def test_a_practice_shop_is_kept_from_search_engines(client: Client) -> None:
    shop = make_shop(practice=True)
    make_listing(shop)
    assert _robots(client, shop) == "User-agent: *\nDisallow: /\n"
    assert 'content="noindex' in client.get(f"/s/{shop.slug}/").content.decode()


def _robots(client: Client, shop: Shop) -> str:
    return client.get(f"/s/{shop.slug}/robots.txt").content.decode()


def test_only_who_comes_without_cookies_shares_a_page(shop: Shop) -> None:
    make_listing(shop)
    path = f"/s/{shop.slug}/"
    first = Client().get(path)
    assert first["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in first["Vary"]
    assert Client().get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    known = Client()
    known.cookies["cart"] = "x"
    assert known.get(path)["Cache-Control"] == "private, no-cache"
    for answer in (Client().get(f"{path}p/blue-shirt/"), Client().get(f"{path}fa/")):
        assert not answer.cookies or "private" in answer["Cache-Control"]
    assert Client().get(f"{path}fa/")["ETag"] != first["ETag"]


def test_a_filter_is_written_and_left_out_in_the_address(client: Client, shop: Shop) -> None:
    """X5: prices in any digits."""
    shirt = make_listing(shop, "Shirt", price="90", category=add_category(shop, "Clothes"))
    lay_out(shirt, [("Size", ["S", "M"])], price=Decimal(90), now=NOW)
    make_listing(shop, "Coat", price="300", category=shirt.category)
    page = client.get(f"/s/{shop.slug}/c/clothes/?from=۵۰&to=٢٠٠&o=Size:S&o=Size:M&stock=1&order=dear").content.decode()
    assert "Shirt" in page
    assert "Coat" not in page
    assert 'href="?from=50&amp;to=200&amp;stock=1&amp;o=Size%3AM&amp;order=dear"' in page, "without the size S"
    for nonsense in ("from=x&to=y", "o=&o=:&o=Size", "order=worst", "cursor=x", "from=-1", "from=9e99", "page=9"):
        assert client.get(f"/s/{shop.slug}/c/clothes/?{nonsense}").status_code == 200, nonsense


def test_a_search_without_result_shows_what_was_meant_and_says_so(client: Client, shop: Shop) -> None:
    make_listing(shop, "Teapot")
    page = client.get(f"/s/{shop.slug}/all/?q=teepots").content.decode()
    assert "No results for “teepots”" in page
    assert "/p/teapot/" in page
    assert "No results for" not in client.get(f"/s/{shop.slug}/all/?q=tea").content.decode()


def test_a_variant_is_chosen_by_its_link(client: Client, shop: Shop) -> None:
    listing = make_listing(shop, "Shirt")
    lay_out(listing, [("Size", ["S", "M"]), ("Colour", ["Red", "Blue"])], price=Decimal(90), now=NOW)
    variants = {product.variant: product for product in listing.variants.all()}
    page = client.get(f"/s/{shop.slug}/p/shirt/?v={variants['M · Blue'].pk}").content.decode()
    assert re.findall(r'data-variant="\d+" aria-current="true">\s*<span dir="auto">\s*(\w+)', page) == ["M", "Blue"]
    assert f'href="?v={variants["S · Blue"].pk}"' in page, "another size in the same colour"
    assert "Sold out" in page
    assert "Sold out" not in client.get(f"/s/{shop.slug}/p/shirt/").content.decode(), "begins with what can be had"


def test_staff_preview_what_is_not_published(client: Client, shop: Shop) -> None:
    listing = make_listing(shop)
    Listing.objects.update(published_at=None)
    assert client.get(f"/s/{shop.slug}/p/{listing.slug}/").status_code == 404
    assert shop.default_owner is not None
    client.force_login(shop.default_owner.user)
    assert "not published yet" in client.get(f"/s/{shop.slug}/p/{listing.slug}/").content.decode()
