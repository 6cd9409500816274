"""LiqPay's form and signatures."""

import base64
import json
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from tartib.payments.gateways.liqpay import GATEWAY, sign
from tartib.payments.gateways.protocol import About, Fate, Refused, Told
from tests.payments.gateways.asks import KEY, account_for, an_ask
from tests.payments.gateways.providers import LiqPayServer


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    """printf 'pr1vate%spr1vate' DATA | openssl dgst -sha1 -binary | base64"""
    assert sign("pr1vate", "eyJ2ZXJzaW9uIjozLCJhbW91bnQiOiI4OC41MCJ9") == "U9HWdwPT4PEOY93XxRoxGcb255Q="


def _said(**changes: object) -> Told | None:
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
