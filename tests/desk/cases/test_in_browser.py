"""Whose case it is, by the keyboard alone: taken, handed over with the reason; what is typed stays."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.cases.models import Case
from tartib.shops.models import Role
from tests.factories import PASSWORD, make_order, make_shop, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_is_taken_and_handed_over_by_keys(page: Page, live_server: LiveServer) -> None:
    """B3, B4, D8: t takes, o hands over; the next one reads why, and the order is theirs."""
    shop = make_shop()
    case, user, to = make_order(shop), make_staff(shop, Role.EXPERT), make_staff(shop, Role.EXPERT, "Tom Tailor")
    order = reverse("desk:order", args=[shop.slug, case.code])
    page.goto(f"{live_server.url}/sign-in/?next={order}")
    page.fill("[name=email]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("[data-take]")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("t")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[data-take]")).to_have_count(0)
    # Where the card was folded away as well.
    page.click("#responsible > summary")
    page.keyboard.press("o")
    expect(page.locator(".owner-fields select")).to_be_focused()
    page.keyboard.type("Tom")
    page.keyboard.press("Tab")
    page.keyboard.type("On holiday from tomorrow")
    # What changes elsewhere does not take the form away.
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:changed', { bubbles: true }))")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".owner-fields textarea")).to_have_value("On holiday from tomorrow")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#responsible blockquote")).to_have_text("On holiday from tomorrow")
    assert Case.objects.get(pk=case.pk).owner == to.memberships.get()
