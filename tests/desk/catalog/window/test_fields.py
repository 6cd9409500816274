"""The fields in which a shop writes what its window says."""

from __future__ import annotations

import pytest

from tartib.desk.catalog.window.forms import CategoryForm, ListingForm, TextsForm, WindowForm, WindowTextsForm
from tartib.web.naming import name_fields
from tests.factories import make_shop

pytestmark = pytest.mark.django_db


def test_every_field_of_words_names_its_language_with_the_shops_region() -> None:
    shop = make_shop(country="IR", language="fa", languages=["fa", "en"])
    own, other = shop.tag("fa"), shop.tag("en")
    assert (own, other) == ("fa-IR", "en-GB")
    forms = [ListingForm(shop), WindowForm(shop), TextsForm(shop, "en"), WindowTextsForm(shop, "en")]
    said = [{field.widget.attrs.get("lang") for field in form.fields.values()} - {None} for form in forms]
    assert said == [{own}, {own}, {other}, {other}]
    heading = CategoryForm(shop, None).fields
    assert [heading[name].widget.attrs["lang"] for name in ("name", "name_en")] == [own, other]
    assert {field.widget.attrs["lang"] for field in name_fields(shop, 80, needed=True).values()} == {own, other}
