"""Requirement B1: how staff fill the window: listings, headings, variants laid out from options, photos with undo."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from tartib.catalog import photographs
from tartib.catalog.models import Product
from tartib.catalog.showing import (
    add_category,
    add_listing,
    change_category,
    change_listing,
    delete_listing,
    move_category,
)
from tartib.catalog.variants import Row, TooManyVariants, change_table, lay_out
from tartib.catalog.window import Category, Listing, Photo
from tartib.files.models import Upload
from tartib.files.operations import NotAPicture
from tests.factories import NOW, make_listing, make_shop, picture_file

pytestmark = pytest.mark.django_db


def test_addresses_are_of_the_title_in_any_script_and_never_twice() -> None:
    shop = make_shop(language="fa")
    slugs = [add_listing(shop, title, now=NOW).slug for title in ("چای لاهیجان", "چای لاهیجان", "می‌خواهم", "!!!")]
    assert slugs == ["چای-لاهیجان", "چای-لاهیجان-2", "می-خواهم", "x"]


def test_the_products_are_called_as_their_listing() -> None:
    listing = make_listing(make_shop(), "Shirt")
    change_listing(listing, title="Linen shirt", slug="Linen Shirt")
    product = listing.variants.get()
    assert (product.name, listing.slug) == ("Linen shirt", "linen-shirt")
    assert " linen " in listing.search
    delete_listing(listing)
    product.refresh_from_db()
    assert product.listing_id is None, "what was sold stays, with its stock and in its orders"


def test_options_are_laid_out_into_variants_and_what_is_there_stays() -> None:
    listing = make_listing(make_shop(), "Shirt")
    first = listing.variants.get()
    assert lay_out(listing, [("Size", ["S", "M"])], price=Decimal(12), now=NOW) == 1
    assert [(p.variant, p.price) for p in listing.variants.order_by("place")] == [
        ("S", Decimal(120)),
        ("M", Decimal(12)),
    ]
    first.refresh_from_db()
    assert first.options == {"Size": "S"}
    assert lay_out(listing, [("Size", ["M", "L"]), ("Cut", ["Slim"])], price=Decimal(9), now=NOW) == 2
    first.refresh_from_db()
    assert not first.active, "its combination is gone"
    listing.refresh_from_db()
    assert (listing.price_from, listing.price_to) == (Decimal(9), Decimal(9))
    with pytest.raises(TooManyVariants, match="121"):
        lay_out(listing, [("A", list("12345678901")), ("B", list("12345678901"))], price=Decimal(1), now=NOW)


def test_a_table_of_variants_is_changed_as_one() -> None:
    listing = make_listing(make_shop(), "Shirt")
    lay_out(listing, [("Size", ["S", "M"])], price=Decimal(12), now=NOW)
    small, medium = listing.variants.order_by("place")
    row = Row("SH-S", Decimal(15), Decimal(20), 300, None, True)
    change_table(listing, {small.pk: row, medium.pk: Row("SH-M", Decimal(16), None, None, None, True)})
    listing.refresh_from_db()
    assert (listing.price_from, listing.price_to) == (Decimal(15), Decimal(16))
    assert " shs " in listing.search
    with pytest.raises(ValidationError):
        change_table(listing, {medium.pk: Row("SH-S", Decimal(1), None, None, None, True)})
    with pytest.raises(ValidationError, match="former price"):
        change_table(listing, {small.pk: Row("SH-S", Decimal(15), Decimal(15), None, None, True)})
    assert Product.objects.get(pk=medium.pk).sku == "SH-M"


def test_a_category_cannot_come_under_itself() -> None:
    shop = make_shop()
    top = add_category(shop, "Top")
    below = add_category(shop, "Below", parent=top)
    with pytest.raises(ValidationError):
        change_category(top, parent=below)
    other = add_category(shop, "Other")
    move_category(other, up=True)
    assert list(Category.objects.filter(parent=None).order_by("position")) == [other, top]


def test_photos_are_put_in_order_removed_and_put_back() -> None:
    listing = make_listing(make_shop())
    first, second = (photographs.add(listing, picture_file(), now=NOW, alt=alt) for alt in ("one", "two"))
    photographs.arrange(listing, [second.pk, 999, second.pk])
    assert list(Photo.objects.order_by("position")) == [second, first]
    photographs.remove(first, now=NOW)
    photographs.put_back(first)
    photographs.remove(second, now=NOW)
    assert photographs.forget_removed(NOW + timedelta(hours=23)) == 0
    assert photographs.forget_removed(NOW + timedelta(hours=25)) == 1
    assert list(Photo.objects.all()) == [first]
    with pytest.raises(NotAPicture):
        photographs.add(listing, picture_file(kind="GIF"), now=NOW)
    assert Upload.objects.count() == 2, "files go with the sweep of files"
    assert Listing.objects.get().photos.count() == 1
