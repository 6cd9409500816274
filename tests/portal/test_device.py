""" "Tell me on this device": by the link of an order, and in the account."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from tartib.customers.identity import Account
from tartib.customers.models import Consent
from tartib.customers.signing_in import open_session
from tartib.notify.models import Subscription
from tartib.portal import device
from tartib.public.sessions import account_cookie
from tartib.shops.models import Shop
from tests.factories import make_account, make_order, make_shop
from tests.services import Browser

pytestmark = pytest.mark.django_db

ENDPOINT = "https://push.example/abc"


def sign_in(client: Client, shop: Shop, account: Account) -> None:
    """Let the client have that account open."""
    client.cookies[account_cookie(shop)] = open_session(account, "Firefox Android", "", now=timezone.now())


def test_a_guest_is_told_of_one_order_and_told_no_more(client: Client) -> None:
    """Issue 3 §3: who has the link of an order follows it on a device, without an account; and ends it there."""
    case = make_order(make_shop())
    there, given = f"/t/{case.token}/device/", Browser().given(ENDPOINT)
    key = client.post(there, {"act": "key"}).json()["key"]
    assert client.post(there, {"act": "key"}).json() == {"key": key}
    assert client.post(there, {"act": "ask", "endpoint": ENDPOINT}).json() == {"told": False}
    for _again in range(2):
        told = client.post(there, {"act": "on", **given}, headers={"user-agent": "Firefox Android"})
        assert told.json() == {"told": True}
    subscription = Subscription.objects.get()
    assert (subscription.case, subscription.name.startswith("Firefox · Android · ")) == (case, True)
    assert client.post(there, {"act": "ask", "endpoint": ENDPOINT}).json() == {"told": True}
    other = make_order(case.shop)
    assert client.post(f"/t/{other.token}/device/", {"act": "ask", "endpoint": ENDPOINT}).json() == {"told": False}
    assert client.post(there, {"act": "off", "endpoint": ENDPOINT}).json() == {"told": False}
    assert not Subscription.objects.exists()


def test_what_is_wrong_is_said_and_nothing_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """SECURITY: an unknown link is nothing; what is no browser's is refused; and only so often."""
    case = make_order(make_shop())
    there = f"/t/{case.token}/device/"
    assert client.post("/t/0123456789012345678901/device/", {"act": "key"}).status_code == 404
    assert client.post(there, {"act": "on", "endpoint": "https://localhost/x"}).status_code == 422
    assert client.post(there, {"act": "else"}).json() == {"told": False}
    monkeypatch.setattr(device, "CHANGED_AN_HOUR", 1)
    for _each in range(2):
        answer = client.post(there, {"act": "on"}, REMOTE_ADDR="203.0.113.9")
    assert (answer.status_code, "problem" in answer.json()) == (429, True)
    assert not Subscription.objects.exists()


def test_an_account_says_where_it_is_told_and_keeps_what_was_said(client: Client) -> None:
    """Issue 3 §3: the device is among those of the account, the consent in its ledger; both end at once."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    account.customer.wants_push = False
    account.customer.save()
    sign_in(client, shop, account)
    there = f"/a/{shop.slug}/device/"
    assert client.post(there, {"act": "on", **Browser().given(ENDPOINT)}).json() == {"told": True}
    account.customer.refresh_from_db()
    assert account.customer.wants_push
    assert Consent.objects.get().channel == "push"
    page = client.get(f"/a/{shop.slug}/profile/").content.decode()
    assert "Devices that are told" in page
    assert 'name="status-push" checked' in page
    stranger = Client()
    sign_in(stranger, shop, make_account(shop, "eve@example.com"))
    end = f"{there}{Subscription.objects.get().pk}/end/"
    assert stranger.post(end).status_code == 404
    assert client.post(end).status_code == 302
    assert not Subscription.objects.exists()


def test_a_browser_with_another_address_goes_on_being_told(client: Client) -> None:
    """Issue 3 §3: push services give browsers other addresses; whoever does not know the former one changes nothing."""
    case = make_order(make_shop())
    client.post(f"/t/{case.token}/device/", {"act": "on", **Browser().given(ENDPOINT)})
    there, fresh = f"/s/{case.shop.slug}/device/", Browser().given("https://push.example/new")
    answers = [
        client.post(there, {"former": former, **fresh}) for former in ("https://push.example/x", ENDPOINT, ENDPOINT)
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"{}")}
    assert Subscription.objects.get().endpoint == fresh["endpoint"]
    assert client.post(there, {"former": fresh["endpoint"], "endpoint": "https://localhost/"}).content == b"{}"
    assert client.post(f"/t/{case.token}/device/", {"act": "ask", "endpoint": fresh["endpoint"]}).json()["told"]


def test_no_other_site_can_have_an_account_told_elsewhere() -> None:
    """SECURITY: without the token of a page of ours nothing is changed in an account."""
    shop = make_shop()
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, shop, make_account(shop, "jo@example.com"))
    answer = strict.post(f"/a/{shop.slug}/device/", {"act": "on", **Browser().given(ENDPOINT)})
    assert answer.status_code == 403
    assert not Subscription.objects.exists()
