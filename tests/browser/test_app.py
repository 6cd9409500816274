"""A shop as an app in a real browser: its worker, and what it shows without a connection."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tartib.cases.hooks import NotifyOptions
from tartib.customers.signing_in import open_session
from tartib.notify.models import Subscription
from tartib.public.sessions import account_cookie
from tests.axe import load, violations
from tests.factories import make_account, make_order, make_shop, move
from tests.notify.sending import send
from tests.services import Browser, PushService

pytestmark = pytest.mark.django_db(transaction=True)

SUBSCRIBES = """
const given = GIVEN, kept = () => sessionStorage.getItem("told") ? told : null;
const told = {
  endpoint: given.endpoint, options: {},
  toJSON: () => ({ endpoint: given.endpoint, keys: { p256dh: given.p256dh, auth: given.auth } }),
  unsubscribe: async () => true,
};
PushManager.prototype.subscribe = async () => { sessionStorage.setItem("told", "1"); return told; };
PushManager.prototype.getSubscription = async () => kept();
"""
SHOWN = """
async () => {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  for (let round = 0; round < 100; round++) {
    const shown = (await registration.getNotifications()).map((one) => one.title);
    if (shown.some((title) => title.includes("Cancelled"))) return shown;
    await new Promise((later) => setTimeout(later, 50));
  }
}
"""


def test_without_a_connection_the_last_known_states_are_shown(page: Page, live_server: LiveServer) -> None:
    """Issue 3 §3: the app opens without a connection, in the reader's language; signing out leaves nothing behind."""
    shop = make_shop(languages=["en", "fa"])
    case = make_order(shop, language="fa")
    assert case.customer is not None
    there, account = live_server.url.replace("127.0.0.1", "localhost"), make_account(shop, case.customer.email)
    token = open_session(account, "", "127.0.0.1", now=timezone.now())
    page.context.add_cookies([{"name": account_cookie(shop), "value": token, "url": there}])
    page.goto(f"{there}/t/{case.token}/")
    page.goto(f"{there}/a/{shop.slug}/fa/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    found = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert found["errors"] == []
    assert json.loads(found["data"])["lang"].startswith("fa")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.context.set_offline(True)
    away = page.context.new_page()
    away.goto(f"{there}/a/{shop.slug}/profile/")
    expect(away.get_by_role("heading", level=1)).to_have_text("اکنون اتصال اینترنت برقرار نیست")
    expect(away.locator("[data-states] li")).to_have_count(1)
    expect(away.locator("[data-states]")).to_contain_text(case.code)
    load(away)
    assert violations(away) == []
    page.context.set_offline(False)
    page.goto(f"{there}/a/{shop.slug}/")
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate(f"localStorage.getItem('tartib-states-{shop.slug}')") is None


def test_a_device_is_told_and_shows_the_message(page: Page, live_server: LiveServer, push_service: PushService) -> None:
    """D5, issue 3 §3: the button asks for leave, not the page; a newer message takes the place of an older."""
    shop, browser = make_shop(), Browser()
    case = make_order(shop)
    there = live_server.url.replace("127.0.0.1", "localhost")
    # The push service of a real browser is on the open net: its address is all that is invented here.
    given = browser.given(f"{push_service.url}/one")
    page.add_init_script(SUBSCRIBES.replace("GIVEN", json.dumps(given)))
    page.goto(f"{there}/t/{case.token}/")
    assert page.evaluate("Notification.permission") != "granted"
    page.context.grant_permissions(["notifications"], origin=there)
    load(page)
    assert violations(page) == []
    page.get_by_role("button", name="Tell me on this device").click()
    expect(page.get_by_text("You are told on this device")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Stop telling me here")).to_be_visible()
    for target in ("on-hold", "cancelled"):
        move(case, target, notify_options=NotifyOptions(channels=frozenset({"push"})))
        send()
    tools = page.context.new_cdp_session(page)
    found: list[str] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(
        one["registrationId"] for one in event["registrations"] if one["scopeURL"] == f"{there}/a/{shop.slug}/"
    ))  # fmt: skip
    tools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    for _path, _headers, body in push_service.requests:
        told = {"origin": there, "registrationId": found[0], "data": browser.opened(body).decode()}
        tools.send("ServiceWorker.deliverPushMessage", told)
    shown = page.evaluate(SHOWN.replace("SCOPE", json.dumps(f"/a/{shop.slug}/")))
    assert len(shown) == 1
    assert "Cancelled" in shown[0]
    page.get_by_role("button", name="Stop telling me here").click()
    expect(page.get_by_role("button", name="Tell me on this device")).to_be_visible()
    assert not Subscription.objects.exists()
