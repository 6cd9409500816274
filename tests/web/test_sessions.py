"""Two tabs of one browser: what one asked before somebody signed in does not sign them out (requirement X6)."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_shop, make_staff

pytestmark = pytest.mark.django_db
COOKIE = "sessionid"


def signed_in() -> tuple[Client, str]:
    """Somebody who has signed in, and the page of their shop."""
    shop = make_shop()
    user = make_staff(shop)
    client = Client()
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    return client, f"/desk/{shop.slug}/orders/"


def test_an_older_page_that_asks_meanwhile_signs_nobody_out() -> None:
    browser, page = signed_in()
    other_tab = Client()
    other_tab.cookies = SimpleCookie({COOKIE: "a-session-that-was-over-by-then"})
    late = other_tab.get(page, headers={"HX-Request": "true", "X-Unasked": "1"})
    assert "HX-Redirect" in late.headers
    assert COOKIE not in late.cookies
    assert "Cookie" in late["Vary"]
    # Its answer reaches the browser that has a new session by now.
    browser.cookies.update(late.cookies)
    assert browser.get(page).status_code == 200


def test_signing_out_takes_the_cookie_away() -> None:
    browser, page = signed_in()
    gone = browser.post("/sign-out/")
    assert gone.cookies[COOKIE]["max-age"] == 0
    assert browser.get(page).status_code == 302


def test_another_password_elsewhere_ends_the_session_here() -> None:
    browser, page = signed_in()
    user = browser.get(page).context["request"].user
    user.set_password("another long password")
    user.save()
    assert browser.get(page).cookies[COOKIE]["max-age"] == 0
