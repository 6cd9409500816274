"""Whoever may not go on stays where they are: in their shop's frame and name, in their language, with a way on."""

from __future__ import annotations

import pytest
from django.test import Client

from tartib.catalog.showing import change_window
from tartib.shops.models import Shop, User
from tests.factories import make_listing, make_order, make_shop, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """A Ukrainian shop with an open window."""
    shop = make_shop(language="uk", languages=["uk", "fa"], country="UA")
    make_listing(shop)
    change_window(shop, open=True)
    return shop


def _staff(shop: Shop, role: str, language: str = "fa") -> Client:
    client = Client(enforce_csrf_checks=True)
    person = make_staff(shop, role)
    User.objects.filter(pk=person.pk).update(language=language)
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "orders/new/", 403),
        ("GET", "settings/", 403),
        ("POST", "orders/new/", 403),
        ("GET", "orders/XX-1-2611-0001/", 404),
        ("GET", "no/such/page/", 404),
        ("GET", "orders/bulk/run/", 405),
    ],
)
def test_a_refusal_at_the_desk_keeps_its_navigation_and_language(
    shop: Shop, method: str, path: str, status: int
) -> None:
    answer = _staff(shop, "technician").generic(method, f"/desk/{shop.slug}/{path}")
    page = answer.content.decode()
    assert answer.status_code == status
    assert f'href="/desk/{shop.slug}/orders/"' in page
    assert shop.name in page
    assert '<html lang="fa' in page
    assert f'href="/desk/{shop.slug}/settings/"' not in page


@pytest.mark.parametrize("path", ["orders/", "settings/", "no/such/page/"])
def test_who_works_elsewhere_is_told_nothing_of_the_shop(shop: Shop, path: str) -> None:
    answer = _staff(make_shop(), "owner").get(f"/desk/{shop.slug}/{path}")
    assert answer.status_code == 404
    assert shop.name not in answer.content.decode()


def test_an_expired_form_in_a_shop_keeps_the_shops_name_language_and_ways(shop: Shop) -> None:
    for path, language in ((f"/s/{shop.slug}/cart/", "uk"), (f"/s/{shop.slug}/fa/cart/", "fa")):
        answer = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"}).post(path)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert f'<html lang="{language}' in page
        assert shop.name in page
        assert f'href="/s/{shop.slug}/' in page
        assert 'href="/"' not in page
        assert "Tartib" not in page


def test_an_expired_form_behind_an_orders_link_leads_back_to_the_order(shop: Shop) -> None:
    case = make_order(shop)
    answer = Client(enforce_csrf_checks=True).post(f"/t/{case.token}/help/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert f'href="/t/{case.token}/"' in page
    assert '<html lang="uk' in page
    assert shop.name in page


def test_an_address_that_a_shop_does_not_have_is_told_on_its_own_page(shop: Shop) -> None:
    answer = Client(headers={"Accept-Language": "en"}).get(f"/s/{shop.slug}/no/such/page/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert '<html lang="uk' in page
    assert shop.name in page
    assert Client().get("/s/no-shop/").status_code == 404
