"""The page on which a shop says which messages are sent."""

from __future__ import annotations

import pytest
from django.test import Client

from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Switch
from tartib.shops.models import Role
from tests.factories import make_order, make_shop, make_staff

pytestmark = pytest.mark.django_db


def signed_in(shop_slug: str, user: object) -> tuple[Client, str]:
    """Somebody's browser, and the address of the page."""
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client, f"/desk/{shop_slug}/templates/switches/"


def test_a_manager_sees_what_each_message_says_and_switches_one_off() -> None:
    """A5: each message has a switch for its status and channel; the confirmation has none to silence it."""
    shop = make_shop()
    case = make_order(shop, customer=CustomerDraft("Rayhan", "", "+966501234567"))
    client, page = signed_in(shop.slug, make_staff(shop, Role.MANAGER))
    shown = client.get(page).content.decode()
    assert case.code in shown
    assert 'name="email-on-hold"' in shown and 'name="sms-"' in shown
    assert "only a phone number" in shown
    answer = client.post(page, {"email-": "always", "sms-": "instead", "email-on-hold": "never"})
    assert answer.status_code == 302
    assert list(Switch.objects.values_list("status", "channel", "sending")) == [("on-hold", "email", "never")]
    refused = client.post(page, {"email-": "instead", "sms-": "instead", "push-on-hold": "never"})
    assert refused.status_code == 422
    assert Switch.objects.count() == 1
    assert '<option value="never" selected>' in refused.content.decode()


def test_whoever_may_not_write_templates_may_not_switch_messages() -> None:
    shop = make_shop()
    client, page = signed_in(shop.slug, make_staff(shop, Role.TECHNICIAN))
    assert client.get(page).status_code == 403
