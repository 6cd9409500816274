"""Zarinpal's requests: always rials, verified before they are believed."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tartib.cases.models import Case
from tartib.payments import attempts, refunds
from tartib.payments.gateways.protocol import Forged, Refused
from tartib.payments.gateways.zarinpal import GATEWAY
from tartib.payments.models import Account, Attempt, AttemptState, Payment, Refund, RefundState
from tests.factories import NOW, actor, make_order, make_product, make_shop
from tests.payments.gateways.asks import account_for, an_ask
from tests.payments.gateways.providers import CARD_HASH, ZarinpalServer, account_at, served


@pytest.fixture
def zarinpal(monkeypatch: pytest.MonkeyPatch) -> Iterator[ZarinpalServer]:
    """The provider's server."""
    server = ZarinpalServer()
    with served(server):
        server.redirect(monkeypatch)
        yield server


@pytest.fixture
def attempt(zarinpal: ZarinpalServer) -> Attempt:
    """A payment of 120,000 toman begun there."""
    shop = make_shop(currency="IRT", language="fa")
    case = make_order(shop, make_product(shop, price="120000"))
    return attempts.start(shop, case.pk, account_at(zarinpal, shop), now=NOW)


@pytest.mark.parametrize(("currency", "rials"), [("IRT", 12_400), ("IRR", 1_240)])
def test_toman_are_asked_for_in_rials(zarinpal: ZarinpalServer, currency: str, rials: int) -> None:
    ask = an_ask(currency=currency, phone="+989121234567")
    started = GATEWAY.start(account_for(ZarinpalServer), ask)
    (asked,) = zarinpal.asked
    assert (asked.fields["amount"], asked.fields["currency"]) == (rials, "IRR")
    assert asked.fields["metadata"] == {"order_id": ask.key, "email": ask.email, "mobile": "09121234567"}
    assert started.url == f"{zarinpal.url}/pg/StartPay/{started.reference}"


def test_nobody_can_tell_anything_in_its_name() -> None:
    with pytest.raises(Forged):
        GATEWAY.read_notice(account_for(ZarinpalServer), {}, {"Authority": "A1", "Status": "OK"}, b"")


@pytest.mark.django_db
def test_coming_back_with_a_good_word_pays_nothing_before_it_is_verified(
    zarinpal: ZarinpalServer, attempt: Attempt
) -> None:
    attempts.ask_again(attempt.pk, now=NOW + timedelta(minutes=2))
    attempt.refresh_from_db()
    assert attempt.state in (AttemptState.STARTED, AttemptState.PENDING)
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_a_payment_of_another_amount_is_not_verified(zarinpal: ZarinpalServer, attempt: Attempt) -> None:
    zarinpal.pay(attempt)
    zarinpal.books[attempt.reference]["amount"] = 1
    attempts.ask_again(attempt.pk, now=NOW + timedelta(minutes=2))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.UNKNOWN
    assert "(-50)" in attempt.reason
    assert zarinpal.books[attempt.reference]["status"] == "PAID", "the money returns to who paid"


@pytest.mark.django_db
def test_the_card_is_known_by_its_hash(zarinpal: ZarinpalServer, attempt: Attempt) -> None:
    """E9."""
    zarinpal.pay(attempt)
    assert GATEWAY.query(attempt.account, attempt).card == CARD_HASH


def _send_back(attempt: Attempt, amount: str) -> Refund:
    (asked,) = refunds.refund(attempt.shop, _case(attempt).pk, Decimal(amount), actor(attempt.shop), now=NOW)
    refunds.send(asked.pk, now=NOW)
    asked.refresh_from_db()
    return asked


def _case(attempt: Attempt) -> Case:
    assert attempt.case is not None
    return attempt.case


@pytest.mark.django_db
def test_a_refund_counts_when_the_bank_has_made_it(zarinpal: ZarinpalServer, attempt: Attempt) -> None:
    zarinpal.pay(attempt)
    attempts.ask_again(attempt.pk, now=NOW + timedelta(minutes=2))
    asked = _send_back(attempt, "20000")
    assert asked.state == RefundState.SENDING
    assert zarinpal.books[attempt.reference]["refund"]["refund_amount"] == 200_000
    refunds.ask_again(asked.pk, now=NOW + timedelta(minutes=5))
    asked.refresh_from_db()
    assert asked.state == RefundState.SENDING, "it is still under way"
    zarinpal.books[attempt.reference]["refund"]["refund_status"] = "DONE"
    refunds.ask_again(asked.pk, now=NOW + timedelta(hours=5))
    asked.refresh_from_db()
    assert asked.state == RefundState.CONFIRMED
    assert list(Payment.objects.order_by("pk").values_list("amount", flat=True)) == [120_000, 20_000]
    again = _send_back(attempt, "20000")
    assert again.state == RefundState.FAILED
    assert "پنل" in again.reason, "in the language of the shop"


@pytest.mark.django_db
def test_without_an_access_token_staff_read_what_is_missing(zarinpal: ZarinpalServer, attempt: Attempt) -> None:
    zarinpal.pay(attempt)
    attempts.ask_again(attempt.pk, now=NOW + timedelta(minutes=2))
    account = Account.objects.get(pk=attempt.account.pk)
    account.settings = {**account.settings, "access_token": ""}
    account.save()
    asked = _send_back(attempt, "20000")
    assert asked.state == RefundState.FAILED
    assert "توکن" in asked.reason
    with pytest.raises(Refused):
        GATEWAY.query_refund(Account.objects.select_related("shop").get(pk=account.pk), asked)
