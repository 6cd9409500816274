"""Coming back from a gateway to the shop window: nothing is said before it is known (E1, E2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tartib.payments import attempts
from tartib.payments.attempts import apply_notice
from tartib.payments.gateways.protocol import Fate, GatewayNotice
from tests.checkout.selling import account, confirm_now, make_cart, make_selling_shop
from tests.factories import NOW, make_order, make_product

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        (Fate.DONE, "It is paid."),
        (Fate.FAILED, "The payment did not go through."),
        (Fate.PENDING, "We are waiting for your bank’s confirmation."),
    ],
)
def test_who_comes_back_waits_on_the_thanks_page_until_it_is_known(client: Client, fate: Fate, said: str) -> None:
    """E2: the page looks again by itself without a script, and says what the gateway has told."""
    shop = make_selling_shop(languages=["en", "fa"])
    done = confirm_now(make_cart(shop, make_product(shop, price="100.00")))
    attempt = attempts.start(shop, done.case_id, account(shop, "practice"), now=NOW, language="en")
    back = reverse("portal:pay-return", args=[attempt.key])
    answer = client.post(back, {"anything": "the gateway says"})
    assert answer.status_code == 302
    there = answer.headers["Location"].removeprefix("http://localhost:8000")
    assert there == f"/s/{shop.slug}/thanks/{done.token}/?returned=1"
    page = client.get(there).content.decode()
    assert "We are waiting for your bank’s confirmation." in page
    assert 'http-equiv="refresh"' in page
    assert f"/thanks/{done.token}/?returned=1&amp;look=1" in page
    assert 'http-equiv="refresh"' not in client.get(f"{there}&look=40").content.decode(), "it rests at last"
    told = GatewayNotice("e1", fate, attempt=attempt.key, reference="r1", amount=Decimal("150.00"), currency="UAH")
    apply_notice(attempt.account, told, now=NOW)
    page = client.get(f"{there}&look=2").content.decode()
    assert said in page
    assert ('http-equiv="refresh"' in page) == (fate == Fate.PENDING)


def test_other_orders_come_back_to_their_own_page(client: Client) -> None:
    shop = make_selling_shop()
    case = make_order(shop)
    attempt = attempts.start(shop, case.pk, account(shop, "practice"), now=NOW, language="en")
    assert client.get(reverse("portal:pay-return", args=[attempt.key])).status_code == 200


def test_who_left_without_paying_is_led_to_pay_again_whatever_the_gateway_said_when_asked(
    client: Client,
) -> None:
    """E2: that nobody has tried yet is nothing to wait for; what is under way is, unless they say that they left."""
    shop = make_selling_shop(languages=["en"])
    done = confirm_now(make_cart(shop, make_product(shop, price="100.00")))
    attempt = attempts.start(shop, done.case_id, account(shop, "practice"), now=NOW, language="en")
    there, waiting = f"/s/{shop.slug}/thanks/{done.token}/", "We are waiting for your bank’s confirmation."
    asked = GatewayNotice("asked", Fate.PENDING, attempt=attempt.key, untouched=True)
    apply_notice(attempt.account, asked, now=NOW)
    assert waiting in client.get(f"{there}?returned=1").content.decode()
    for came in ("returned=1&look=4", "left=1"):
        page = client.get(f"{there}?{came}").content.decode()
        assert waiting not in page and "not paid yet" in page
    apply_notice(attempt.account, replace(asked, event="sent", untouched=False), now=NOW)
    assert waiting in client.get(f"{there}?returned=1&look=4").content.decode()
    assert waiting not in client.get(f"{there}?left=1").content.decode()
