"""Requirement B1: staff fill the window on the desk: listings, variants, photos, categories, what it says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tartib.catalog.models import Product
from tartib.catalog.showing import add_category, add_listing
from tartib.catalog.window import Category, Listing, Photo, Window
from tartib.shops import domains
from tartib.shops.models import Claim, Role, Shop
from tests.factories import NOW, make_listing, make_product, make_shop, make_staff, picture_file
from tests.services import dns


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop with two languages, in hryvnias."""
    return make_shop(currency="UAH", languages=["en", "fa"])


@pytest.fixture
def desk(shop: Shop) -> Callable[..., str]:
    """The address of a page of the window's keeping."""
    return lambda path="": f"/desk/{shop.slug}/window/{path}"


@pytest.fixture
def owner(shop: Shop) -> Client:
    """The browser of an owner."""
    client = Client()
    client.force_login(make_staff(shop, Role.OWNER))
    return client


def photo(name: str, kind: str = "JPEG") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_file(kind=kind).read())


def test_a_listing_is_begun_written_and_published(owner: Client, shop: Shop, desk: Callable[..., str]) -> None:
    """B1, X5: prices in any digits, texts in each language."""
    shelf = add_category(shop, "Shelf")
    begun = owner.post(
        desk("new/"), {"title": "Teapot", "category": shelf.pk, "sku": "TP", "price": "۱۲۰", "stocked": 1}
    )
    listing = Listing.objects.get()
    assert begun["Location"] == desk(f"listings/{listing.pk}/")
    assert listing.variants.get().price == Decimal(120)
    assert "Teapot" in owner.get(begun["Location"]).content.decode()
    texts = {"title": "Stone teapot", "slug": "stone teapot", "category": shelf.pk, "fa-title": "قوری سنگی"}
    assert owner.post(begun["Location"], texts).status_code == 302
    listing.refresh_from_db()
    assert (listing.title, listing.slug) == ("Stone teapot", "stone-teapot")
    assert listing.texts == {"fa": {"title": "قوری سنگی"}}
    owner.post(desk(f"listings/{listing.pk}/publish/"), {"shown": "1"})
    owner.post(desk("settings/"), {"open": "1", "headline": "Hello"})
    assert "قوری سنگی" in Client().get(f"/s/{shop.slug}/fa/").content.decode()
    owner.post(desk(f"listings/{listing.pk}/publish/"), {"shown": "0"})
    assert "Stone teapot" not in Client().get(f"/s/{shop.slug}/").content.decode()
    owner.post(desk(f"listings/{listing.pk}/delete/"))
    assert not Listing.objects.exists()
    assert Product.objects.filter(sku="TP").exists()


def test_what_cannot_be_is_said_at_its_field(owner: Client, shop: Shop, desk: Callable[..., str]) -> None:
    make_product(shop)
    taken = Product.objects.get().sku
    answer = owner.post(desk("new/"), {"title": "Teapot", "sku": taken, "price": "1"})
    assert answer.status_code == 422
    assert "Another product has this SKU" in answer.content.decode()
    one, other = add_listing(shop, "One", now=NOW), add_listing(shop, "Other", now=NOW)
    answer = owner.post(desk(f"listings/{one.pk}/"), {"title": "One", "slug": other.slug})
    assert answer.status_code == 422
    assert "Another listing has this address" in answer.content.decode()


def test_variants_are_laid_out_and_changed_in_a_table(owner: Client, shop: Shop, desk: Callable[..., str]) -> None:
    listing = make_listing(shop, "Shirt")
    at = desk(f"listings/{listing.pk}/")
    matrix = {"options-name_1": "Size", "options-values_1": "S, M، L", "options-price": "90"}
    assert owner.post(at + "options/", matrix).status_code == 302
    assert list(listing.variants.order_by("place").values_list("variant", flat=True)) == ["S", "M", "L"]
    rows: dict[str, object] = {}
    for product in listing.variants.all():
        rows |= {
            f"v{product.pk}-sku": f"SH-{product.variant}",
            f"v{product.pk}-price": "95",
            f"v{product.pk}-active": 1,
        }
    assert owner.post(at + "variants/", rows).status_code == 302
    assert set(listing.variants.values_list("sku", "price")) == {(f"SH-{v}", Decimal(95)) for v in "SML"}
    first = listing.variants.order_by("place")[0]
    answer = owner.post(at + "variants/", rows | {f"v{first.pk}-compare_at": "90"})
    assert answer.status_code == 422
    assert "must be higher" in answer.content.decode()
    answer = owner.post(at + "variants/", rows | {f"v{first.pk}-sku": "SH-M"})
    assert "Two products cannot have one SKU" in answer.content.decode()
    many = {"options-name_1": "A", "options-values_1": ",".join(map(str, range(101))), "options-price": "1"}
    assert owner.post(at + "options/", many).status_code == 422


