"""A customer's account in a real browser: passkeys, and no script needed for anything else."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.customers.identity import Passkey, Session
from tartib.customers.signing_in import open_session
from tartib.public.sessions import account_cookie
from tests.factories import make_account, make_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def authenticator(page: Page) -> Any:
    """A device with a key inside, which its owner unlocks at once."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True,
    }  # fmt: skip
    return tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_signs_in_without_a_code(
    page: Page, live_server: LiveServer, authenticator: Any
) -> None:
    """Issue 3: passkeys by py_webauthn, with a real browser's answers, under the strict policy."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    there = live_server.url.replace("127.0.0.1", "localhost")
    token = open_session(account, "", "127.0.0.1", now=timezone.now())
    page.context.add_cookies([{"name": account_cookie(shop), "value": token, "url": there}])
    page.goto(f"{there}/a/{shop.slug}/security/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    assert Passkey.objects.get().account == account
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert Session.objects.count() == 0
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="My orders")).to_be_visible()
    assert Session.objects.get().account == account
    assert Passkey.objects.get().used > 0
