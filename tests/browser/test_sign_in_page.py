"""The first page of all, in a real browser: readable in every language and direction, and free of complaints."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.flow.words import LANGUAGES
from tartib.l10n.names import direction

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_in_speaks_the_language_and_runs_its_way(page: Page, live_server: LiveServer, language: str) -> None:
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto(f"{live_server.url}/sign-in/")
    root = page.locator("html")
    expect(root).to_have_attribute("dir", direction(language))
    expect(page.get_by_role("button").first).to_be_visible()
    assert page.evaluate("document.fonts.status") == "loaded"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
