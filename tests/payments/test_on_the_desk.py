"""What staff see of a payment on the page of its order, and what they do about a refund that failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tartib.cases.models import Case
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways.protocol import About, Claim, Contest, Fate, GatewayNotice
from tartib.payments.models import Attempt, Payment, Refund, RefundState
from tartib.payments.operations import record_payment
from tartib.payments.refunds import refund, send
from tests.factories import NOW, actor, make_order, make_product, make_shop, make_staff
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    """A paid order of 50.00 whose gateway found something out about who paid, and has a page of each payment."""
    case = make_order(make_shop())
    attempt = start(case.shop, case.pk, make_account(case.shop), now=NOW)
    risk = {"three_d_secure": "none", "cvc_check": "pass", "card_country": "CA", "a word of tomorrow": "x"}
    apply_notice(attempt.account, replace(paid(attempt), risk=risk), now=NOW)
    monkeypatch.setattr(scripted, "page", lambda _account, reference: f"https://gate.example/{reference}")
    return attempt


def _client(case: Case, role: str = "owner") -> Client:
    client, owner = Client(), case.shop.default_owner
    assert owner is not None
    client.force_login(owner.user if role == "owner" else make_staff(case.shop, role))
    return client


def _case(attempt: Attempt) -> Case:
    assert attempt.case is not None
    return attempt.case


def _page(case: Case) -> str:
    return _client(case).get(f"/desk/{case.shop.slug}/orders/{case.code}/").content.decode()


def _contested(attempt: Attempt, number: int) -> GatewayNotice:
    claim = Claim("money-1", Contest.OPEN, NOW + timedelta(days=7))
    return GatewayNotice(
        f"d{number}", Fate.DONE, About.DISPUTE, attempt.key, f"dp-{number}", Decimal(50), attempt.currency,
        reason="fraudulent", claim=claim,
    )  # fmt: skip


def _failed(attempt: Attempt) -> Refund:
    case = _case(attempt)
    (asked,) = refund(case.shop, case.pk, Decimal(20), actor(case.shop), now=NOW)
    send(asked.pk, now=NOW)
    told = GatewayNotice(
        "f", Fate.FAILED, About.REFUND, attempt.key, "", Decimal(20), attempt.currency, refund=asked.key
    )
    apply_notice(attempt.account, told, now=NOW)
    asked.refresh_from_db()
    assert asked.state == RefundState.FAILED
    return asked


def test_a_payment_shows_its_page_its_risk_and_its_disputes(attempt: Attempt) -> None:
    apply_notice(attempt.account, _contested(attempt, 1), now=NOW)
    page = _page(_case(attempt))
    for said in (
        "https://gate.example/money-1", "https://gate.example/dp-1", "Card from Canada", "Security code: right",
        "Disputed at the customer’s bank", "fraudulent", "Payment disputed at the customer’s bank",
    ):  # fmt: skip
        assert said in page
    assert page.index("not used") < page.index("Security code"), "what speaks against it comes first"


def test_the_page_asks_as_often_for_three_disputes_as_for_one(attempt: Attempt) -> None:
    def queries() -> int:
        _page(_case(attempt))
        with CaptureQueriesContext(connection) as asked:
            _page(_case(attempt))
        return len(asked)

    apply_notice(attempt.account, _contested(attempt, 1), now=NOW)
    one = queries()
    for number in (2, 3):
        apply_notice(attempt.account, _contested(attempt, number), now=NOW)
    assert queries() == one


def test_a_refund_that_failed_is_sent_again_from_the_page(attempt: Attempt) -> None:
    failed, case = _failed(attempt), _case(attempt)
    assert "Refund came back" in _page(case)
    address = f"/desk/{case.shop.slug}/payments/refunds/{failed.pk}/again/"
    assert address in _page(case)
    assert _client(case, "technician").post(address).status_code in (302, 403)
    assert failed.retries.count() == 0
    for _press in range(2):
        _client(case).post(address)
    assert [one.state for one in failed.retries.all()] == [RefundState.ASKED]


def test_or_it_is_said_how_else_it_went(attempt: Attempt) -> None:
    failed, case = _failed(attempt), _case(attempt)
    address = f"/desk/{case.shop.slug}/payments/refunds/{failed.pk}/otherwise/"
    assert "Write how" in _client(case).post(address, {"how": ""}, follow=True).content.decode()
    _client(case).post(address, {"how": "transfer 77"})
    assert Payment.objects.get(reference="transfer 77").amount == 20
    assert address not in _page(case)
    stranger = make_order(make_shop())
    assert _client(stranger).post(address.replace(case.shop.slug, stranger.shop.slug)).status_code == 404


def test_what_waits_says_for_what(attempt: Attempt, scripted: Scripted) -> None:
    scripted.refunds_as = lambda _account, tried, amount, key: GatewayNotice(
        f"r-{key}", Fate.PENDING, About.REFUND, tried.key, "re-1", amount, tried.currency, refund=key, waits="takings"
    )
    case = _case(attempt)
    (asked,) = refund(case.shop, case.pk, Decimal(20), actor(case.shop), now=NOW)
    send(asked.pk, now=NOW)
    page = _page(case)
    assert "until the account has enough money" in page
    assert "Refund waits at the gateway" in page


def test_the_version_of_an_interface_is_chosen_from_what_there_is() -> None:
    shop = make_shop(currency="UAH")
    client = _client(make_order(shop))
    here = f"/desk/{shop.slug}/settings/payments/new/liqpay/"
    assert "signed by SHA3-256" in client.get(here).content.decode()
    given = {"key_public_key": "i1", "key_private_key": "x", "name": "", "live": "on"}
    assert client.post(here, given | {"key_version": "6"}).status_code == 422
    assert client.post(here, given | {"key_version": "7"}).status_code == 302


@pytest.mark.parametrize(
    ("contest", "said"), [(Contest.OPEN, "Your bank is deciding about"), (Contest.LOST, "Your bank has given")]
)
def test_the_customer_reads_that_their_bank_has_the_money_and_not_that_the_shop_returned_it(
    attempt: Attempt, contest: Contest, said: str
) -> None:
    claim = Claim("money-1", contest, NOW + timedelta(days=7), taken=Decimal(50))
    apply_notice(attempt.account, replace(_contested(attempt, 1), claim=claim), now=NOW)
    page = Client().get(f"/t/{_case(attempt).token}/").content.decode()
    assert said in page
    assert "Returned to you" not in page
    assert "has been returned" not in page


def test_no_status_says_beside_a_dispute_that_all_is_paid(scripted: Scripted) -> None:
    shop = make_shop("delivery")
    attempt = start(shop, make_order(shop, make_product(shop, price="50.00")).pk, make_account(shop), now=NOW)
    apply_notice(attempt.account, paid(attempt), now=NOW)
    address = f"/t/{_case(attempt).token}/"
    desk, theirs = _page(_case(attempt)), Client().get(address).content.decode()
    assert "The whole amount is confirmed" in desk
    assert "your payment has arrived" in theirs
    claim = Claim("money-1", Contest.LOST, taken=Decimal(30))
    apply_notice(attempt.account, replace(_contested(attempt, 1), claim=claim), now=NOW)
    desk, theirs = _page(_case(attempt)), Client().get(address).content.decode()
    assert "The whole amount is confirmed" not in desk
    assert "The money of this order has gone back" in desk
    assert "your payment has arrived" not in theirs
    assert '<h1 id="where">Your bank has given' in theirs
    record_payment(shop, _case(attempt).pk, Decimal(30), "USD", actor(shop), now=NOW)
    refund(shop, _case(attempt).pk, Decimal(5), actor(shop), now=NOW)
    desk, theirs = _page(_case(attempt)), Client().get(address).content.decode()
    assert "The whole amount is confirmed" in desk
    assert "your payment has arrived" in theirs
