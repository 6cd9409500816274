"""A shop is told once what it needs besides: on its first steps, until it puts them away."""

from __future__ import annotations

import pytest
from django.test import Client

from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Message
from tartib.shops.models import Role, Shop
from tests.factories import make_order, make_shop, make_staff, move, with_sms

pytestmark = pytest.mark.django_db
PHONE_ALONE = CustomerDraft("Rayhan", "", "+966501234567")


def shown(client: Client, shop: Shop, page: str = "first-steps/") -> str:
    return client.get(f"/desk/{shop.slug}/{page}").content.decode()


def test_a_shop_without_an_sms_service_is_told_so_once_and_not_on_each_order(client: Client) -> None:
    shop = make_shop()
    client.force_login(make_staff(shop, Role.OWNER))
    case = make_order(shop, customer=PHONE_ALONE)
    move(case, "on-hold")
    assert not Message.objects.filter(case=case, channel="sms").exists(), "nothing fails, and nothing is red"
    steps = shown(client, shop)
    assert "An SMS service" in steps and f"/desk/{shop.slug}/settings/sms/" in steps
    assert "1 open order waits for that" in steps
    assert ">2<" in shown(client, shop, "first-steps/count/")
    with_sms(shop)
    shop.refresh_from_db()
    assert "Choose an SMS service" not in shown(client, shop)
    assert ">1<" in shown(client, shop, "first-steps/count/")


def test_they_leave_the_menu_when_they_are_put_away_and_stay_among_the_settings(client: Client) -> None:
    shop = make_shop()
    client.force_login(make_staff(shop, Role.OWNER))
    menu = f'class="side-link" href="/desk/{shop.slug}/first-steps/"'
    assert menu in shown(client, shop, "orders/")
    assert client.post(f"/desk/{shop.slug}/first-steps/away/").status_code == 302
    assert menu not in shown(client, shop, "orders/")
    assert f"/desk/{shop.slug}/first-steps/" in shown(client, shop, "settings/")


def test_they_are_for_who_keeps_the_settings(client: Client) -> None:
    shop = make_shop()
    client.force_login(make_staff(shop, Role.MANAGER))
    assert client.get(f"/desk/{shop.slug}/first-steps/").status_code == 403
    assert "first-steps" not in shown(client, shop, "orders/")
