"""What needs a person, on a phone in Persian: found by its count, settled by its button."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.dispatch.models import WorkRecord
from tartib.dispatch.operations import open_work
from tartib.journal.operations import SYSTEM
from tartib.payments.models import Direction, Payment
from tartib.payments.operations import record_payment
from tartib.shops.models import Role
from tests.factories import PASSWORD, make_order, make_shop, make_staff, pay

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_sends_back_what_is_too_much(page: Page, live_server: LiveServer) -> None:
    """Money nobody expects is seen, and goes back by one button that says how much."""
    shop, now = make_shop(currency="IRT", language="fa"), timezone.now()
    case = make_order(shop)
    pay(case)
    record_payment(shop, case.pk, Decimal(7000), "IRT", SYSTEM, now=now)
    extra = Payment.objects.get(case=case, amount=7000)
    open_work(
        shop, "money-surplus", f"payment:{extra.pk}", actor=SYSTEM, now=now, case_id=case.pk,
        facts={"amount": "7000", "currency": "IRT", "payment": str(extra.pk)},
    )  # fmt: skip
    user = make_staff(shop, Role.MANAGER)
    user.language = "fa"
    user.save()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/sign-in/?next={reverse('desk:orders', args=[shop.slug])}")
    page.fill("[name=email]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.click(f"nav.bar a[href='{reverse('desk:attention', args=[shop.slug])}']")
    expect(page.locator(".work")).to_contain_text("۷٬۰۰۰ تومان")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.click(".work .btn-primary:visible")
    page.click("dialog[open] .btn-danger, dialog[open] .btn-primary")
    expect(page.locator(".work")).to_have_count(0)
    assert Payment.objects.get(case=case, direction=Direction.OUT).amount == Decimal(7000)
    assert WorkRecord.objects.get().outcome == "act"
