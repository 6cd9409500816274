"""Web push: what reaches the device, what becomes of it in the ledger, and whose devices are told."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.cases.operations import write_to
from tartib.customers import consents
from tartib.customers.models import Customer, Purpose, Session, Source
from tartib.customers.queries import customers
from tartib.customers.signing_in import end_session, open_session, sign_out_everywhere
from tartib.notify import queries, sql, subscribing
from tartib.notify.models import Message, Subscription
from tests.factories import NOW, actor, make_account, make_order, make_orders, make_shop, move
from tests.notify.sending import LATER, fates, send
from tests.services import Browser, Mailbox, PushService

pytestmark = pytest.mark.django_db

PUSH = NotifyOptions(channels=frozenset({"push"}))
_letters = count(1)


def follow(case: Case, service: PushService, browser: Browser, name: str = "one") -> Subscription:
    """Let a browser be told of a case."""
    given = subscribing.read(**browser.given(f"{service.url}/{name}"))
    return subscribing.tell_holder(case, given, "Firefox Android", now=NOW, chance=lambda: str(next(_letters)))


def sign_in(case: Case, service: PushService, browser: Browser, name: str = "one") -> Session:
    """Let a browser be told of everything in the account of a case's customer."""
    assert case.customer is not None
    account = make_account(case.shop, case.customer.email)
    open_session(account, "", "127.0.0.1", now=NOW)
    session = Session.objects.filter(account=account).latest("pk")
    given = subscribing.read(**browser.given(f"{service.url}/{name}"))
    subscribing.tell_session(session, given, "Chrome", "127.0.0.1", now=NOW, chance=lambda: str(next(_letters)))
    return session


