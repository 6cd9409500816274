"""The list in a real browser, on a desk and on a phone: hands on the keyboard, many orders at once, nothing jumps."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.cases.models import Case
from tartib.shops.models import Role, Shop
from tests.factories import PASSWORD, make_orders, make_product, make_shop, make_staff, move

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = [
    pytest.param({"width": 1280, "height": 800}, id="desk"),
    pytest.param({"width": 360, "height": 740}, id="phone"),
]


def open_list(page: Page, server: LiveServer, shop: Shop, *, language: str = "en", query: str = "") -> None:
    user = make_staff(shop, Role.MANAGER)
    user.language = language
    user.save()
    page.goto(f"{server.url}/sign-in/?next={reverse('desk:orders', args=[shop.slug])}{query}")
    page.fill("[name=email]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/orders/**")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_list_fits_its_screen(page: Page, live_server: LiveServer, size: dict[str, int], language: str) -> None:
    """X5: usable at 360 px and in both directions."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    shop = make_shop("delivery")
    make_orders(shop, 5, make_product(shop, name="A very long name of a product that nobody would want to read twice"))
    open_list(page, live_server, shop, language=language)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    expect(page.locator("tr.case-row")).to_have_count(5)
    expect(page.locator(".bulk-bar")).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
def test_several_are_moved_after_a_look_at_what_follows_and_taken_back(
    page: Page, live_server: LiveServer, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    shop = make_shop()
    orders = make_orders(shop, 4)
    before = orders[0].status
    open_list(page, live_server, shop)
    boxes = page.locator('[name="case"]')
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-picked]")).to_have_text("3")
    expect(page.locator("[data-targets] option[value=cancelled]")).to_have_text("Cancelled – with a note")
    page.select_option("[data-targets]", "cancelled")
    expect(page.get_by_label("Note (needed for this move)")).to_be_visible()
    page.fill("[name=note]", "By request")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#bulk-dialog")).to_contain_text("3 orders move to")
    assert Case.objects.filter(shop=shop, status="cancelled").count() == 0
    page.get_by_role("button", name="Move 3 orders").click()
    expect(page.locator(".toast-note")).to_contain_text("3 orders are now")
    assert Case.objects.filter(shop=shop, status="cancelled").count() == 3
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast-note").last).to_contain_text("3 orders are back")
    assert Case.objects.filter(shop=shop, status=before).count() == 4


def test_only_moves_that_somebody_selected_can_make_are_offered(page: Page, live_server: LiveServer) -> None:
    shop = make_shop("delivery")
    open_orders = make_orders(shop, 2)
    move(open_orders[0], "cancelled")
    open_list(page, live_server, shop)
    page.locator(f"#case-{open_orders[0].pk} [name=case]").check()
    offered = page.locator("[data-targets] option:not([disabled])[data-from]")
    assert "packed" not in offered.evaluate_all("options => options.map(option => option.value)")
    page.locator(f"#case-{open_orders[1].pk} [name=case]").check()
    assert "in-processing" in offered.evaluate_all("options => options.map(option => option.value)")


def test_hands_stay_on_the_keyboard(page: Page, live_server: LiveServer) -> None:
    shop = make_shop()
    make_orders(shop, 3)
    open_list(page, live_server, shop)
    codes = page.locator("tr.case-row a.code").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr.case-row").nth(1).locator("[name=case]")).to_be_checked()
    page.keyboard.press("e")
    expect(page.locator("[data-targets]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type(codes[1])
    expect(page.locator("tr.case-row")).to_have_count(1)
    expect(page).to_have_url(f"{live_server.url}{reverse('desk:orders', args=[shop.slug])}?text={codes[1]}")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("custom")
    expect(page.locator("#palette-found a.palette-order")).to_have_count(3)


def test_a_scanned_code_is_opened_from_anywhere(page: Page, live_server: LiveServer) -> None:
    """A barcode scanner types as a keyboard does, only faster."""
    shop = make_shop()
    case = make_orders(shop, 2)[0]
    open_list(page, live_server, shop)
    scan = """code => { for (const key of [...code, "Enter"]) document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }"""
    page.locator("#search").focus()
    page.evaluate(scan, case.code)
    page.wait_for_url(f"**/orders/{case.code}/")


def test_a_change_elsewhere_fades_in_and_a_selected_row_stays(page: Page, live_server: LiveServer) -> None:
    """X3: live; with no stream reachable here, the page asks by itself."""
    shop = make_shop()
    orders = make_orders(shop, 3)
    before = orders[1].status
    page.clock.install()
    open_list(page, live_server, shop)
    page.locator(f"#case-{orders[1].pk} [name=case]").check()
    move(orders[1:], "cancelled")
    page.wait_for_timeout(500)
    page.clock.fast_forward(25_000)
    expect(page.locator(f"#case-{orders[2].pk}")).to_have_attribute("data-status", "cancelled")
    selected = page.locator(f"#case-{orders[1].pk}")
    expect(selected).to_have_attribute("data-status", before)
    expect(selected.locator("[name=case]")).to_be_checked()
