"""Whose address a request came from, how much it may bring, and cookies that only go where they should."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from tartib.web.bodies import MOST_BYTES
from tartib.web.headers import visitor, visitors
from tests.factories import PASSWORD, make_shop


def seen(rf: RequestFactory, address: str, forwarded: str | None) -> str:
    """The address a view sees."""
    found: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    visitors(view)(rf.get("/", REMOTE_ADDR=address, headers=headers))
    return found[0]


@pytest.mark.parametrize(
    ("address", "forwarded", "visitor"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "8.8.8.8", "203.0.113.9"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "8.8.8.8", "8.8.8.8"),
        ("127.0.0.1", "1.1.1.1, 8.8.8.8", "8.8.8.8"),
        ("127.0.0.1", "1.1.1.1, 8.8.8.8, 10.9.9.9", "8.8.8.8"),
        ("127.0.0.1", "8.8.8.8, nonsense", "127.0.0.1"),
        ("10.0.0.5", "2001:db8::7", "2001:db8::7"),
        ("", "8.8.8.8", ""),
    ],
)
def test_the_visitor_is_whom_the_last_proxy_of_ours_heard(
    rf: RequestFactory, settings: Any, address: str, forwarded: str | None, visitor: str
) -> None:
    settings.TARTIB_PROXIES = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8")]
    assert seen(rf, address, forwarded) == visitor


@given(st.text(max_size=40), st.text(st.characters(codec="latin-1"), max_size=60))
def test_whatever_is_forwarded_a_request_has_an_address(address: str, forwarded: str) -> None:
    assert isinstance(seen(RequestFactory(), address, forwarded.replace("\n", "").replace("\r", "")), str)


@pytest.mark.django_db
def test_what_is_too_large_is_refused_unread_and_imports_take_more() -> None:
    shop = make_shop()
    assert shop.default_owner is not None
    client = Client()
    client.force_login(shop.default_owner.user)

    def send(path: str, length: int) -> Any:
        return client.generic(
            "POST", path, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(length)
        )

    answer = send("/sign-in/", MOST_BYTES + 1)
    assert answer.status_code == 413
    assert "too much at once" in answer.content.decode()
    assert send("/no/such/page/", MOST_BYTES + 1).status_code == 413
    assert send(f"/desk/{shop.slug}/imports/", 150 * 1024 * 1024).status_code != 413
    assert send(f"/desk/{shop.slug}/imports/", 250 * 1024 * 1024).status_code == 413


@pytest.mark.django_db
def test_on_https_every_cookie_is_secure(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    shop = make_shop()
    assert shop.default_owner is not None
    client = Client()
    client.get("/sign-in/", secure=True)
    answer = client.post("/sign-in/", {"email": shop.default_owner.user.email, "password": PASSWORD}, secure=True)
    assert answer.status_code == 302
    client.post(f"/desk/{shop.slug}/orders/look/", {"column": ["customer"]}, secure=True)
    assert {"csrftoken", "sessionid", "django_language", "tartib_columns"} <= client.cookies.keys()
    assert [name for name, cookie in client.cookies.items() if not cookie["secure"]] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/nothing/", "/api/v1/orders/", "/api/v1/docs/", "/static/web/page.js"])
def test_every_answer_keeps_devices_and_other_sites_out(client: Client, path: str) -> None:
    answer = client.get(path)
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:127.0.0.1", ""),
        ("127.0.0.1", ""),
        ("", ""),
    ],
)
def test_a_visitor_is_an_address_or_a_households_network(rf: RequestFactory, address: str, known: str) -> None:
    request: HttpRequest = rf.get("/", REMOTE_ADDR=address)
    assert visitor(request) == known