def part(text: str) -> bytes:
    """The bytes of a part of a token."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_our_reader_of_messages_reads_the_example_of_the_standard() -> None:
    """RFC 8291, appendix A: so what it reads of ours is as the standard wants it."""
    number = int.from_bytes(part("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    browser = Browser(ec.derive_private_key(number, ec.SECP256R1()), part("BTBZMqHH6r4Tts7J_aSIgg"))
    sealed = part(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.opened(sealed) == b"When I grow up, I want to be a watermelon"


def test_a_status_reaches_the_device_sealed_and_signed(push_service: PushService) -> None:
    """D5, issue 3 §5: what the local push service received is decrypted; it is signed by the shop, for this service."""
    browser, case = Browser(), make_order(make_shop(email="hello@shop.example"), language="uk")
    device = follow(case, push_service, browser)
    move(case, "on-hold", notify_options=PUSH)
    assert fates(case) == [("push", "on-hold", "held")]
    assert send() == {"sent": 1}
    [(path, headers, body)] = push_service.requests
    told = json.loads(browser.opened(body))
    assert path == "/one"
    assert case.flow.status("on-hold").name.say("uk") in told["title"]
    assert case.flow.status("on-hold").customer.say("uk") in told["text"]
    assert (told["link"], told["lang"], told["dir"]) == (f"/t/{case.token}/?language=uk", "uk-UA", "ltr")
    assert headers["Content-Encoding"] == "aes128gcm"
    assert int(headers["TTL"]) > 0
    assert len(headers["Topic"]) == 32
    scheme, _space, parts = headers["Authorization"].partition(" ")
    found = dict(each.split("=", 1) for each in parts.split(","))
    signed, _dot, signature = found["t"].rpartition(".")
    claims = json.loads(part(signed.split(".")[1]))
    assert (scheme, json.loads(part(signed.split(".")[0]))["alg"]) == ("vapid", "ES256")
    assert (claims["aud"], claims["sub"]) == (push_service.url, "mailto:hello@shop.example")
    assert timedelta() < timedelta(seconds=claims["exp"] - LATER.timestamp()) <= timedelta(hours=24)
    raw = part(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), part(found["k"]))
    proof = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(proof, signed.encode(), ec.ECDSA(SHA256()))
    assert subscribing.key(case.shop, now=NOW).public == found["k"]
    device.refresh_from_db()
    assert device.sent_at == LATER
    with connection.cursor() as cursor:
        cursor.execute("SELECT endpoint, auth FROM notify_subscription")
        assert not any(push_service.url in value for value in cursor.fetchone()), "it is sealed where it lies"


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(push_service: PushService, status: int) -> None:
    """Issue 3 §3: a browser that takes nothing any more is not written to again, and staff have nothing to decide."""
    shop = make_shop()
    one, two = make_orders(shop, 2)
    browser = Browser()
    for case in (one, two):
        follow(case, push_service, browser)
    push_service.answer = status
    move(one, "on-hold", notify_options=PUSH)
    assert send() == {"withdrawn": 1}
    assert not Subscription.objects.exists(), "it is the same browser, whatever it was told of"
    assert not queries.troubled(shop, now=LATER).exists()
    assert Message.objects.get().reason == "gone"
    move(two, "on-hold", notify_options=PUSH)
    assert fates(two) == []


def test_what_could_not_be_sent_is_tried_again_and_shown_once(push_service: PushService) -> None:
    """D5: a service that is down is asked later; by key and topic the device knows a repetition."""
    browser, case = Browser(), make_order(make_shop())
    follow(case, push_service, browser)
    move(case, "on-hold", notify_options=PUSH)
    push_service.answer = 503
    assert send() == {"queued": 1}
    push_service.answer = 201
    assert send(LATER + timedelta(hours=1)) == {"sent": 1}
    assert send(LATER + timedelta(hours=9)) == {}
    first, again = ((headers["Topic"], browser.opened(body)) for _path, headers, body in push_service.requests)
    assert first == again


def test_a_refused_message_is_for_staff_to_see(push_service: PushService) -> None:
    """D5: what a service refuses for good is not tried for ever."""
    shop = make_shop()
    case = make_order(shop)
    follow(case, push_service, Browser())
    push_service.answer = 403
    move(case, "on-hold", notify_options=PUSH)
    assert send() == {"failed": 1}
    assert queries.trouble_counts(shop, now=LATER)["push"] == 1


def test_a_newer_status_takes_the_place_of_the_waiting_one_on_each_device(push_service: PushService) -> None:
    """Hold-back: two moves in a moment are one message to each device; undoing brings back that of each."""
    shop = make_shop()
    case = make_order(shop)
    browsers = {name: Browser() for name in ("one", "two")}
    for name, browser in browsers.items():
        follow(case, push_service, browser, name)
    move(case, "on-hold", notify_options=PUSH)
    move(case, "cancelled", notify_options=PUSH, now=NOW + timedelta(seconds=5))
    assert [state for _channel, _status, state in fates(case)] == ["merged", "merged", "held", "held"]
    assert send() == {"sent": 2}
    cancelled = case.flow.status("cancelled").name.say("en")
    for path, _headers, body in push_service.requests:
        assert cancelled in json.loads(browsers[path[1:]].opened(body))["title"]


def test_an_account_is_told_where_it_is_open_and_a_browser_once(push_service: PushService) -> None:
    """D5: devices of the account are told of every order, one that has the order's link too is told once."""
    browser, case = Browser(), make_order(make_shop())
    session = sign_in(case, push_service, browser)
    follow(case, push_service, browser)
    move(case, "on-hold", notify_options=PUSH)
    assert len(fates(case)) == 1
    Subscription.objects.filter(case=case).delete()
    assert case.customer is not None
    consents.change([case.customer.pk], "push", Purpose.STATUS, Source.ACCOUNT, "", given=False, now=NOW)
    move(case, "cancelled", notify_options=PUSH)
    assert len(fates(case)) == 1, "who does not want to be told is not"
    assert end_session(session.account, session.pk)
    assert not Subscription.objects.exists()


def test_devices_are_those_of_the_accounts_that_stand_for_the_customer(push_service: PushService) -> None:
    """X3: the statement that finds devices for many cases agrees with what an account may see."""
    shop = make_shop()
    addresses = [
        ("a@example.com", "+380500000001"),
        ("", "+380500000001"),
        ("b@example.com", "+380500000001"),
        ("", ""),
    ]
    cases = make_orders(shop, len(addresses))
    for case, (email, phone) in zip(cases, addresses, strict=True):
        assert case.customer_id is not None
        Customer.objects.filter(pk=case.customer_id).update(email=email, phone=phone)
    names: dict[int, str] = {}
    for address in ("a@example.com", "b@example.com", "+380500000001"):
        account = make_account(shop, address)
        open_session(account, "", "127.0.0.1", now=NOW)
        given = subscribing.read(**Browser().given(f"{push_service.url}/{account.pk}"))
        session = Session.objects.get(account=account)
        made = subscribing.tell_session(session, given, "", "", now=NOW, chance=lambda: str(next(_letters)))
        names[account.pk] = made.name
    asked = [(case.pk, Case.objects.get(pk=case.pk).customer_id) for case in cases]
    found = sql.devices(shop.pk, asked)
    for case_id, customer_id in asked:
        theirs = {
            names[session.account_id]
            for session in Session.objects.select_related("account")
            if customer_id in customers(session.account)
        }
        assert set(found.get(case_id, [])) == theirs
    assert any(found.values())
    assert sql.devices(make_shop().pk, asked) == {}, "another shop's devices are never told"


