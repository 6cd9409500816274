"""Settings of how the shop sells: ways of delivery, taxes, codes (E1)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tartib.checkout.models import Discount
from tartib.customers.queries import points_rule
from tartib.orders.models import OrderSettings
from tartib.orders.taxes import of_shop
from tartib.shipping.models import Method
from tartib.shipping.queries import offers, tracking_url
from tartib.shipping.quoting import Parcel
from tartib.shops.models import Shop

pytestmark = pytest.mark.django_db


def test_a_way_of_delivery_is_set_up_with_its_rates_and_changed(owner: Client, shop: Shop) -> None:
    there = f"/desk/{shop.slug}/settings/delivery/"
    form = {
        "kind": "carrier", "name_en": "Post", "name_fa": "پست", "carrier": "Swift", "active": "on", "rows": "3",
        "tracking_pattern": "https://track.example.com/{number}", "free_from": "۱۰۰۰",
        "row0-price": "70", "row0-country": "ua", "row0-weight_to": "1000",
        "row2-price": "90", "row2-weight_from": "1000",
    }  # fmt: skip
    assert owner.post(f"{there}new/", form).status_code == 302
    method = Method.objects.get(shop=shop)
    assert (method.name("fa"), method.name("uk")) == ("پست", "Post")
    assert [offer.price for offer in offers(shop, Parcel(500, Decimal(10), "UA"))] == [70]
    assert [offer.price for offer in offers(shop, Parcel(2_000, Decimal(10), "PL"))] == [90]
    assert [offer.price for offer in offers(shop, Parcel(500, Decimal(1_000), "UA"))] == [0]
    assert offers(shop, Parcel(500, Decimal(10), "PL")) == []
    assert tracking_url(shop, "swift", "A1") == "https://track.example.com/A1"
    assert "Post" in owner.get(there).content.decode()
    changed = owner.post(f"{there}{method.pk}/", form | {"name_en": "Parcel post", "row0-price": "75"})
    assert changed.status_code == 302
    assert Method.objects.get(shop=shop).name("en") == "Parcel post"
    owner.post(f"{there}{method.pk}/removal/")
    assert not Method.objects.filter(shop=shop).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "pickup"}, "branch"),
        ({"name_en": ""}, "name_en"),
        ({"tracking_pattern": "https://track.example.com/"}, "tracking_pattern"),
        ({"row0-price": "5", "row0-weight_from": "9", "row0-weight_to": "3"}, "row0-weight_to"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    owner: Client, shop: Shop, wrong: dict[str, str], field: str
) -> None:
    form = {"kind": "courier", "name_en": "Courier", "rows": "1", "carrier": "Swift"} | wrong
    answer = owner.post(f"/desk/{shop.slug}/settings/delivery/new/", form)
    page = answer.content.decode()
    assert f'aria-describedby="id_{field}' in page or "errorlist" in page
    assert "Swift" in page
    assert not Method.objects.filter(shop=shop).exists()


def test_more_rows_are_given_without_a_script(owner: Client, shop: Shop) -> None:
    form = {"kind": "courier", "name_en": "Courier", "rows": "3", "row0-price": "12", "more": "1"}
    page = owner.post(f"/desk/{shop.slug}/settings/delivery/new/", form).content.decode()
    assert 'name="rows" value="6"' in page
    assert 'name="row5-price"' in page
    assert not Method.objects.filter(shop=shop).exists()


def test_taxes_and_the_time_to_pay(owner: Client, shop: Shop) -> None:
    there = f"/desk/{shop.slug}/settings/selling/"
    form = {"pay_minutes": "45", "tax_shipping": "on", "rows": "2", "row0-percent": "20", "row1-percent": "7,5"}
    answer = owner.post(there, form | {"row1-tax_class": "books"})
    assert answer.status_code == 302
    shop.refresh_from_db()
    assert (OrderSettings.of(shop).pay_minutes, shop.tax_included, shop.tax_shipping) == (45, False, True)
    assert {(tax.tax_class, tax.percent) for tax in of_shop(shop)} == {("", Decimal(20)), ("books", Decimal("7.5"))}
    twice = owner.post(there, form | {"row1-tax_class": ""})
    assert twice.status_code == 422
    assert len(of_shop(shop)) == 2


def test_codes_are_made_changed_and_counted(owner: Client, shop: Shop) -> None:
    there = f"/desk/{shop.slug}/settings/codes/"
    form = {"code": " Spring ۱۰ ", "kind": "percent", "value": "10", "active": "on", "ends_on": "2026-12-31"}
    assert owner.post(there, form).status_code == 302
    code = Discount.objects.get(shop=shop)
    assert (code.code, code.value) == ("SPRING10", Decimal(10))
    assert code.ends_at is not None
    assert "SPRING10" in owner.get(there).content.decode()
    assert owner.post(there, form).status_code == 422
    assert owner.post(there, form | {"code": "B", "value": "101"}).status_code == 422
    assert owner.post(f"{there}{code.pk}/", form | {"value": "15"}).status_code == 302
    code.refresh_from_db()
    assert code.value == 15


def test_the_rule_for_points_is_off_until_it_is_turned_on(owner: Client, shop: Shop) -> None:
    """E3: what gives points, what they are worth, who approves them, how many can be spent."""
    there = f"/desk/{shop.slug}/settings/points/"
    assert not points_rule(shop).active
    assert owner.get(there).status_code == 200
    form = {
        "active": "on", "points_each": "2", "amount_each": "۱۰۰", "value": "0.50", "least": "20", "most_percent": "50",
        "months": "",
    }  # fmt: skip
    assert owner.post(there, form | {"most_percent": "150"}).status_code == 422
    assert owner.post(there, form).status_code == 302
    rule = points_rule(shop)
    assert (rule.active, rule.by_staff, rule.months, rule.earned(Decimal("250.00"))) == (True, False, None, 4)
    assert (rule.spendable(500, Decimal(100)), rule.spendable(19, Decimal(100))) == (100, 0)
    assert rule.worth(3, "UAH") == Decimal("1.50")
