"""The window in a real browser: nothing jumps, nothing is out of anyone's reach, scripts are a comfort (B1, X5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.catalog import photographs
from tartib.catalog.showing import add_category, change_window
from tartib.catalog.variants import lay_out
from tartib.catalog.window import Listing
from tartib.public.visits import cart_cookie
from tartib.shops.models import Shop
from tests.checkout.selling import make_cart, make_selling_shop
from tests.factories import NOW, make_listing, make_product, make_shop, picture_file

pytestmark = pytest.mark.django_db(transaction=True)
# What jumped, from where and to where.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) for (const { node, previousRect: from, currentRect: to } of one.sources)
    window.shifts.push(`${node?.parentElement?.outerHTML.slice(0, 200)}: ${JSON.stringify([from, to])}`);
}).observe({ type: "layout-shift", buffered: true });
"""


def filled() -> tuple[Shop, Listing]:
    """A shop in two languages with something on each kind of page."""
    shop = make_shop(languages=["en", "fa"], colour="#e8b04a", email="a@shop.example", phone="+380441234567")
    shelf = add_category(shop, "Shelf", texts={"fa": {"name": "قفسه"}})
    add_category(shop, "Under it", parent=shelf)
    for place in range(5):
        listing = make_listing(shop, f"Thing {place}", category=shelf, summary="One sentence.", description="A\n\nB")
        for _number in range(2):
            photographs.add(listing, picture_file((700, 700)), now=NOW)
    lay_out(listing, [("Size", ["S", "M"]), ("Colour", ["Red", "Blue"])], price=Decimal(90), now=NOW)
    change_window(
        shop, open=True, headline="Made slowly", about="By hand.", texts={"fa": {"headline": "آهسته و پیوسته"}}
    )
    return shop, listing


@pytest.mark.parametrize("language", ["", "fa/"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_and_nothing_hangs_over(page: Page, live_server: LiveServer, language: str, width: int) -> None:
    shop, listing = filled()
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(SHIFTS)
    for path in ("", "c/shelf/", f"p/{listing.slug}/"):
        page.goto(f"{live_server.url}/s/{shop.slug}/{language}{path}", wait_until="networkidle")
        page.mouse.wheel(0, 2_000)
        page.wait_for_timeout(300)
        assert page.evaluate("window.shifts") == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_variant_comes_in_its_place_and_the_address_follows(page: Page, live_server: LiveServer) -> None:
    shop, listing = filled()
    page.goto(f"{live_server.url}/s/{shop.slug}/p/{listing.slug}/")
    page.evaluate("window.stayed = true")
    page.locator("#buy .choice", has_text="M").click()
    expect(page.locator("#buy .choice[aria-current]").first).to_contain_text("M")
    expect(page.locator("#buy .buy-supply")).to_contain_text("Sold out")
    assert page.evaluate("window.stayed"), "the page was not loaded anew"
    assert "?v=" in page.url


def test_everything_works_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    shop, _listing = filled()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/s/{shop.slug}/")
    page.get_by_role("searchbox").fill("thing 4")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Thing 4").click()
    page.locator("#buy .choice", has_text="M").click()
    expect(page.locator("#buy .choice[aria-current]").first).to_contain_text("M")
    page.goto(f"{live_server.url}/s/{shop.slug}/all/")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Price from").fill("100")
    page.locator(".narrow-go").click()
    expect(page.locator(".pill-on")).to_have_count(1)
    page.locator(".pill-on").click()
    expect(page.locator(".pill-on")).to_have_count(0)
    page.locator("select[name=order]").select_option("dear")
    page.locator(".narrow-order-go").click()
    assert "order=dear" in page.url
    context.close()


def test_going_through_the_countries_sends_nothing(page: Page, live_server: LiveServer) -> None:
    """WCAG 3.2.2: the fields follow the country; where they cannot, a button comes that shows them."""
    shop = make_selling_shop()
    change_window(shop, open=True)
    cart = make_cart(shop, make_product(shop))
    page.context.add_cookies([{"name": cart_cookie(shop), "value": cart.token, "url": live_server.url}])
    page.goto(f"{live_server.url}/s/{shop.slug}/checkout/details/")
    page.check("#id_bills")
    page.evaluate("window.stayed = true")
    country = page.locator("#id_bill_country")
    country.focus()
    with page.expect_response("**/details/"):
        page.keyboard.press("ArrowDown")
    expect(country).to_be_focused()
    page.route("**/details/", lambda asked: asked.fulfill(body="Busy"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("#billed-at button[name=again]")).to_be_visible()
    assert page.evaluate("window.stayed")
