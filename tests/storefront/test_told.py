"""Who buys with a phone alone: what the last page promises, and what then comes (D5, E7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tartib.cases.models import Case
from tests.checkout.selling import confirm_now, make_cart, make_selling_shop
from tests.factories import NOW, make_product, move, pay, with_sms
from tests.notify.sending import fates, send
from tests.services import Phone

pytestmark = pytest.mark.django_db


def test_who_left_a_phone_alone_is_told_of_all_of_it_by_sms(client: Client, phone: Phone) -> None:
    """D5, E7: order received with where to pay, paid, and cancelled, as others are by e-mail."""
    shop = with_sms(make_selling_shop("essential", practice=False))
    done = confirm_now(make_cart(shop, make_product(shop), paid_by="bank", email=""))
    case = Case.objects.get(pk=done.case_id)
    page = client.get(f"/s/{shop.slug}/thanks/{done.token}/").content.decode()
    assert 'We’ll send updates by SMS to <bdi dir="ltr">+380501112233</bdi>.' in page
    assert send(NOW + timedelta(minutes=2)) == {"sent": 2}, "the shop is told too"
    assert f"/t/{done.token}/pay/" in phone.received[0].text
    pay(case)
    move(case, "cancelled", now=NOW + timedelta(hours=1))
    assert [(channel, status) for channel, status, _state in fates(case)] == [
        ("sms", "pending"), ("sms", "processing"), ("sms", "cancelled"),
    ]  # fmt: skip


def test_a_shop_without_a_service_promises_no_sms(client: Client) -> None:
    """D5: the page says what is true, and nothing fails."""
    shop = make_selling_shop("essential", practice=False)
    done = confirm_now(make_cart(shop, make_product(shop), paid_by="cash", email=""))
    page = client.get(f"/s/{shop.slug}/thanks/{done.token}/").content.decode()
    assert "SMS" not in page
    assert "Please keep the link of your order’s page" in page
    assert fates(Case.objects.get(pk=done.case_id)) == []
