"""LiqPay's form and signatures."""

import base64
import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from tartib.payments import attempts, refunds
from tartib.payments.gateways.liqpay import GATEWAY, sign
from tartib.payments.gateways.protocol import About, Fate, Forged, GatewayNotice, Refused, Waits
from tartib.payments.models import Account, RefundState
from tests.factories import NOW, actor, make_order, make_product, make_shop
from tests.payments.gateways.asks import KEY, account_for, an_ask
from tests.payments.gateways.providers import LiqPayServer, account_at, served


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    """printf 'pr1vate%spr1vate' DATA | openssl dgst -sha1 -binary | base64"""
    assert sign("pr1vate", "eyJ2ZXJzaW9uIjozLCJhbW91bnQiOiI4OC41MCJ9") == "U9HWdwPT4PEOY93XxRoxGcb255Q="


def _said(**changes: object) -> GatewayNotice | None:
    payment = {
        "action": "pay", "public_key": "sandbox_i777", "payment_id": 7, "status": "success", "order_id": KEY,
        "amount": 1240.1, "currency": "UAH", "sender_card_country": 840,
    }  # fmt: skip
    data = base64.b64encode(json.dumps(payment | changes).encode()).decode()
    body = urlencode({"data": data, "signature": sign("sandbox_private", data)})
    return GATEWAY.read_notice(account_for(LiqPayServer), {}, {}, body.encode())


def test_the_form_says_what_is_paid_until_when_and_where_to_tell_of_it() -> None:
    started = GATEWAY.start(account_for(LiqPayServer), an_ask())
    assert started.url == "https://www.liqpay.ua/api/3/checkout"
    assert started.fields["signature"] == sign("sandbox_private", started.fields["data"])
    said = json.loads(base64.b64decode(started.fields["data"]))
    assert (said["amount"], said["currency"], said["order_id"], said["action"]) == ("1240.00", "UAH", KEY, "pay")
    assert said["server_url"].endswith("/notices/t0_account-token-22-ch/")
    assert (said["expired_date"], said["language"], said["sandbox"]) == ("2026-11-22 10:10:00", "uk", 1)
    assert "private" not in json.dumps(said)


def test_a_live_account_asks_for_real_money() -> None:
    started = GATEWAY.start(account_for(LiqPayServer, live=True), an_ask(language="fa"))
    said = json.loads(base64.b64decode(started.fields["data"]))
    assert "sandbox" not in said
    assert said["language"] == "en"


def test_parts_of_a_coin_are_refused() -> None:
    with pytest.raises(Refused):
        GATEWAY.start(account_for(LiqPayServer), an_ask(amount=Decimal("1.005")))


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("success", Fate.DONE), ("wait_compensation", Fate.DONE), ("sandbox", Fate.DONE), ("failure", Fate.FAILED),
        ("error", Fate.FAILED), ("processing", Fate.PENDING), ("wait_secure", Fate.PENDING),
        ("3ds_verify", Fate.PENDING), ("wait_accept", Fate.PENDING), ("a word of tomorrow", Fate.PENDING),
    ],
)  # fmt: skip
def test_each_status_is_understood(status: str, fate: Fate) -> None:
    told = _said(status=status)
    assert told is not None
    assert (told.fate, told.attempt) == (fate, KEY)


def test_amounts_and_countries_are_exact() -> None:
    told = _said()
    assert told is not None
    assert (told.amount, told.card_country, told.reference) == (Decimal("1240.1"), "US", "7")


def test_a_page_that_nobody_finished_has_expired() -> None:
    told = _said(status="failure", err_code="expired_prepared")
    assert told is not None
    assert told.fate == Fate.EXPIRED


def test_a_test_payment_is_no_money_in_a_live_account() -> None:
    payment = {
        "action": "pay", "public_key": "sandbox_i777", "payment_id": 7, "status": "sandbox", "order_id": KEY,
        "amount": 1240, "currency": "UAH",
    }  # fmt: skip
    data = base64.b64encode(json.dumps(payment).encode()).decode()
    body = urlencode({"data": data, "signature": sign("sandbox_private", data)})
    told = GATEWAY.read_notice(account_for(LiqPayServer, live=True), {}, {}, body.encode())
    assert told is not None
    assert told.fate == Fate.FAILED


def test_what_went_back_is_told_as_a_sum() -> None:
    part, whole = _said(refund_amount=40.1), _said(status="reversed")
    assert part is not None
    assert whole is not None
    assert (part.about, part.amount, part.total) == (About.REFUND, Decimal("40.1"), True)
    assert (whole.about, whole.amount, whole.reference) == (About.REFUND, Decimal("1240.1"), "7")


def test_other_actions_are_none_of_ours() -> None:
    assert _said(action="subscribe") is None


