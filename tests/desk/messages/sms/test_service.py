"""The SMS service on the desk: chosen by name, never shown again, tried in plain words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import Settings

from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Message, SmsAccount, State
from tartib.shops.models import Role, Shop
from tartib.support.operations import Written, ask
from tests.factories import NOW, make_order, make_shop, make_staff, with_sms
from tests.services import Phone

pytestmark = pytest.mark.django_db

KEY = "0123456789ABCDEF0123"


@pytest.fixture
def shop() -> Shop:
    return make_shop(country="UA", currency="UAH")


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(make_staff(shop, Role.OWNER))
    return client


def at(shop: Shop, path: str = "") -> str:
    return f"/desk/{shop.slug}/settings/sms/{path}"


def test_a_shop_chooses_a_provider_by_name_and_its_key_is_never_shown(owner: Client, shop: Shop) -> None:
    """E7."""
    page = owner.get(at(shop)).content.decode()
    assert all(name in page for name in ("Kavenegar", "Twilio", "TurboSMS", "No SMS service yet"))
    assert "Practice" not in page
    given = {"key_key": KEY, "key_sender": "10004346", "part_price": "۱٫۲۸"}
    page = owner.post(at(shop, "by/kavenegar/"), given, follow=True).content.decode()
    assert "Send yourself a test now" in page
    account = SmsAccount.objects.get(shop=shop)
    assert (account.settings, account.part_price) == ({"key": KEY, "sender": "10004346"}, Decimal("1.28"))
    for path in ("", "by/kavenegar/"):
        assert KEY not in owner.get(at(shop, path)).content.decode()
    owner.post(at(shop, "by/kavenegar/"), {"key_key": "", "key_sender": "", "part_price": ""})
    account.refresh_from_db()
    assert (account.settings, account.part_price) == ({"key": KEY, "sender": ""}, None)
    assert "SMS service is forgotten" in owner.post(at(shop, "removal/"), follow=True).content.decode()
    assert not SmsAccount.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"key_key": "", "key_sender": ""}, "Please fill this in."),
        ({"key_key": "a b", "key_sender": ""}, "not an API key"),
        ({"key_key": KEY, "key_sender": "MyShop"}, "number of the line"),
        ({"key_key": KEY, "key_sender": "", "part_price": "-1"}, "negative"),
        ({"key_key": KEY, "key_sender": "", "part_price": "0.00001"}, "four decimals"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(owner: Client, shop: Shop, given: dict[str, str], said: str) -> None:
    response = owner.post(at(shop, "by/kavenegar/"), given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not SmsAccount.objects.exists()


def test_a_provider_that_is_not_offered_does_not_exist(owner: Client, shop: Shop) -> None:
    for code in ("practice", "protocol", "none"):
        assert owner.get(at(shop, f"by/{code}/")).status_code == 404
    practice = make_shop(practice=True)
    owner.force_login(make_staff(practice, Role.OWNER))
    assert "practice mailbox" in owner.get(at(practice)).content.decode()
    assert owner.get(at(practice, "by/kavenegar/")).status_code == 404


def test_a_test_reaches_oneself_and_stands_in_the_report(owner: Client, shop: Shop, phone: Phone) -> None:
    """C8: every SMS is in the report, a test too."""
    with_sms(shop)
    page = owner.post(at(shop, "test/"), {"phone": "+٣٨٠ 50 111 2233"}, follow=True).content.decode()
    assert "+380501112233: the provider has taken the test" in page
    (received,) = phone.received
    assert (received.to, shop.name in received.text) == ("+380501112233", True)
    message = Message.objects.get()
    assert (message.kind, message.state, message.reference) == ("test", "sent", "1")
    assert "This is a test" in owner.get(f"/desk/{shop.slug}/sms/").content.decode()


@pytest.mark.parametrize(
    ("answer", "said"),
    [(403, "does not accept the key"), (418, "no credit left"), (413, "refuses to send it"), (503, "Failed")],
)
def test_what_is_wrong_is_said_in_plain_words(owner: Client, shop: Shop, phone: Phone, answer: int, said: str) -> None:
    with_sms(shop)
    phone.answer = answer
    page = owner.post(at(shop, "test/"), {"phone": "+380501112233"}, follow=True).content.decode()
    assert said in page
    assert Message.objects.get(kind="test").state == "failed"
    if answer in (403, 418):
        assert "takes nothing" in page
        messages = owner.get(f"/desk/{shop.slug}/settings/messages/").content.decode()
        assert said in messages


def test_without_a_service_or_a_number_nothing_is_sent(owner: Client, shop: Shop, phone: Phone) -> None:
    assert (
        "no SMS service yet" in owner.post(at(shop, "test/"), {"phone": "+380501112233"}, follow=True).content.decode()
    )
    with_sms(shop)
    assert owner.post(at(shop, "test/"), {}).status_code == 422
    page = owner.post(at(shop, "test/"), {"phone": "12"}, follow=True).content.decode()
    assert "not a phone number with its country code" in page
    assert phone.received == []
    assert owner.post(at(make_shop(), "credit/")).status_code == 404


def test_the_address_of_receipts_is_shown_where_it_has_to_be_entered(
    owner: Client, shop: Shop, settings: Settings
) -> None:
    with_sms(shop)
    token = SmsAccount.objects.get(shop=shop).token
    assert token not in owner.get(at(shop)).content.decode(), "nobody calls an address without https"
    settings.TARTIB_URL = "https://desk.example"
    assert f"https://desk.example/sms/{token}/" in owner.get(at(shop)).content.decode()


def test_what_an_sms_takes_and_costs_is_known_before_it_is_sent(owner: Client, shop: Shop) -> None:
    """On the order's form, with the remark the customer would see, in the language it goes in."""
    case = make_order(shop, language="uk")
    url = f"/desk/{shop.slug}/orders/{case.code}/sms-size/"
    assert "no SMS service yet" in owner.get(url, {"target": "on-hold"}).content.decode()
    given = {"key_key": KEY, "key_sender": "", "part_price": "1.5"}
    owner.post(at(shop, "by/kavenegar/"), given)
    short = owner.get(url, {"target": "on-hold"}, headers={"HX-Request": "true"}).content.decode()
    noted = owner.get(url, {"target": "on-hold", "note": "слово", "note_shown": "on"}).content.decode()
    long = owner.get(url, {"target": "on-hold", "note": "слово " * 60, "note_shown": "on"}).content.decode()
    silent = owner.get(url, {"target": "on-hold", "note": "слово " * 60, "language": "en"}).content.decode()
    assert case.flow.status("on-hold").name.say("uk") in short
    assert "costs about" in short
    assert "<html" not in short
    assert "слово" in noted
    assert "слово" not in long and "Ми вам написали" in long, "beyond two parts it leads to the page"
    assert "слово" not in silent
    assert owner.get(url, {"target": "nowhere"}).status_code == 404
    written = owner.get(url, {"text": "слово"}, headers={"HX-Request": "true"}).content.decode()
    assert "слово" in written and "costs about" in written


