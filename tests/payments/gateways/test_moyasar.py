"""Moyasar's words and units."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tartib.payments import attempts, reconciling
from tartib.payments.gateways.moyasar import GATEWAY
from tartib.payments.gateways.protocol import About, Fate, Forged, GatewayNotice
from tartib.payments.models import Attempt, AttemptState, Difference, Payment, State
from tests.factories import NOW, make_order, make_product, make_shop
from tests.payments.gateways.asks import KEY, account_for
from tests.payments.gateways.providers import MoyasarServer, account_at, served

OURS = {"attempt": KEY, "account": "t0_account-token-22-ch"}


def _said(*, live: bool = False, kind: str = "payment_paid", token: str = "", **changes: Any) -> GatewayNotice | None:
    payment = {
        "id": "pay-1", "status": "paid", "amount": 20_000, "currency": "SAR", "refunded": 0, "metadata": OURS,
        "source": {"message": "Insufficient Funds"},
    }  # fmt: skip
    _headers, body = MoyasarServer().told(kind, payment | changes, token=token, live=live)
    return GATEWAY.read_notice(account_for(MoyasarServer), {}, {}, body.encode())


@pytest.mark.parametrize(
    ("currency", "number", "amount"), [("SAR", 20_000, "200"), ("KWD", 12_345, "12.345"), ("BHD", 1, "0.001")]
)
def test_amounts_are_counted_in_the_smallest_coin(currency: str, number: int, amount: str) -> None:
    told = _said(currency=currency, amount=number)
    assert told is not None
    assert (told.amount, told.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("paid", Fate.DONE), ("captured", Fate.DONE), ("failed", Fate.FAILED), ("initiated", Fate.PENDING),
        ("authorized", Fate.PENDING), ("a word of tomorrow", Fate.PENDING),
    ],
)  # fmt: skip
def test_each_status_is_understood(status: str, fate: Fate) -> None:
    told = _said(status=status)
    assert told is not None
    assert (told.fate, told.attempt) == (fate, KEY)


def test_what_went_back_is_told_as_a_sum() -> None:
    part, whole = _said(refunded=5_000), _said(status="voided")
    assert part is not None
    assert whole is not None
    assert (part.about, part.amount, part.total) == (About.REFUND, Decimal(50), True)
    assert (whole.about, whole.amount) == (About.REFUND, Decimal(200))


@pytest.mark.parametrize("order", [("payment_voided",), ("payment_voided", "payment_paid")])
@pytest.mark.django_db
def test_what_was_authorised_and_given_up_never_counts(order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when an older notice comes late."""
    server = MoyasarServer()
    with served(server):
        server.redirect(monkeypatch)
        attempt = _begun(server)
        server.pay(attempt)
        paid = server.books[attempt.key]["payments"][-1] | {"metadata": server.books[attempt.key]["metadata"]}
        for kind in order:
            status = kind.removeprefix("payment_")
            _headers, body = server.told(kind, paid | {"status": status})
            told = GATEWAY.read_notice(attempt.account, {}, {}, body.encode())
            assert told is not None
            attempts.apply_notice(attempt.account, told, now=NOW)
    assert not Payment.objects.filter(state=State.CONFIRMED).exists()
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.FAILED


@pytest.mark.django_db
def test_what_was_paid_and_given_up_came_and_went_back(monkeypatch: pytest.MonkeyPatch) -> None:
    server = MoyasarServer()
    with served(server):
        server.redirect(monkeypatch)
        attempt = _begun(server)
        server.pay(attempt)
        attempts.ask_again(attempt.pk, now=NOW)
        payment = server.books[attempt.key]["payments"][-1]
        payment |= {"status": "voided", "metadata": server.books[attempt.key]["metadata"]}
        _headers, body = server.told("payment_voided", payment)
        told = GATEWAY.read_notice(attempt.account, {}, {}, body.encode())
        assert told is not None
        attempts.apply_notice(attempt.account, told, now=NOW)
        hour = timedelta(hours=1)
        reconciling.compare(attempt.account, NOW - 72 * hour, NOW + hour, now=NOW + 2 * hour)
    counted = Payment.objects.filter(state=State.CONFIRMED).order_by("pk").values_list("direction", "amount")
    assert list(counted) == [("in", Decimal(1200)), ("out", Decimal(1200))]
    assert not Difference.objects.exists()


def _begun(server: MoyasarServer) -> Attempt:
    shop = make_shop(currency="KWD")
    case = make_order(shop, make_product(shop, price="1200"))
    return attempts.start(shop, case.pk, account_at(server, shop), now=NOW)


def test_what_is_not_ours_changes_nothing() -> None:
    assert _said(live=True) is None, "a live payment, and the account is for tests"
    assert _said(kind="payout_paid") is None
    assert _said(metadata={"attempt": KEY, "account": "another"}) is None
    assert _said(metadata=None) is None


def test_without_its_word_nothing_is_believed() -> None:
    with pytest.raises(Forged):
        _said(token="guessed")
    account = account_for(MoyasarServer)
    account.settings["webhook_token"] = ""
    body = json.dumps({"secret_token": "", "data": {}, "live": False, "type": "payment_paid"})
    with pytest.raises(Forged):
        GATEWAY.read_notice(account, {}, {}, body.encode())