def test_the_newer_signature_is_the_one_that_openssl_makes() -> None:
    """printf 'pr1vate%spr1vate' DATA | openssl dgst -sha3-256 -binary | base64"""
    right = "FC8y/guCwtJGPdEIioAy7KsKV8yL/tdyzhoNhmlOe2Y="
    assert sign("pr1vate", "eyJ2ZXJzaW9uIjo3LCJhbW91bnQiOiI4OC41MCJ9", "7") == right


def _account(version: str) -> Account:
    account = account_for(LiqPayServer)
    account.settings["version"] = version
    return account


def _notice(version: int, signed: str) -> bytes:
    """A notice as LiqPay sends it."""
    payment = {
        "payment_id": 165629, "action": "pay", "status": "success", "version": version, "type": "buy",
        "paytype": "card", "public_key": "sandbox_i777", "acq_id": 414963, "order_id": KEY,
        "liqpay_order_id": "T8SRXWM71509085055293216", "description": "Order", "sender_card_mask2": "516874*12",
        "sender_card_bank": "pb", "sender_card_type": "mc", "sender_card_country": 804, "ip": "203.0.113.7",
        "amount": 0.02, "currency": "UAH", "sender_commission": 0.0, "receiver_commission": 0.0,
        "agent_commission": 0.0, "amount_debit": 0.02, "amount_credit": 0.02, "commission_debit": 0.0,
        "commission_credit": 0.0, "currency_debit": "UAH", "currency_credit": "UAH", "sender_bonus": 0.0,
        "amount_bonus": 0.0, "authcode_debit": "388324", "authcode_credit": "703006", "rrn_debit": "000663267598",
        "rrn_credit": "000663267599", "mpi_eci": "7", "is_3ds": False, "language": "uk",
        "create_date": 1509085055304, "end_date": 1509085056189, "transaction_id": 165629,
    }  # fmt: skip
    data = base64.b64encode(json.dumps(payment).encode()).decode()
    return urlencode({"data": data, "signature": sign("sandbox_private", data, signed)}).encode()


@pytest.mark.parametrize(
    ("version", "signed", "believed"),
    [("3", "3", True), ("7", "7", True), ("7", "3", False), ("3", "7", False), ("", "3", True)],
)
def test_a_notice_is_believed_by_the_signature_that_the_account_speaks(
    version: str, signed: str, believed: bool
) -> None:
    body = _notice(int(signed), signed)
    if not believed:
        with pytest.raises(Forged):
            GATEWAY.read_notice(_account(version), {}, {}, body)
        return
    told = GATEWAY.read_notice(_account(version), {}, {}, body)
    assert told is not None
    assert (told.fate, told.amount, told.attempt) == (Fate.DONE, Decimal("0.02"), KEY)
    assert told.risk == {"three_d_secure": "none", "card_country": "UA"}


def test_what_is_asked_says_its_version_and_is_signed_by_it() -> None:
    started = GATEWAY.start(_account("7"), an_ask())
    assert json.loads(base64.b64decode(started.fields["data"]))["version"] == 7
    assert started.fields["signature"] == sign("sandbox_private", started.fields["data"], "7")


@pytest.mark.parametrize("how", [{"wait_amount": True}, {"wait_amount": "true"}, {"status": "wait_reserve"}])
def test_a_refund_made_of_later_takings_waits(how: dict[str, object]) -> None:
    told = _said(**how)
    assert told is not None
    assert (told.about, told.fate, told.waits) == (About.REFUND, Fate.PENDING, Waits.TAKINGS)
    assert _said(wait_amount=False) == _said()


@pytest.mark.django_db
def test_a_refund_that_waits_is_made_once_when_the_money_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    server = LiqPayServer()
    with served(server):
        server.redirect(monkeypatch)
        shop = make_shop(currency="UAH")
        case = make_order(shop, make_product(shop, price="1200"))
        attempt = attempts.start(shop, case.pk, account_at(server, shop), now=NOW)
        server.pay(attempt)
        attempts.ask_again(attempt.pk, now=NOW)
        server.books[attempt.key]["wait_amount"] = True
        (asked,) = refunds.refund(shop, case.pk, Decimal(500), actor(shop), now=NOW)
        refunds.send(asked.pk, now=NOW)
        refunds.ask_again(asked.pk, now=NOW + timedelta(days=1))
        asked.refresh_from_db()
        assert (asked.state, asked.waits, len(server.refunds)) == (RefundState.WAITING, "takings", 0)
        server.books[attempt.key]["wait_amount"] = False
        server.send_back(attempt, Decimal(500))
        refunds.ask_again(asked.pk, now=NOW + timedelta(days=3))
        asked.refresh_from_db()
        assert asked.state == RefundState.CONFIRMED