def test_who_is_reached_by_sms_alone_is_written_to_with_its_price_beside(owner: Client, shop: Shop) -> None:
    """E7, C8: on the pages of orders and of requests, while one types and without a script; others see none."""
    with_sms(shop)
    phoned = CustomerDraft("Jo Marsh", "", "+380501112233")
    order, other = make_order(shop, customer=phoned), make_order(shop)
    page = f"/desk/{shop.slug}/orders/"
    assert f"{order.code}/sms-size/" in owner.get(f"{page}{order.code}/").content.decode().partition('id="write"')[2]
    assert "sms-size" not in owner.get(f"{page}{other.code}/").content.decode().partition('id="write"')[2]
    said = owner.post(f"{page}{order.code}/notes/", {"text": "It is here", "to": "customer"}, follow=True)
    assert "It is sent in a moment" in said.content.decode()
    message = Message.objects.get(case=order, note="It is here")
    assert (message.channel, message.recipient, message.state) == ("sms", "+380501112233", State.HELD)
    owner.post(f"{page}{order.code}/notes/", {"text": "For us", "to": "staff"})
    assert not Message.objects.filter(note__contains="For us").exists()
    request = ask(shop, Written("Where is it?"), now=NOW, about=order)
    answering = f"/desk/{shop.slug}/support/{request.code}/"
    assert f"{request.code}/sms-size/" in owner.get(answering).content.decode().partition('id="write"')[2]
    alone = owner.get(f"{answering}sms-size/").content.decode()
    assert "we have answered you" in alone and f'href="{answering}"' in alone
    nobody = make_order(shop, customer=CustomerDraft("Nobody"))
    unsent = owner.post(f"{page}{nobody.code}/notes/", {"text": "Lost?", "to": "customer"}, follow=True)
    assert "Nothing tells them of it" in unsent.content.decode()
