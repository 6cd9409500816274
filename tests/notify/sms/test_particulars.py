"""What is particular to a provider: its words, its rules for senders, its signatures."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from tartib.notify import accounts, service
from tartib.notify.models import SmsAccount
from tartib.notify.sms import kavenegar, offered, providers, turbosms, twilio
from tartib.notify.sms.protocol import Fate, Forged, Refused, Text, Waiting, amount
from tartib.notify.trouble import Trouble
from tartib.shops.providers import Unreachable
from tests.factories import NOW, make_shop
from tests.notify.sms.providers import KavenegarServer, Provider, TurboSmsServer, TwilioServer, account_at, running

KEY = UUID("8a1c34de-0f2b-4c58-9d1e-ffb1a2c3d4e5")


def account_for(provider: type[Provider], **changes: str) -> SmsAccount:
    """An account with the provider's settings; nothing is stored."""
    return cast("SmsAccount", SimpleNamespace(settings=dict(provider.settings) | changes, provider=provider.code))


def a_text(to: str = "+380501112233", text: str = "Ваше замовлення вирушило", **more: Any) -> Text:
    return Text(KEY, to, text, NOW, **more)


def test_providers_are_found_by_being_there() -> None:
    assert [one.code for one in offered()] == ["kavenegar", "turbosms", "twilio"]
    assert set(providers()) == {"kavenegar", "practice", "turbosms", "twilio"}


@pytest.mark.parametrize(
    ("number", "dialled"),
    [("+989121234567", "09121234567"), ("+380501112233", "00380501112233"), ("+14155550100", "0014155550100")],
)
def test_kavenegar_dials_as_from_iran(number: str, dialled: str) -> None:
    assert kavenegar.dialled(number) == dialled


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (401, Trouble.CLOSED), (403, Trouble.KEY), (407, Trouble.CLOSED), (412, Trouble.SENDER),
        (418, Trouble.CREDIT), (427, Trouble.CLOSED),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_account_at_kavenegar_waits(
    monkeypatch: pytest.MonkeyPatch, code: int, trouble: Trouble
) -> None:
    with running(KavenegarServer, monkeypatch) as server:
        server.refusal = (code,)
        with pytest.raises(Waiting) as waiting:
            kavenegar.PROVIDER.send(account_for(KavenegarServer), a_text())
    assert (waiting.value.trouble, waiting.value.said) == (trouble, f"{code} پیام")