def test_an_answer_of_the_shop_reaches_the_devices_too(push_service: PushService, mailbox: Mailbox) -> None:
    """D5: who follows a case on a device hears there what the shop has written."""
    shop, browser = make_shop(), Browser()
    case = make_order(shop)
    follow(case, push_service, browser)
    write_to(shop, case.pk, "It is on the shelf.", actor(shop), now=NOW)
    assert send()["sent"] >= 1
    [(_path, _headers, body)] = push_service.requests
    assert "It is on the shelf." in json.loads(browser.opened(body))["text"]


def test_telling_devices_takes_one_statement_however_many_cases(push_service: PushService) -> None:
    """X4: a thousand cases, one look for devices."""
    counted = []
    for how_many in (1, 3):
        cases = make_orders(make_shop(), how_many)
        for case in cases:
            follow(case, push_service, Browser(), str(case.pk))
        with CaptureQueriesContext(connection) as found:
            move(cases, "on-hold", notify_options=PUSH)
        counted.append(len(found))
    assert counted[0] == counted[1]
    assert Message.objects.count() == 4


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1/x", "https://localhost.example.invalid/x"])
def test_no_device_makes_tartib_call_what_is_inside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    """SECURITY: a browser's push service is called only at an address of the open net, looked at when it is called."""
    settings.TARTIB_INTERNAL_SERVICES = False
    monkeypatch.setattr("tartib.shops.outside.addresses", lambda _host: ["93.184.215.14", "10.0.0.7"])
    case = make_order(make_shop())
    given = subscribing.read(**Browser().given(endpoint))
    subscribing.tell_holder(case, given, "", now=NOW, chance=lambda: "x")
    move(case, "on-hold", notify_options=PUSH)
    assert send() == {"withdrawn": 1}
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/x"}, {"endpoint": "https://push.example:8443/x"},
        {"endpoint": "https://localhost/x"}, {"endpoint": "https://[::ffff:10.0.0.1]/x"},
        {"endpoint": "https://me:pw@push.example/x"}, {"endpoint": "https://push.example/" + "x" * 1_000},
        {"endpoint": "https://push.example/a b"}, {"endpoint": "javascript:alert(1)"}, {"endpoint": ""},
        {"p256dh": "AAAA"}, {"p256dh": "B" + "A" * 86}, {"auth": "AAAA"}, {"auth": "not base64!"},
    ],
)  # fmt: skip
def test_what_is_no_push_service_is_refused(settings: Settings, wrong: dict[str, str]) -> None:
    """SECURITY: nothing is kept that could not be a browser's."""
    settings.TARTIB_INTERNAL_SERVICES = False
    right = Browser().given("https://push.example/x")
    assert subscribing.read(**right)
    with pytest.raises(subscribing.Unusable):
        subscribing.read(**(right | wrong))


def test_only_so_many_devices_are_told_of_a_case(push_service: PushService) -> None:
    """SECURITY: whoever has a link cannot make Tartib write to the whole world."""
    case = make_order(make_shop())
    for number in range(subscribing.MOST_OF_CASE + 2):
        follow(case, push_service, Browser(), str(number))
    assert Subscription.objects.count() == subscribing.MOST_OF_CASE
    assert not subscribing.is_told(f"{push_service.url}/0", case=case)


def test_signing_out_everywhere_ends_what_is_told_there(push_service: PushService) -> None:
    """SECURITY: a device that was lost hears nothing more."""
    case = make_order(make_shop())
    session = sign_in(case, push_service, Browser())
    sign_out_everywhere(session.account)
    assert not Subscription.objects.exists()
