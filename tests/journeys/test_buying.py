"""Buying in the shop window, in a real browser: from the cart to the order, without a script, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tartib.cases.models import Case
from tartib.catalog.models import Product, Stock
from tartib.catalog.showing import change_window
from tartib.checkout import discounts
from tartib.journal.operations import SYSTEM
from tartib.orders.holding import release_due
from tartib.orders.models import Order, OrderSettings
from tartib.orders.taxes import Tax, set_taxes
from tartib.payments.models import Account
from tartib.payments.operations import record_payment
from tartib.shipping.operations import set_up
from tartib.shipping.quoting import Tier
from tartib.shops.models import Shop
from tests.factories import make_listing, make_shop
from tests.journeys.guide import keep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(settings: Settings, live_server: LiveServer) -> Shop:
    """An open practice shop that sends, hands out at its branch, and is paid in all three ways."""
    settings.TARTIB_URL = live_server.url
    shop = make_shop(
        currency="UAH", country="UA", languages=["en", "fa"], practice=True, address="5 Market Square, Kyiv", email="",
    )  # fmt: skip
    names = {"en": "Courier", "fa": "پیک"}
    set_up(shop, [Tier(Decimal(60), country="UA")], kind="courier", names=names)
    branch = shop.branches.get()
    branch.address = "5 Market Square, Kyiv"
    branch.save()
    set_up(shop, [], kind="pickup", names={"en": "Collect it", "fa": "تحویل حضوری"}, branch=branch)
    for place, gateway in enumerate(("practice", "bank", "cash")):
        account = Account(shop=shop, gateway=gateway, position=place, created_at=timezone.now())
        account.settings = {"secret": "practice", "holder": "H", "bank": "B", "number": "UA1"}
        account.save()
    return shop


def goods(shop: Shop, *, price: str = "120.00", pieces: int = 10) -> Product:
    """A product on show."""
    listing = make_listing(shop, "Linen shirt", price=price)
    change_window(shop, open=True)
    product = Product.objects.get(listing=listing)
    Stock.objects.filter(product=product).update(on_hand=pieces)
    return product


def put_in(page: Page, live_server: LiveServer, shop: Shop, product: Product, language: str = "") -> None:
    """Go to the cart with one piece in it, as the button of the listing does."""
    base = f"{live_server.url}/s/{shop.slug}/{language}"
    page.goto(f"{base}p/{product.listing.slug}/")  # type: ignore[union-attr]
    page.locator(".to-cart button").click()
    page.wait_for_url("**/cart/")


def fill_in(page: Page, *, pickup: bool = False) -> None:
    """Say who orders and where it goes."""
    page.fill("[name=name]", "Jo Marsh")
    page.fill("[name=email]", "jo@example.com")
    page.fill("[name=phone]", "050 111 22 33")
    if pickup:
        page.check("[name=way][value=pickup]")
    else:
        page.check("[name=way][value=send]")
        page.fill("[name=line1]", "1 River Street")
        page.fill("[name=city]", "Kyiv")
        page.fill("[name=postcode]", "01001")
    page.locator(".details .btn-primary").last.click()


@pytest.fixture(params=[("en", 1280, "light"), ("fa", 360, "dark")], ids=["en", "fa"])
def reader(request: pytest.FixtureRequest, page: Page) -> str:
    """Somebody who reads one language or the other, on a screen of either kind."""
    language, width, scheme = request.param
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    return str(language)


def test_a_guest_buys_and_collects(page: Page, live_server: LiveServer, shop: Shop, reader: str) -> None:
    """E1, X5: cart, details, delivery, payment, final check, thanks, with picking up at a branch and cash."""
    product = goods(shop)
    put_in(page, live_server, shop, product, "" if reader == "en" else f"{reader}/")
    keep(page, f"buying-cart-{reader}")
    page.locator(".till-sum .btn-primary").click()
    keep(page, f"buying-details-{reader}")
    page.locator(".details .btn-primary").last.click()
    expect(page.locator(".notice-error")).to_be_visible()
    expect(page.locator("#id_name_error")).to_be_visible()
    keep(page, f"buying-details-errors-{reader}")
    fill_in(page, pickup=True)
    page.wait_for_url("**/delivery/")
    expect(page.locator("main")).to_contain_text("5 Market Square")
    keep(page, f"buying-delivery-{reader}")
    page.locator("form.card .btn-primary").click()
    page.wait_for_url("**/payment/")
    keep(page, f"buying-payment-{reader}")
    page.locator(".pick-card").last.click()
    page.locator("form.card .btn-primary").click()
    page.wait_for_url("**/check/")
    keep(page, f"buying-check-{reader}")
    page.locator(".btn-big").click()
    page.wait_for_url("**/thanks/**")
    keep(page, f"buying-thanks-{reader}")
    case = Case.objects.select_related("order").get(shop=shop)
    expect(page.locator("main")).to_contain_text(case.code)
    assert (case.amount, case.language, case.order.payment_method) == (Decimal(120), reader, "on-receipt")
    assert Stock.objects.get(product=product).reserved == 1
    # The way back leads to the same order, never to a second one.
    page.go_back()
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/s/{shop.slug}/checkout/check/")
    page.wait_for_url("**/thanks/**")
    assert Case.objects.filter(shop=shop).count() == 1


def test_keys_alone_complete_a_checkout(page: Page, live_server: LiveServer, shop: Shop) -> None:
    """E1: without a mouse, from the listing to the order."""
    product = goods(shop)
    page.goto(f"{live_server.url}/s/{shop.slug}/p/{product.listing.slug}/")  # type: ignore[union-attr]

    def reach(selector: str) -> None:
        for _number in range(80):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {selector}")

    def press(selector: str, key: str = "Enter") -> None:
        reach(selector)
        page.keyboard.press(key)

    def write(name: str, text: str) -> None:
        reach(f"[name={name}]")
        page.keyboard.insert_text(text)

    press(".to-cart button")
    page.wait_for_url("**/cart/")
    press(".till-sum .btn-primary")
    page.wait_for_url("**/details/")
    for name, text in (("name", "Jo Marsh"), ("email", "jo@example.com"), ("phone", "+380501112233")):
        write(name, text)
    press("[name=way]", "Space")
    for name, text in (("line1", "1 River Street"), ("city", "Kyiv"), ("postcode", "01001")):
        write(name, text)
    press(".details .onward .btn-primary")
    page.wait_for_url("**/delivery/")
    press("[name=method]", "Space")
    press("form.card .btn-primary")
    page.wait_for_url("**/payment/")
    reach("[name=account]")
    page.keyboard.press("ArrowUp")
    press("form.card .btn-primary")
    page.wait_for_url("**/check/")
    press(".btn-big")
    page.wait_for_url("**/thanks/**")
    assert Case.objects.select_related("order").get(shop=shop).order.shipping_method == "Courier"


@pytest.fixture
def scriptless(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    yield context.new_page()
    context.close()


def test_without_scripts_a_code_and_tax_are_counted(scriptless: Page, live_server: LiveServer, shop: Shop) -> None:
    """E1: a code takes off, tax is added, both on the order to the last coin; no script runs."""
    page = scriptless
    product = goods(shop, price="100.00")
    shop.tax_included = False
    shop.save()
    set_taxes(shop, [Tax(Decimal(20))])
    discounts.set_up(shop, code="TEN", kind="percent", value=Decimal(10), now=timezone.now())
    put_in(page, live_server, shop, product)
    page.fill("[name=code]", "wrong")
    page.locator(".code-form .btn").click()
    expect(page.locator(".sum-unfit .errorlist")).to_be_visible()
    page.fill("[name=code]", "ten")
    page.locator("#code .btn").first.click()
    page.fill("[name=pieces]", "۲")
    page.locator(".basket-pieces button").first.click()
    page.locator(".till-sum .btn-primary").click()
    fill_in(page)
    page.locator("[name=method]").first.check()
    page.locator("form.card .btn-primary").click()
    page.locator("[name=account]").last.check()
    page.locator("form.card .btn-primary").click()
    expect(page.locator(".sum-total")).to_contain_text("288.00")
    page.locator(".btn-big").click()
    page.wait_for_url("**/thanks/**")
    case = Case.objects.get(shop=shop)
    order = Order.objects.get(pk=case.pk)
    assert (order.subtotal, order.discount, order.shipping, order.tax) == (200, 20, 60, 48)
    assert (case.amount, order.discount_code, order.ship_to.postcode) == (Decimal(288), "TEN", "01001")


def test_what_is_taken_out_can_be_put_back(page: Page, live_server: LiveServer, shop: Shop) -> None:
    product = goods(shop)
    put_in(page, live_server, shop, product)
    page.locator("[name=remove]").click()
    expect(page.locator(".basket-row")).to_have_count(0)
    page.locator(".undo button").click()
    expect(page.locator(".basket-row")).to_have_count(1)


def ready(page: Page, live_server: LiveServer, shop: Shop, product: Product) -> None:
    """At the final check, to be paid online."""
    put_in(page, live_server, shop, product)
    page.locator(".till-sum .btn-primary").click()
    fill_in(page, pickup=True)
    page.locator("form.card .btn-primary").click()
    page.locator("[name=account]").first.check()
    page.locator("form.card .btn-primary").click()
    page.wait_for_url("**/check/")


def test_the_last_piece_goes_while_somebody_fills_in_the_forms(page: Page, live_server: LiveServer, shop: Shop) -> None:
    """A4: whoever comes second is told kindly and keeps the cart."""
    product = goods(shop, pieces=1)
    ready(page, live_server, shop, product)
    Stock.objects.filter(product=product).update(reserved=1)
    page.locator(".btn-big").click()
    page.wait_for_url("**/cart/")
    expect(page.locator(".notice-error")).to_be_visible()
    expect(page.locator(".basket-row .changed")).to_be_visible()
    keep(page, "buying-cart-sold-out")
    assert not Case.objects.filter(shop=shop).exists()


def test_the_last_piece_goes_while_somebody_pays(page: Page, live_server: LiveServer, shop: Shop) -> None:
    """A4, D8, E2: the time to pay runs out, another buys, the money comes all the same: the customer decides."""
    product = goods(shop, pieces=1)
    # The gateway is somebody else's: here it only takes the customer in.
    page.route(
        "**/practice/gateway/**", lambda route: route.fulfill(body="<title>Pay</title>", content_type="text/html")
    )
    ready(page, live_server, shop, product)
    page.locator(".btn-big").click()
    page.wait_for_url(lambda url: "/check/" not in url)
    case = Case.objects.get(shop=shop)
    assert (case.status, Stock.objects.get(product=product).reserved) == ("pending", 1)
    assert release_due(timezone.now() + timedelta(minutes=OrderSettings.of(shop).pay_minutes + 1)) == 1
    Stock.objects.filter(product=product).update(reserved=1)
    record_payment(shop, case.pk, Decimal(120), "UAH", SYSTEM, now=timezone.now())
    page.goto(f"{live_server.url}/t/{case.token}/")
    keep(page, "buying-tracking-asked")
    page.locator(".todo .btn-primary").click()
    keep(page, "buying-thanks-asked")
    page.locator("[name=choice][value=refund]").check()
    page.fill("[name=words]", "To the same card, please")
    page.locator(".asked .btn-primary").click()
    expect(page.locator(".asked [data-said]")).to_be_visible()
    case.refresh_from_db()
    assert (case.status, case.proposal.choice) == ("on-hold", "refund")