def test_photos_are_added_described_ordered_and_removed_with_undo(
    owner: Client, shop: Shop, desk: Callable[..., str]
) -> None:
    listing = make_listing(shop)
    at = desk(f"listings/{listing.pk}/")
    owner.post(at + "photos/", {"photos": [photo("a.jpg"), photo("b.png", "PNG"), photo("c.gif", "GIF")]})
    assert "c.gif" in owner.get(at).content.decode(), "what could not be read is named"
    first, second = Photo.objects.order_by("position")
    owner.post(desk(f"photos/{second.pk}/move/"))
    product = listing.variants.get()
    owner.post(desk(f"photos/{second.pk}/"), {"alt": "Seen from the side", "variant": product.pk})
    second.refresh_from_db()
    assert (second.position, second.alt, second.product) == (0, "Seen from the side", product)
    owner.post(desk(f"photos/{first.pk}/remove/"))
    for _time in range(2):
        page = owner.get(at)
        assert first not in page.context["photos"]
        assert f'action="{desk(f"photos/{first.pk}/restore/")}"' in page.content.decode(), "also after a reload"
    owner.post(desk(f"photos/{first.pk}/restore/"))
    assert first.upload.token in owner.get(at).content.decode()


def test_categories_are_kept_as_a_tree(owner: Client, shop: Shop, desk: Callable[..., str]) -> None:
    owner.post(desk("categories/"), {"new-name": "Home", "new-name_fa": "خانه"})
    home = Category.objects.get()
    assert home.texts == {"fa": {"name": "خانه"}}
    owner.post(desk("categories/"), {"new-name": "Wool", "new-parent": home.pk})
    wool = Category.objects.get(name="Wool")
    assert wool.parent == home
    answer = owner.post(desk(f"categories/{home.pk}/"), {f"c{home.pk}-name": "Home", f"c{home.pk}-parent": wool.pk})
    assert answer.status_code == 422
    owner.post(desk(f"categories/{home.pk}/remove/"))
    assert Category.objects.get().parent is None


def test_the_window_says_what_the_owner_writes(
    owner: Client, shop: Shop, desk: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = make_listing(shop, "Shirt")
    owner.post(
        desk(f"listings/{listing.pk}/options/"),
        {"options-name_1": "Size", "options-values_1": "S,M", "options-price": "9"},
    )
    given = {
        "open": "1", "headline": "Made slowly", "about": "By hand.", "fa-headline": "آهسته", "domain": "Wares.Example",
        "w-fa-0": "اندازه", "picture": photo("x.jpg"),
    }  # fmt: skip
    assert owner.post(desk("settings/"), given).status_code == 302
    window = Window.objects.get()
    assert window.words == {"fa": {"Size": "اندازه"}}
    assert window.picture is not None
    shop.refresh_from_db()
    assert shop.domain == "", "it is only claimed"
    claim = Claim.objects.get(shop=shop)
    page = owner.get(desk("settings/")).content.decode()
    assert claim.record in page
    assert claim.line in page
    monkeypatch.setattr(domains, "SCHEMES", ())
    with dns(monkeypatch, {}) as records:
        assert "not to be seen yet" in owner.post(desk("settings/domain/"), follow=True).content.decode()
        records[claim.record] = claim.line
        assert "is proved" in owner.post(desk("settings/domain/"), follow=True).content.decode()
    page = Client(headers={"host": "wares.example"}).get("/fa/p/shirt/").content.decode()
    assert "اندازه" in page
    assert window.picture.token in page, "the picture for other sites"
    refused = owner.post(desk("settings/"), {"domain": "localhost"})
    assert refused.status_code == 422
    assert owner.post(desk("settings/"), {"picture": photo("x.gif", "GIF")}).status_code == 422


def test_products_in_no_listing_are_listed_by_name(owner: Client, shop: Shop, desk: Callable[..., str]) -> None:
    for name in ("Shirt", "Shirt", "Coat"):
        make_product(shop, name=name)
    Product.objects.filter(name="Shirt").update(variant="S")
    assert "3 products are in no listing yet" in owner.get(desk()).content.decode()
    owner.post(desk("products/"))
    assert {listing.title: listing.variants.count() for listing in Listing.objects.all()} == {"Shirt": 2, "Coat": 1}
    assert not Listing.objects.filter(published_at__isnull=False).exists()
    assert "in no listing yet" not in owner.get(desk()).content.decode()


def test_the_list_asks_as_often_for_three_as_for_one(owner: Client, shop: Shop, desk: Callable[..., str]) -> None:
    counts = []
    for number in (1, 3):
        while Listing.objects.count() < number:
            make_listing(shop, f"Thing {Listing.objects.count()}")
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(desk()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
