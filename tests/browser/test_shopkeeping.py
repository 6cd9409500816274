"""Keeping the shop in a real browser: live preview, stock, review; both directions, wide and narrow (A4, A5, E8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.catalog.models import Stock
from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Template
from tartib.shops.models import Role, Shop, User
from tests.factories import PASSWORD, make_order, make_product, make_shop, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "products/", "products/new/", "templates/", "templates/processing/email/en/", "settings/", "settings/messages/",
    "settings/staff/", "settings/branches/", "settings/keys/", "settings/workflow/", "review/",
)  # fmt: skip


def _enter(page: Page, live_server: LiveServer, shop: Shop, language: str = "en") -> str:
    """Sign in as an owner; the address of the shop's desk."""
    person: User = make_staff(shop, Role.OWNER, "Erin")
    User.objects.filter(pk=person.pk).update(language=language)
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    return f"{live_server.url}/desk/{shop.slug}/"


def test_a_wording_is_written_with_its_preview_beside_it(page: Page, live_server: LiveServer) -> None:
    shop = make_shop()
    case = make_order(shop)
    desk = _enter(page, live_server, shop)
    page.goto(f"{desk}templates/processing/email/en/")
    text = page.locator("textarea")
    text.fill("Your words for {custmer_name}")
    expect(page.locator("#preview")).to_contain_text("Did you mean {customer_name}?")
    text.fill("Our own words for ")
    page.locator("[data-insert='{customer_name}']").click()
    expect(text).to_have_value("Our own words for {customer_name}")
    letter = page.frame_locator("iframe:not(.coming)")
    expect(letter.locator("body")).to_contain_text(f"Our own words for {case.customer}")
    expect(page.locator("iframe")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast-text")).to_contain_text("Saved")
    assert Template.objects.get(shop=shop).body == "Our own words for {customer_name}"


def test_goods_are_received_by_keyboard(page: Page, live_server: LiveServer) -> None:
    shop = make_shop()
    product = make_product(shop, pieces=2, name="Wool scarf")
    desk = _enter(page, live_server, shop)
    page.goto(f"{desk}products/")
    page.keyboard.press("/")
    page.keyboard.type("scarf")
    expect(page.locator(".row-link")).to_have_count(1)
    page.locator(".row-link").press("Enter")
    page.locator(".stock-act summary").first.press("Enter")
    page.locator("[name=receive-pieces]").fill("۵")
    page.keyboard.press("Enter")
    expect(page.locator(".toast-text")).to_contain_text("5 pieces are added")
    assert Stock.objects.get(product=product).on_hand == 7


def test_a_double_is_deleted_after_the_consequence_was_read(page: Page, live_server: LiveServer) -> None:
    shop = make_shop()
    twice, now = CustomerDraft("Тарас", "taras@example.com", "+380501112233"), timezone.now()
    make_order(shop, customer=twice, placed_at=now - timedelta(hours=3))
    second = make_order(shop, customer=twice, placed_at=now - timedelta(hours=2))
    desk = _enter(page, live_server, shop)
    page.goto(f"{desk}review/")
    expect(page.locator("[name=reason]")).to_be_hidden()
    page.locator("[name=case]").nth(1).check()
    page.locator("[name=reason]").fill("Placed twice")
    page.locator(".review-bar .btn-danger").click()
    expect(page.locator("#confirm")).to_contain_text("cannot be brought back")
    page.locator("#confirm [data-act]").click()
    expect(page.locator(".toast-text")).to_contain_text(second.code)


@pytest.mark.parametrize(
    ("language", "width"), [("en", 1280), ("fa", 1280), ("ar", 360), ("uk", 360), ("zh-hant", 360)]
)
def test_no_page_runs_over_its_edge(page: Page, live_server: LiveServer, language: str, width: int) -> None:
    shop = make_shop()
    product = make_product(shop, name="A product with quite a long name that has to go somewhere")
    make_order(shop, product)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    page.set_viewport_size({"width": width, "height": 800})
    desk = _enter(page, live_server, shop, language)
    for path in (*PAGES, f"products/{product.pk}/"):
        page.goto(desk + path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, path
    assert problems == []
