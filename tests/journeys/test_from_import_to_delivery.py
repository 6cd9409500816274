"""The main job, whole, in a real browser: orders come in, staff move them, stock follows, the timeline records,
customers are told, anyone can look their order up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.imports.jobs import carry_on
from tartib.imports.models import Import
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.notify.sending import send_due
from tartib.shops.models import Role, Shop, User
from tests.factories import PASSWORD, make_product, make_shop, make_staff, with_sms
from tests.journeys.guide import keep
from tests.services import Mailbox, Phone

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = (
    "Order number,Date,Customer,Email,Phone,Product,SKU,Quantity,Price,Total,Currency,Status,Payment method\n"
    "1001,2026-11-20 10:00,Olena Tkach,olena@example.com,+380501110001,{name},{sku},2,120.00,240.00,UAH,pending,"
    "cash on delivery\n"
    "1002,2026-11-20 11:30,Тарас Бондар,taras@example.com,+380501110002,{name},{sku},1,120.00,120.00,UAH,pending,"
    "cash on delivery\n"
    '1003,2026-11-20 12:00,Broken Row,broken@example.com,,{name},{sku},two,120.00,120.00,UAH,pending,""\n'
)


def enter(page: Page, live_server: LiveServer, shop: Shop, language: str) -> None:
    person = make_staff(shop, Role.MANAGER, "Marta Manager")
    User.objects.filter(pk=person.pk).update(language=language)
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/")


@pytest.mark.parametrize(
    ("language", "width", "height"), [("en", 1280, 900), ("fa", 1280, 900), ("uk", 360, 780)], ids=["en", "fa", "uk"]
)
def test_orders_of_a_file_reach_their_customers(
    page: Page, live_server: LiveServer, mailbox: Mailbox, phone: Phone, settings: Settings, tmp_path: Path,
    language: str, width: int, height: int,
) -> None:  # fmt: skip
    """A2, A4, A5, A6, D5, E3, E5, X3, X5: from the import to the customer's own page, in several languages."""
    settings.TARTIB_URL = live_server.url
    page.set_viewport_size({"width": width, "height": height})
    shop = with_sms(make_shop(currency="UAH", country="UA", languages=["en", "fa", "uk"], language=language))
    product = make_product(shop, pieces=2, name="Linen shirt")
    enter(page, live_server, shop, language)

    # The shop's orders come in from a file; the row that is wrong is told, the others are placed.
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS.format(name=product.name, sku=product.sku), encoding="utf-8")
    page.goto(f"{live_server.url}/desk/{shop.slug}/imports/")
    page.set_input_files("input[type=file]", file)
    page.locator("form:has(input[type=file]) button.btn-primary").click()
    page.locator(".choices-form .btn-primary").click()
    page.wait_for_load_state()
    batch = Import.objects.get()
    carry_on(str(batch.pk), lambda: False)
    page.goto(f"{live_server.url}/desk/{shop.slug}/imports/{batch.pk}/")
    keep(page, f"import-{language}", whole=False)
    page.locator("form[action$='/start/'] .btn-primary").click()
    page.wait_for_load_state()
    carry_on(str(batch.pk), lambda: False)
    assert Case.objects.filter(shop=shop).count() == 2
    assert Import.objects.get().errors == 1

    # The list finds them in any spelling; the page of one offers what may be done next.
    page.goto(f"{live_server.url}/desk/{shop.slug}/orders/?text=olena")
    keep(page, f"orders-{language}", whole=False)
    first = Case.objects.get(shop=shop, customer__email="olena@example.com")
    page.locator(f"#case-{first.pk} a.code").click()
    page.wait_for_url(f"**/{first.code}/**")
    keep(page, f"order-{language}", whole=False)
    page.locator(".bar-moves button.btn-primary").first.click()
    expect(page.locator(".toast-undo button").first).to_be_visible()
    first.refresh_from_db()
    assert first.status == "processing"
    assert Stock.objects.get(product=product).on_hand == 0
    keep(page, f"moved-{language}", whole=False)

    # The second order finds the shelf empty: it stays where it is, and the page says why.
    second = Case.objects.get(shop=shop, customer__email="taras@example.com")
    page.goto(f"{live_server.url}/desk/{shop.slug}/orders/{second.code}/")
    page.locator(".bar-moves button.btn-primary").first.click()
    expect(page.locator(".form-problem, .toast-error").first).to_contain_text("Linen shirt")
    page.wait_for_load_state()
    second.refresh_from_db()
    assert second.status == "pending"

    # The customer is told, by e-mail, in their own language, with a link that needs no account.
    later = timezone.now() + timedelta(minutes=5)
    send_due(lambda: later, lambda: 0.5)
    letter = next(letter for letter in mailbox.letters if letter["To"] == "olena@example.com")
    link = f"{live_server.url}/t/{first.token}/"
    assert link in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page.context.clear_cookies()
    page.goto(link)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Linen shirt")
    keep(page, f"tracking-{language}", whole=False)

    # Whoever has no link finds the order by its code and the last word they gave: their phone.
    page.goto(f"{live_server.url}/track/{shop.slug}/")
    page.fill("[name=code]", first.code.lower())
    page.fill("[name=contact]", "050 111 00 01")
    page.keyboard.press("Enter")
    page.wait_for_url(link + "**")

    # And nothing of it can be altered unnoticed.
    assert Entry.objects.filter(case_id=first.pk, kind="message").exists()
    assert list(verify(shop)) == []
