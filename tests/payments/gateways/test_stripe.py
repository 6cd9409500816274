"""Stripe's units, signatures and sessions; and refunds against a fake of Stripe that somebody else wrote."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import requests
import stripe as library

from tartib.payments import attempts, reconciling, refunds
from tartib.payments.attempts import NotStarted, apply_notice, start
from tartib.payments.gateways import stripe
from tartib.payments.gateways.protocol import Fate, Forged, GatewayNotice, Refused
from tartib.payments.gateways.stripe import GATEWAY
from tartib.payments.gateways.stripe_currencies import major, minor
from tartib.payments.models import (
    Account,
    Attempt,
    Difference,
    Direction,
    Dispute,
    Payment,
    Refund,
    RefundState,
)
from tests.factories import NOW, actor, make_order, make_product, make_shop
from tests.payments.gateways.asks import KEY, account_for, an_ask
from tests.payments.gateways.providers import StripeServer, account_at, served

SECRET = "whsec_own_vector"
BODY = '{"id":"evt_own","object":"event"}'


@pytest.mark.parametrize(
    ("amount", "currency", "number"),
    [
        ("1240.50", "UAH", 124_050), ("1500", "JPY", 1_500), ("12.340", "KWD", 12_340), ("88", "TWD", 8_800),
        ("5", "ISK", 500), ("0.50", "USD", 50),
    ],
)  # fmt: skip
def test_each_currency_is_counted_as_stripe_counts_it(amount: str, currency: str, number: int) -> None:
    assert minor(Decimal(amount), currency) == number
    assert major(number, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("12.345", "KWD"), ("0.5", "JPY"), ("1.001", "USD")])
def test_what_stripe_cannot_express_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(Refused):
        minor(Decimal(amount), currency)


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    """printf '1700000123.BODY' | openssl dgst -sha256 -hmac SECRET"""
    signature = "d94df9d05f191c537028dbf342faadd3db30ca46f959afc95b8089e548a08981"
    library.WebhookSignature.verify_header(BODY, f"t=1700000123,v1={signature}", SECRET)
    account = account_for(StripeServer)
    account.settings["webhook_secret"] = SECRET
    with pytest.raises(Forged):
        GATEWAY.read_notice(account, {"Stripe-Signature": f"t=1700000123,v1={signature}"}, {}, BODY.encode())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeServer]:
    """Our own small Stripe."""
    server = StripeServer()
    with served(server):
        server.redirect(monkeypatch)
        yield server


def test_a_session_asked_for_again_is_the_same(server: StripeServer) -> None:
    account = account_for(StripeServer)
    first, second = (GATEWAY.start(account, an_ask()) for _time in range(2))
    assert first == second
    assert len(server.books) == 1
    asked = server.asked[0].fields
    assert asked["line_items[0][price_data][unit_amount]"] == "124000"
    assert asked["client_reference_id"] == asked["payment_intent_data[metadata][attempt]"] == KEY
    assert int(asked["expires_at"]) == int((NOW + timedelta(minutes=40)).timestamp())
    for until, right in ((timedelta(minutes=5), stripe.SHORTEST), (timedelta(days=3), stripe.LONGEST)):
        GATEWAY.start(account, an_ask(key=f"{KEY[:-1]}{right.days}{right.seconds}"[-22:], until=NOW + until))
        assert int(server.asked[-1].fields["expires_at"]) == int((NOW + right).timestamp())


def _told(server: StripeServer, kind: str, thing: Any, *, live: bool = False) -> GatewayNotice | None:
    headers, body = server.signed(kind, thing, live=live)
    return GATEWAY.read_notice(account_for(StripeServer), headers, {}, body.encode())


def test_each_event_is_understood(server: StripeServer) -> None:
    ours = {"attempt": KEY, "account": "t0_account-token-22-ch"}
    open_ = {"id": "cs_1", "status": "complete", "payment_status": "unpaid", "metadata": ours}
    expired = open_ | {"status": "expired"}
    for kind, thing, fate in [
        ("checkout.session.completed", open_, Fate.PENDING),
        ("checkout.session.async_payment_failed", open_, Fate.FAILED),
        ("checkout.session.expired", expired, Fate.EXPIRED),
        ("payment_intent.payment_failed", {"metadata": ours, "last_payment_error": {"message": "No"}}, Fate.FAILED),
    ]:
        told = _told(server, kind, thing)
        assert told is not None
        assert (told.fate, told.attempt) == (fate, KEY)
    assert _told(server, "checkout.session.completed", open_ | {"metadata": {}}) is None
    assert _told(server, "checkout.session.completed", open_, live=True) is None
    assert _told(server, "customer.created", {}) is None
    refund = {"id": "re_1", "amount": 500, "currency": "jpy", "payment_intent": "pi_1", "metadata": ours}
    for status, fate in [("succeeded", Fate.DONE), ("pending", Fate.PENDING), ("failed", Fate.FAILED)]:
        told = _told(server, "refund.updated", refund | {"status": status})
        assert told is not None
        assert (told.fate, told.amount, told.reference) == (fate, Decimal(500), "re_1")


@pytest.mark.django_db
def test_the_country_of_the_card_is_known_though_the_notice_does_not_tell_it(server: StripeServer) -> None:
    shop = make_shop(currency="USD")
    case = make_order(shop, make_product(shop, price="1200"))
    attempt = start(shop, case.pk, account_at(server, shop), now=NOW)
    server.pay(attempt)
    headers, body = server.paid(attempt)
    told = GATEWAY.read_notice(attempt.account, headers, {}, body.encode())
    assert told is not None
    assert (told.card_country, told.card) == ("DE", "Xt5E")
    server.down = True
    told = GATEWAY.read_notice(attempt.account, headers, {}, body.encode())
    assert told is not None, "money does not wait for it"
    assert (told.fate, told.card_country) == (Fate.DONE, "")


# localstripe: an independent fake of Stripe, in a process of its own


@pytest.fixture(scope="module")
def localstripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running localstripe."""
    folder = tmp_path_factory.mktemp("localstripe")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            program, cwd=folder, stdout=log, stderr=log, env=os.environ | {"TMPDIR": str(folder), "HOME": str(folder)}
        )
        try:
            _wait_for(port, process, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _time in range(600):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, (folder / "log").read_text()
        time.sleep(0.05)
    raise TimeoutError((folder / "log").read_text())


@pytest.fixture
def client(localstripe: str, monkeypatch: pytest.MonkeyPatch) -> library.StripeClient:
    """Stripe's own library, speaking to it, as the adapter does."""
    monkeypatch.setattr(stripe, "API", localstripe)
    return library.StripeClient(StripeServer.settings["secret_key"], base_addresses={"api": localstripe})


@pytest.fixture
def attempt() -> Attempt:
    """A payment of 1,200 whose Checkout Session could not be opened: localstripe has none."""
    shop = make_shop(currency="USD")
    case = make_order(shop, make_product(shop, price="1200"))
    account = account_at(StripeServer(), shop)
    with pytest.raises(NotStarted):
        start(shop, case.pk, account, now=NOW)
    return Attempt.objects.select_related("account__shop", "case").get()


def _intent(client: library.StripeClient, attempt: Attempt, card: str) -> library.PaymentIntent:
    """A customer's payment of an attempt with a card, as Checkout makes it."""
    details: Any = {"number": card, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    method = client.v1.payment_methods.create({"type": "card", "card": details})
    customer = client.v1.customers.create({"email": "olena@example.com"})
    client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    return client.v1.payment_intents.create(
        {
            "amount": minor(attempt.amount, attempt.currency), "currency": "usd", "customer": customer.id,
            "payment_method": method.id, "confirm": True,
            "metadata": {"attempt": attempt.key, "account": attempt.account.token},
        }
    )  # fmt: skip


def _refund(attempt: Attempt, amount: str) -> Refund:
    assert attempt.case is not None
    (asked,) = refunds.refund(attempt.shop, attempt.case.pk, Decimal(amount), actor(attempt.shop), now=NOW)
    return asked


@pytest.mark.django_db
def test_what_it_does_not_have_is_refused_and_not_guessed(client: library.StripeClient, attempt: Attempt) -> None:
    assert attempt.reason
    assert attempts.ask_again(attempt.pk, now=NOW) is None, "there is nothing to ask about"


@pytest.mark.django_db
def test_money_goes_back_in_parts_and_is_found_again(client: library.StripeClient, attempt: Attempt) -> None:
    intent = _intent(client, attempt, "4242424242424242")
    assert intent.status == "succeeded"
    apply_notice(
        attempt.account,
        GatewayNotice(
            "evt_1", Fate.DONE, attempt=attempt.key, reference=intent.id, amount=attempt.amount, currency="USD"
        ),
        now=NOW,
    )
    first, second = _refund(attempt, "500.00"), _refund(attempt, "700.00")
    for asked in (first, second):
        refunds.send(asked.pk, now=NOW)
        asked.refresh_from_db()
        assert asked.state == RefundState.CONFIRMED
        assert asked.reference.startswith("re_")
    made = client.v1.refunds.list({"payment_intent": intent.id}).data
    assert sorted(one.amount for one in made) == [50_000, 70_000]
    account = Account.objects.select_related("shop").get()
    found = GATEWAY.query_refund(account, first)
    assert (found.fate, found.amount, found.reference) == (Fate.DONE, Decimal(500), first.reference)
    back = Payment.objects.filter(direction=Direction.OUT).order_by("pk").values_list("amount", flat=True)
    assert list(back) == [500, 700]


@pytest.mark.django_db
def test_a_refund_it_never_heard_of_has_failed(client: library.StripeClient, attempt: Attempt) -> None:
    intent = _intent(client, attempt, "4242424242424242")
    told = GatewayNotice(
        "evt_1", Fate.DONE, attempt=attempt.key, reference=intent.id, amount=attempt.amount, currency="USD"
    )
    apply_notice(attempt.account, told, now=NOW)
    asked = _refund(attempt, "500.00")
    assert GATEWAY.query_refund(Account.objects.get(), asked).fate == Fate.FAILED


@pytest.mark.django_db
def test_a_webhook_that_it_signs_is_believed(client: library.StripeClient, attempt: Attempt, localstripe: str) -> None:
    came: Queue[tuple[dict[str, str], bytes]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_line: object) -> None:
            pass

    door = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=door.handle_request, daemon=True).start()
    hook = {
        "url": f"http://127.0.0.1:{door.server_address[1]}/", "secret": StripeServer.settings["webhook_secret"],
        "events": ["payment_intent.payment_failed"],
    }  # fmt: skip
    requests.post(f"{localstripe}/_config/webhooks/ours", json=hook, timeout=10).raise_for_status()
    with pytest.raises(library.CardError):
        _intent(client, attempt, "4000000000000341")
    headers, body = came.get(timeout=20)
    door.server_close()
    account = Account.objects.get()
    told = GATEWAY.read_notice(account, headers, {}, body)
    assert told is not None
    assert (told.fate, told.attempt, told.reason) == (Fate.FAILED, attempt.key, "Your card was declined.")
    with pytest.raises(Forged):
        GATEWAY.read_notice(account, headers, {}, json.dumps(json.loads(body)).encode())


@pytest.fixture
def begun(server: StripeServer) -> Attempt:
    """A payment of 1,200 begun at our own small Stripe, and paid."""
    shop = make_shop(currency="USD")
    case = make_order(shop, make_product(shop, price="1200"))
    attempt = start(shop, case.pk, account_at(server, shop), now=NOW)
    server.pay(attempt)
    attempts.ask_again(attempt.pk, now=NOW)
    attempt.refresh_from_db()
    return attempt


def _notice(server: StripeServer, attempt: Attempt, kind: str, thing: Any, created: int = 0) -> None:
    headers, body = server.signed(kind, thing, created=created)
    told = GATEWAY.read_notice(attempt.account, headers, {}, body.encode())
    assert told is not None
    apply_notice(attempt.account, told, now=NOW)


@pytest.mark.parametrize(
    ("language", "currency", "locale"),
    [("zh-hant", "HKD", "zh-HK"), ("zh-hant", "TWD", "zh-TW"), ("en", "TWD", "en"), ("fa", "USD", "auto")],
)
def test_its_page_speaks_chinese_as_it_is_written_there(
    server: StripeServer, language: str, currency: str, locale: str
) -> None:
    GATEWAY.start(account_for(StripeServer), an_ask(language=language, currency=currency))
    assert server.asked[0].fields["locale"] == locale


@pytest.mark.django_db
def test_what_stripe_found_out_about_who_paid_is_kept_in_neutral_words(begun: Attempt) -> None:
    assert begun.risk == {
        "risk_level": "elevated", "card_country": "DE", "postcode_check": "fail", "cvc_check": "pass",
        "three_d_secure": "none",
    }  # fmt: skip


@pytest.mark.django_db
def test_each_thing_has_its_page_in_the_dashboard(begun: Attempt) -> None:
    account = begun.account
    assert GATEWAY.page(account, "pi_1") == "https://dashboard.stripe.com/test/payments/pi_1"
    assert GATEWAY.page(account, "dp_1") == "https://dashboard.stripe.com/test/disputes/dp_1"
    assert GATEWAY.page(account, "re_1") is None
    account.live = True
    assert GATEWAY.page(account, "pi_1") == "https://dashboard.stripe.com/payments/pi_1"


@pytest.mark.django_db
def test_a_dispute_is_read_from_notices_and_asked_about(server: StripeServer, begun: Attempt) -> None:
    _notice(server, begun, "charge.dispute.created", server.dispute(begun))
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.reason, dispute.due_at) == (Decimal(1200), "fraudulent", NOW + timedelta(days=7))
    _notice(server, begun, "charge.dispute.funds_withdrawn", server.dispute(begun, taken=120_000))
    assert Payment.objects.get(dispute=dispute).amount == 1200
    server.dispute(begun, "won", taken=120_000, back=120_000)
    day = timedelta(days=1)
    reconciling.compare(begun.account, NOW - 3 * day, NOW + day, now=NOW + day)
    dispute.refresh_from_db()
    assert (dispute.state, Payment.objects.get(dispute=dispute).state) == ("won", "failed")
    assert not Difference.objects.exists()


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("warning_needs_response", "open"), ("warning_closed", "withdrawn"), ("under_review", "open"), ("won", "won"),
        ("lost", "lost"), ("prevented", "withdrawn"), ("a word of tomorrow", "open"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_each_status_of_a_dispute_is_understood(server: StripeServer, begun: Attempt, status: str, state: str) -> None:
    _notice(server, begun, "charge.dispute.updated", server.dispute(begun, status))
    assert Dispute.objects.get().state == state


@pytest.mark.django_db
def test_a_refund_that_fails_after_it_succeeded_is_open_again(server: StripeServer, begun: Attempt) -> None:
    asked = _refund(begun, "500.00")
    refunds.send(asked.pk, now=NOW)
    made = server.refunds[0]
    failed = made | {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    _notice(server, begun, "refund.failed", failed, created=2000)
    _notice(server, begun, "refund.updated", made, created=1000)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (RefundState.FAILED, "lost_or_stolen_card")
    assert not Payment.objects.filter(direction=Direction.OUT, state="confirmed").exists()


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ({"status": "pending"}, "bank"), ({"status": "requires_action"}, "customer"),
        ({"status": "pending", "pending_reason": "insufficient_funds"}, "takings"), ({"status": "succeeded"}, ""),
    ],
)  # fmt: skip
def test_a_refund_that_is_not_made_yet_says_what_it_waits_for(
    server: StripeServer, more: dict[str, str], waits: str
) -> None:
    ours = {"attempt": KEY, "account": "t0_account-token-22-ch"}
    refund = {"id": "re_1", "amount": 500, "currency": "jpy", "payment_intent": "pi_1", "metadata": ours}
    told = _told(server, "refund.updated", refund | more)
    assert told is not None
    assert told.waits == waits


@pytest.mark.django_db
def test_a_refund_that_the_balance_is_too_small_for_waits_and_is_sent_again(
    server: StripeServer, begun: Attempt
) -> None:
    server.short = True
    asked = _refund(begun, "500.00")
    refunds.send(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.waits, asked.sent_at) == (RefundState.WAITING, "takings", None)
    server.short = False
    server.once.clear()
    assert asked.ask_at is not None
    refunds.ask_again(asked.pk, now=asked.ask_at)
    asked.refresh_from_db()
    assert (asked.state, len(server.refunds)) == (RefundState.CONFIRMED, 1)
