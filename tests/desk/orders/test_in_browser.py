"""The page of an order in a real browser: what its scripts add."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.cases.models import Case
from tartib.shops.models import Role, Shop
from tests.factories import PASSWORD, make_order, make_shop, make_staff, move, with_sms

pytestmark = pytest.mark.django_db(transaction=True)


def open_order(page: Page, server: LiveServer, shop: Shop, case: Case) -> None:
    user = make_staff(shop, Role.MANAGER)
    page.goto(f"{server.url}/sign-in/?next={reverse('desk:order', args=[shop.slug, case.code])}")
    page.fill("[name=email]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**/orders/{case.code}/")


def test_the_ticks_follow_the_status_chosen_until_a_person_sets_one(page: Page, live_server: LiveServer) -> None:
    """E3: notify by e-mail, notify by SMS."""
    shop = with_sms(make_shop("delivery"))
    case = make_order(shop, payment_method="on-receipt")
    for status in ("in-processing", "picking", "packed"):
        move(case, status)
    case.refresh_from_db()
    by_status = {m.target: m.notify for m in case.flow.moves_from(case.status) if m.by == "hand"}
    both = next(code for code, notify in by_status.items() if {"email", "sms"} <= set(notify))
    other = next(code for code, notify in by_status.items() if "sms" not in notify)
    open_order(page, live_server, shop, case)
    page.keyboard.press("e")
    email, sms = page.locator("#id_email"), page.locator("#id_sms")
    for target in (both, other, both):
        page.select_option("#id_target", target)
        assert (email.is_checked(), sms.is_checked()) == tuple(name in by_status[target] for name in ("email", "sms"))
    email.uncheck()
    page.select_option("#id_target", other)
    page.select_option("#id_target", both)
    expect(email).not_to_be_checked()
    expect(sms).to_be_checked()


def test_no_two_fields_of_the_page_share_an_id(page: Page, live_server: LiveServer) -> None:
    """A label that names two fields names neither."""
    shop = make_shop()
    open_order(page, live_server, shop, make_order(shop))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert sorted(ids) == sorted(set(ids))


def test_what_happened_is_announced_and_has_the_focus(page: Page, live_server: LiveServer) -> None:
    """WCAG 4.1.3, 2.4.3: an act is heard, its way back is one step away and stays; a refusal is in sight on a phone."""
    shop = make_shop("delivery")
    case = make_order(shop, payment_method="on-receipt")
    open_order(page, live_server, shop, case)
    expect(page.locator("#said")).to_have_text("")
    page.click("#case-bar .btn-primary")
    expect(page.locator("#said")).to_contain_text("The order is now")
    expect(page.locator(".toast-note")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".toast-undo button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast-note")).to_contain_text("back where it was")
    page.set_viewport_size({"width": 390, "height": 700})
    page.evaluate("scrollTo(0, 400)")
    move(case, "in-processing")
    page.click("#case-bar .btn-primary")
    reason = page.locator(".meanwhile, .form-problem").first
    expect(reason).to_be_focused()
    expect(reason).to_be_in_viewport()
    expect(page).to_have_title(re.compile("^Not done yet: "))


def test_the_palette_tells_which_result_is_chosen(page: Page, live_server: LiveServer) -> None:
    """WCAG 4.1.2: a combobox whose field names the option that Enter would open."""
    shop = make_shop()
    open_order(page, live_server, shop, make_order(shop))
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Order, customer")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_attribute("aria-activedescendant", "found-page-1")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "found-page-2")
    expect(page.locator('#found-page-2[role="option"]')).to_have_attribute("aria-selected", "true")
    expect(page.locator("#palette-found > :not([role=group])")).to_have_count(0)
