"""Sessions of the desk: whose they are, when they end, and what ends with them (requirement X6)."""

from __future__ import annotations

import importlib
import os
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.utils import timezone

from tartib.shops import sessions
from tartib.shops.models import Session
from tests.factories import PASSWORD, make_shop, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """Somebody of a shop who has signed in."""
    user = make_staff(make_shop())
    client = Client()
    assert client.post("/sign-in/", {"email": user.email, "password": PASSWORD}).status_code == 302
    return client


def session_of(client: Client) -> SessionBase:
    """The session of a browser."""
    return sessions.SessionStore(client.cookies["sessionid"].value)


def is_in(client: Client) -> bool:
    """Whether the desk is open in that browser."""
    answer: Any = client.get("/desk/", follow=False)
    return not answer["Location"].startswith("/sign-in/")


def aged(client: Client, seconds: float) -> None:
    """Let a session be that much older."""
    session = session_of(client)
    for name in ("began", "written"):
        session[name] = (timezone.now() - timedelta(seconds=seconds)).isoformat()
    session.save()


def test_a_session_knows_whose_it_is(client: Client) -> None:
    row = Session.objects.get(session_key=client.cookies["sessionid"].value)
    assert row.user is not None
    assert row.ref == Session.ref_of(row.session_key)
    sessions.end_all(row.user.pk)
    assert not is_in(client)


def test_who_does_nothing_is_signed_out_and_who_works_is_not(client: Client, settings: Any) -> None:
    """What the page asks by itself is no work."""
    key = client.cookies["sessionid"].value
    Session.objects.filter(pk=key).update(expire_date=timezone.now() + timedelta(minutes=1))
    aged_by = sessions.RENEWED_AFTER.total_seconds() + 1
    session = session_of(client)
    session["written"] = (timezone.now() - timedelta(seconds=aged_by)).isoformat()
    session.save()
    Session.objects.filter(pk=key).update(expire_date=timezone.now() + timedelta(minutes=1))
    client.get("/desk/", headers={"X-Unasked": "1"})
    soon = timezone.now() + timedelta(minutes=2)
    assert Session.objects.get(pk=key).expire_date < soon
    assert is_in(client)
    assert Session.objects.get(pk=key).expire_date > soon
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)


def test_a_session_in_use_ends_too(client: Client, settings: Any) -> None:
    aged(client, settings.TARTIB_SESSION_LONGEST - 60)
    assert is_in(client)
    aged(client, settings.TARTIB_SESSION_LONGEST + 1)
    assert not is_in(client)


def test_what_is_over_is_forgotten(client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert sessions.forget(timezone.now()) == 1


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://shop.example", ("__Host-sessionid", "__Host-csrftoken")),
        ("http://localhost:8000", ("sessionid", "csrftoken")),
    ],
)
def test_cookies_are_of_this_host_alone_where_there_is_https(
    monkeypatch: pytest.MonkeyPatch, url: str, names: tuple[str, str]
) -> None:
    from tartib.project import settings as product

    monkeypatch.setitem(os.environ, "TARTIB_URL", url)
    monkeypatch.setitem(os.environ, "TARTIB_SECRET_KEY", "a key for tests only, it guards nothing at all")
    try:
        again = importlib.reload(product)
        assert names == (again.SESSION_COOKIE_NAME, again.CSRF_COOKIE_NAME)
        assert url.startswith("https") == again.SESSION_COOKIE_SECURE
        assert not hasattr(again, "SESSION_COOKIE_DOMAIN")
    finally:
        monkeypatch.undo()
        importlib.reload(product)
