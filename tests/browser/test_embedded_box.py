"""The tracking box on a foreign page with a strict policy of its own, in a real browser (B1)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.customers.operations import CustomerDraft
from tests.factories import make_order, make_shop, pay

pytestmark = pytest.mark.django_db(transaction=True)

PERSON = CustomerDraft("Olena Bondar", "olena@example.com", "+380501112233")
WORDS = {"en": "Show my order", "fa": "نمایش سفارش من", "uk": "Показати замовлення", "ar": "", "zh-Hant": ""}


class Site(BaseHTTPRequestHandler):
    """A shop's own site, which lets nothing in but Tartib's script and its answers."""

    tartib: ClassVar[str] = ""
    line: ClassVar[str] = ""

    def do_GET(self) -> None:
        """One page, in the language its address names."""
        language = self.path.strip("/")
        body = (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>A shop</title>'
            f'<link rel="icon" href="data:,"><main><h1>Shop</h1>{self.line}</main>'
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        policy = f"default-src 'none'; img-src data:; script-src {self.tartib}; connect-src {self.tartib}"
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(live_server: LiveServer) -> Iterator[str]:
    """The address of a foreign site; `Site.line` stands on its page."""
    Site.tartib = live_server.url
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("language", WORDS)
def test_the_box_works_under_a_strict_policy_in_every_language(
    page: Page, live_server: LiveServer, site: str, language: str
) -> None:
    shop = make_shop("delivery", country="UA", languages=["en", "uk"])
    case = make_order(shop, customer=PERSON, language="uk")
    pay(case)
    Site.line = f'<script src="{live_server.url}/embed.js" data-shop="{shop.slug}" async></script>'
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/{language}")
    box = page.locator("tartib-tracking section.box")
    expect(box).to_have_attribute("dir", "rtl" if language in ("ar", "fa") else "ltr")
    fields, button = box.locator("input"), box.locator("button")
    if WORDS[language]:
        expect(button).to_have_text(WORDS[language])
    assert button.bounding_box()["height"] >= 44  # type: ignore[index]
    assert button.evaluate("button => getComputedStyle(button).backgroundColor") == "rgb(32, 107, 196)"
    fields.first.fill(case.code)
    fields.last.fill("050 111 22 33")
    fields.last.press("Enter")
    expect(box.locator("h2")).to_be_focused()
    expect(box.locator("li[aria-current]")).to_have_count(1)
    expect(box.get_by_role("link")).to_have_attribute("href", f"http://localhost:8000/t/{case.token}/")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    box.get_by_role("button").click()
    expect(fields.first).to_be_focused()
    assert page.context.cookies() == []


def test_what_is_not_found_is_said_and_an_order_can_be_shown_at_once(
    page: Page, live_server: LiveServer, site: str
) -> None:
    shop = make_shop(country="UA")
    case = make_order(shop, customer=PERSON)
    Site.line = (
        f'<script src="{live_server.url}/embed.js" data-shop="{shop.slug}" data-order="{case.token}"'
        ' data-language="fa" async></script>'
    )
    page.goto(f"{site}/en")
    expect(page.locator("tartib-tracking section[lang=fa] progress")).to_have_count(1)
    Site.line = f'<script src="{live_server.url}/embed.js" data-shop="{shop.slug}" async></script>'
    page.goto(f"{site}/en")
    box = page.locator("tartib-tracking section.box")
    told: list[int] = []
    # The box itself was fetched before, and its answer may be told of only now.
    page.on("response", lambda answer: told.append(answer.status) if answer.request.method == "POST" else None)
    box.locator("input").first.fill("NO-SUCH-CODE")
    box.locator("input").last.fill("0501112233")
    box.locator("button").click()
    expect(box.get_by_role("status")).to_contain_text("We found no order")
    assert told == [200]
