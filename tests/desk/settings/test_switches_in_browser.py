"""The switches on a phone, in Persian: one is turned off, kept, and nothing of that status goes by it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Message
from tartib.shops.models import Role
from tests.factories import PASSWORD, make_order, make_shop, make_staff, move, with_sms

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_is_switched_off_by_status_and_channel(page: Page, live_server: LiveServer) -> None:
    """A5: what the page shows after saving is what is sent, and each switch says what its message takes."""
    shop = with_sms(make_shop(language="fa"))
    customer = CustomerDraft("رها", "raha@example.com", "+989121234567")
    make_order(shop, customer=customer)
    user = make_staff(shop, Role.MANAGER)
    user.language = "fa"
    user.save()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/sign-in/?next=/desk/{shop.slug}/templates/switches/")
    page.fill("[name=email]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#sms-on-hold")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    expect(page.locator(".switch-takes").first).to_contain_text("پیامک")
    page.select_option("#email-on-hold", "never")
    page.click("main form .btn-primary")
    expect(page.locator("#toasts")).to_contain_text("ذخیره شد")
    expect(page.locator("#email-on-hold")).to_have_value("never")
    case = make_order(shop, customer=customer)
    move(case, "on-hold")
    told = Message.objects.filter(case=case, status="on-hold", kind="status")
    assert [(one.channel, one.state) for one in told] == [("email", "off")]
