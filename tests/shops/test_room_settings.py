"""What single rooms know of a shop, beside what all need."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from tartib.billing.models import PaperSettings
from tartib.orders.models import OrderSettings
from tartib.shops.models import Shop
from tartib.shops.operations import change_shop
from tartib.shops.room_settings import values
from tests.factories import make_shop

pytestmark = pytest.mark.django_db


def records(shop: Shop) -> tuple[Shop, OrderSettings, PaperSettings]:
    """The shop and what two rooms keep of it."""
    return shop, OrderSettings.of(shop), PaperSettings.of(shop)


def test_a_shop_that_has_set_nothing_has_the_defaults() -> None:
    shop = make_shop()
    assert (OrderSettings.of(shop).return_days, PaperSettings.of(shop).paper_years) == (14, 10)
    assert not OrderSettings.objects.filter(shop=shop).exists()


def test_each_setting_is_kept_where_it_belongs() -> None:
    shop, other = make_shop(), make_shop()
    change_shop(*records(shop), name="Corner", return_days=30, legal_name="Corner Ltd")
    assert values(("name", "return_days", "legal_name"), *records(Shop.objects.get(pk=shop.pk))) == {
        "name": "Corner", "return_days": 30, "legal_name": "Corner Ltd",
    }  # fmt: skip
    assert OrderSettings.of(other).return_days == 14


def test_one_that_cannot_be_leaves_all_as_they_were() -> None:
    shop = make_shop()
    with pytest.raises(ValidationError):
        change_shop(*records(shop), name="Corner", return_days=366)
    assert Shop.objects.get(pk=shop.pk).name != "Corner"
    assert OrderSettings.of(shop).return_days == 14


def test_a_name_that_no_record_has_is_a_mistake() -> None:
    shop = make_shop()
    with pytest.raises(LookupError):
        change_shop(shop, return_days=30)