@pytest.mark.parametrize("code", [400, 406, 411, 413, 414, 417, 420, 422, 431, 432])
def test_what_is_wrong_with_a_text_at_kavenegar_is_refused(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    with running(KavenegarServer, monkeypatch) as server:
        server.refusal = (code,)
        with pytest.raises(Refused) as refused:
            kavenegar.PROVIDER.send(account_for(KavenegarServer), a_text())
    assert refused.value.number == (code == 411)


@pytest.mark.parametrize("code", [402, 409])
def test_what_is_wrong_at_kavenegar_itself_is_tried_again(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    with running(KavenegarServer, monkeypatch) as server:
        server.refusal = (code,)
        with pytest.raises(Unreachable):
            kavenegar.PROVIDER.send(account_for(KavenegarServer), a_text())


def test_kavenegars_address_is_encrypted_and_keeps_its_key_out_of_logs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SECURITY: key, number and words are in no clear-text address, and in no log."""
    assert all(url.startswith("https://") for url in (kavenegar.API, twilio.API, turbosms.API))
    with running(KavenegarServer, monkeypatch) as server:
        server.down = True
        with pytest.raises(Unreachable) as problem:
            kavenegar.PROVIDER.send(account_for(KavenegarServer), a_text())
    said = caplog.text + str(problem.value)
    assert "127.0.0.1" in said
    assert not any(secret in said for secret in (server.settings["key"], "380501112233", "вирушило"))


def test_twilios_signature_is_the_one_its_own_library_makes() -> None:
    fields = [
        ("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("From", "+14158675309"), ("To", "+18005551212"),
        ("Caller", "+14158675309"),
    ]  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio.signature("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert twilio.signature("12345", url, fields[::-1]) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("status", "code", "kind", "trouble"),
    [
        (401, 20003, Waiting, Trouble.KEY), (403, 20005, Waiting, Trouble.CLOSED),
        (400, 21606, Waiting, Trouble.SENDER),
        (400, 30002, Waiting, Trouble.CREDIT), (429, 20429, Waiting, Trouble.NONE), (400, 30022, Waiting, Trouble.NONE),
        (400, 21211, Refused, None), (400, 21610, Refused, None), (400, 99999, Refused, None),
        (500, 20500, Unreachable, None),
    ],
)  # fmt: skip
def test_each_refusal_of_twilio_has_its_meaning(
    monkeypatch: pytest.MonkeyPatch, status: int, code: int, kind: type[Exception], trouble: Trouble | None
) -> None:
    with running(TwilioServer, monkeypatch) as server:
        server.refusal = (status, code)
        with pytest.raises(kind) as problem:
            twilio.PROVIDER.send(account_for(TwilioServer), a_text())
    if isinstance(problem.value, Waiting):
        assert problem.value.trouble == trouble
    if isinstance(problem.value, Refused):
        assert problem.value.number == (code != 99999)


def test_twilio_is_given_the_address_of_receipts_and_a_service_as_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    receipts, by_service = "https://desk.example/sms/t0ken/", "MG" + "0a" * 16
    with running(TwilioServer, monkeypatch) as server:
        twilio.PROVIDER.send(account_for(TwilioServer, sender=by_service), a_text(receipts=receipts))
        (book,) = server.books
        assert book.fields["back"] == f"{receipts}?key={KEY}"
        assert f"MessagingServiceSid={by_service}" in server.asked[0][3]
        assert "From=" not in server.asked[0][3]


def test_twilio_finds_only_what_was_sent_since(monkeypatch: pytest.MonkeyPatch) -> None:
    text = a_text()
    with running(TwilioServer, monkeypatch) as server:
        for at, words in ((NOW - timedelta(hours=3), text.text), (NOW, "other words"), (NOW, text.text)):
            server.now = at
            server.enter(f"SM{len(server.books)}", "", text.to, words)
        assert [one.reference for one in twilio.PROVIDER.find(account_for(TwilioServer), text)] == ["SM2"]


def test_turbosms_sends_by_viber_first_where_the_shop_has_a_sender_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(TurboSmsServer, monkeypatch) as server:
        turbosms.PROVIDER.send(account_for(TurboSmsServer), a_text())
        asked = server.books[0].fields["asked"]
        assert asked["viber"] == {"sender": "My shop", "text": a_text().text, "ttl": turbosms.VIBER_FOR}
        assert asked["sms"] == {"sender": "MyShop", "text": a_text().text}
        server.books.clear()
        turbosms.PROVIDER.send(account_for(TurboSmsServer, viber=""), a_text())
        server.books.clear()
        turbosms.PROVIDER.send(account_for(TurboSmsServer), a_text(text="x" * 1001))
        assert "viber" not in server.books[0].fields["asked"]


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        ((301, None), Waiting), ((400, None), Waiting), ((0, 203), Waiting), ((0, 404), Refused),
        ((0, 427), Unreachable),
        ((999, None), Unreachable), ((300, None), Refused),
    ],
)  # fmt: skip
def test_each_refusal_of_turbosms_has_its_meaning(
    monkeypatch: pytest.MonkeyPatch, refusal: tuple[int, int | None], kind: type[Exception]
) -> None:
    with running(TurboSmsServer, monkeypatch) as server:
        server.refusal = refusal
        with pytest.raises(kind):
            turbosms.PROVIDER.send(account_for(TurboSmsServer), a_text())


def test_without_its_secret_key_turbosms_is_not_believed() -> None:
    server = TurboSmsServer()
    book = server.enter("f83f", "", "", "")
    _headers, body = server.receipt(book, "Read", "")
    (receipt,) = turbosms.PROVIDER.read_receipts(account_for(TurboSmsServer), "", {}, {}, body.encode())
    assert receipt.fate == Fate.DELIVERED
    with pytest.raises(Forged):
        turbosms.PROVIDER.read_receipts(account_for(TurboSmsServer, secret=""), "", {}, {}, body.encode())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "wrong"),
    [
        (KavenegarServer, {"sender": "MyShop"}), (KavenegarServer, {"key": "short"}), (KavenegarServer, {"key": ""}),
        (KavenegarServer, {"key": "../../x" * 4}), (TwilioServer, {"sender": "a name that is too long"}),
        (TwilioServer, {"sender": "12"}), (TwilioServer, {"account": "me"}), (TwilioServer, {"sender": ""}),
        (TurboSmsServer, {"sender": "Крамниця"}), (TurboSmsServer, {"sender": "LongerThanEleven"}),
    ],
)  # fmt: skip
def test_what_a_provider_would_not_take_is_refused_when_it_is_entered(
    provider: type[Provider], wrong: dict[str, str]
) -> None:
    shop = make_shop()
    with pytest.raises(ValidationError) as problem:
        accounts.choose(shop, provider.code, dict(provider.settings) | wrong, part_price=None, now=NOW)
    assert set(problem.value.message_dict) == set(wrong)
    assert service.of(shop) is None


@pytest.mark.django_db
@pytest.mark.parametrize("sender", ["10004346", "20006535", "90004752", "1000596446", "", "+982112345678"])
def test_lines_of_kavenegar_of_every_length_are_taken(sender: str) -> None:
    shop = make_shop()
    accounts.choose(shop, "kavenegar", dict(KavenegarServer.settings) | {"sender": sender}, part_price=None, now=NOW)
    assert service.of(shop) is not None


@pytest.mark.django_db
def test_a_secret_left_empty_stays_and_another_provider_has_none_of_it() -> None:
    shop = make_shop()
    account_at(TurboSmsServer(), shop)
    token = SmsAccount.objects.get(shop=shop).token
    accounts.choose(shop, "turbosms", {"sender": "Other"}, part_price=Decimal("1.28"), now=NOW)
    account = SmsAccount.objects.get(shop=shop)
    assert (account.settings["token"], account.settings["sender"]) == (TurboSmsServer.settings["token"], "Other")
    assert (account.token, account.part_price) == (token, Decimal("1.28"))
    with pytest.raises(ValidationError):
        accounts.choose(shop, "kavenegar", {"sender": ""}, part_price=None, now=NOW)
    with pytest.raises(KeyError):
        accounts.choose(shop, "practice", {}, part_price=None, now=NOW)


@pytest.mark.django_db
def test_the_price_of_a_text_is_known_before_it_is_sent() -> None:
    shop = make_shop(currency="UAH")
    accounts.choose(shop, "turbosms", TurboSmsServer.settings, part_price=Decimal("1.2850"), now=NOW)
    estimate = service.estimate(service.of(shop), "Ваше замовлення " * 5)
    assert (estimate.size.parts, estimate.price, estimate.currency) == (2, Decimal("2.57"), "UAH")
    assert service.estimate(None, "x").price is None


@pytest.mark.parametrize(
    ("said", "counted"),
    [("-0.0075", Decimal("-0.0075")), (170, Decimal(170)), ("0", Decimal(0)), ("NaN", None), ("Infinity", None),
     ("", None), (None, None), ({"uah": 1}, None)],
)  # fmt: skip
def test_an_amount_that_cannot_be_counted_is_none(said: object, counted: Decimal | None) -> None:
    assert amount(said) == counted
