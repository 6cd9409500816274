"""What holds for every gateway with a provider: over real HTTP, through the notice address and the worker's questions.

Money counts once and as what it really is; what is forged counts for nothing; what is not known is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client

from tartib.cases.models import Case
from tartib.payments import attempts, reconciling, refunds
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import Refused, Unsupported
from tartib.payments.models import (
    Account,
    Attempt,
    AttemptState,
    Difference,
    Direction,
    Flag,
    Lack,
    Notice,
    NoticeState,
    Payment,
    Refund,
    RefundState,
    State,
)
from tests.factories import NOW, actor, make_order, make_product, make_shop
from tests.payments.gateways.providers import PROVIDERS, WITH_NOTICES, Provider, account_at, served
from tests.payments.gateways.providers import Notice as Telling

pytestmark = pytest.mark.django_db

every = pytest.mark.parametrize("provider", sorted(PROVIDERS), indirect=True)
with_notices = pytest.mark.parametrize("provider", WITH_NOTICES, indirect=True)
with_keys = pytest.mark.parametrize("provider", sorted({*PROVIDERS} - {"ecpay"}), indirect=True)
with_sums = pytest.mark.parametrize("provider", ["stripe", "liqpay", "moyasar"], indirect=True)


@pytest.fixture
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider's server, which the adapter speaks to."""
    with served(PROVIDERS[request.param]()) as provider:
        provider.redirect(monkeypatch)
        yield provider


@pytest.fixture
def attempt(provider: Provider) -> Attempt:
    """A payment of 1,200 that was begun at the provider."""
    shop = make_shop(currency=provider.currency)
    case = make_order(shop, make_product(shop, price="1200"))
    attempt = attempts.start(shop, case.pk, account_at(provider, shop), now=NOW)
    assert attempt.amount == 1200
    return attempt


def tell(attempt: Attempt, notice: Telling) -> HttpResponse:
    """Send a notice to the account's address."""
    headers, body = notice
    return Client().post(  # type: ignore[return-value]
        f"/notices/{attempt.account.token}/", body, content_type="application/octet-stream", headers=headers
    )


def ask(attempt: Attempt, after: timedelta = timedelta(minutes=2)) -> Attempt:
    """Have the worker ask about an attempt."""
    attempts.ask_again(attempt.pk, now=NOW + after)
    attempt.refresh_from_db()
    return attempt


def money(attempt: Attempt) -> list[tuple[str, str, Decimal, str]]:
    """What is in the books of the shop, in the order in which it came."""
    return list(
        Payment.objects.filter(shop=attempt.shop, state__in=(State.CONFIRMED, State.ASIDE))
        .order_by("pk")
        .values_list("direction", "state", "amount", "flag")
    )


IN = (Direction.IN, State.CONFIRMED, Decimal(1200), "")


def case_of(attempt: Attempt) -> Case:
    case = attempt.case
    assert case is not None
    case.refresh_from_db()
    return case


# Notices


@with_notices
def test_a_notice_pays_the_order_once_however_often_it_comes(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt)
    for _time in range(3):
        response = tell(attempt, provider.paid(attempt))
        assert (response.status_code, response.content.decode()) == (200, provider.answer)
    assert money(attempt) == [IN]
    assert (case_of(attempt).status, case_of(attempt).payment) == ("processing", "paid")


@with_notices
def test_a_forged_notice_is_not_believed(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt)
    forged = provider.forge(provider.paid(attempt))
    for notice in forged:
        assert tell(attempt, notice).status_code == 403
    attempt.refresh_from_db()
    assert (money(attempt), attempt.state) == ([], AttemptState.STARTED)
    assert Notice.objects.filter(state=NoticeState.FORGED).count() == len(forged)


@with_notices
def test_another_amount_counts_as_what_it_is(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt, Decimal(900))
    tell(attempt, provider.paid(attempt))
    assert money(attempt) == [(Direction.IN, State.CONFIRMED, Decimal(900), Flag.AMOUNT)]
    assert case_of(attempt).payment == "partial"


@with_sums
def test_another_currency_does_not_count(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt, currency=provider.other_currency)
    tell(attempt, provider.paid(attempt))
    assert money(attempt) == [(Direction.IN, State.ASIDE, Decimal(1200), Flag.CURRENCY)]
    assert case_of(attempt).status != "processing"


@with_notices
def test_a_late_notice_still_counts(provider: Provider, attempt: Attempt) -> None:
    attempts.expire(case_of(attempt).pk, now=NOW)
    provider.pay(attempt)
    tell(attempt, provider.paid(attempt))
    assert money(attempt) == [IN]


@with_notices
def test_a_declined_payment_fails_and_can_still_be_paid(provider: Provider, attempt: Attempt) -> None:
    assert tell(attempt, provider.declined(attempt)).status_code == 200
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.FAILED
    assert attempt.reason
    provider.pay(attempt)
    tell(attempt, provider.paid(attempt))
    assert money(attempt) == [IN]


@with_notices
def test_a_decline_that_is_told_after_the_payment_takes_nothing_away(provider: Provider, attempt: Attempt) -> None:
    declined = provider.declined(attempt)
    provider.pay(attempt)
    tell(attempt, provider.paid(attempt))
    tell(attempt, declined)
    attempt.refresh_from_db()
    assert (money(attempt), attempt.state) == ([IN], AttemptState.PAID)


@with_notices
def test_a_notice_to_another_account_pays_nothing_there(provider: Provider, attempt: Attempt) -> None:
    shop = make_shop(currency=provider.currency)
    other = account_at(provider, shop)
    provider.pay(attempt)
    headers, body = provider.paid(attempt)
    Client().post(f"/notices/{other.token}/", body, content_type="application/octet-stream", headers=headers)
    assert not Payment.objects.exists()


@with_sums
def test_money_sent_back_in_the_providers_own_pages_is_heard_of_once(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt)
    tell(attempt, provider.paid(attempt))
    for amount in (200, 300):
        provider.send_back(attempt, Decimal(amount))
        for _time in range(2):
            notice = provider.sent_back(attempt)
            assert notice is not None
            assert tell(attempt, notice).status_code == 200
    assert [(row[0], row[2]) for row in money(attempt)[1:]] == [("out", Decimal(200)), ("out", Decimal(300))]


@with_sums
def test_a_refund_told_before_its_payment_comes_to_the_same(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt)
    paid = provider.paid(attempt)
    provider.send_back(attempt, Decimal(1200))
    back = provider.sent_back(attempt)
    assert back is not None
    tell(attempt, back)
    tell(attempt, paid)
    assert sorted((row[0], row[2]) for row in money(attempt)) == [("in", Decimal(1200)), ("out", Decimal(1200))]


# Questions


@every
def test_what_is_asked_and_what_is_told_is_the_same_money(provider: Provider, attempt: Attempt) -> None:
    assert ask(attempt).state in (AttemptState.STARTED, AttemptState.PENDING)
    provider.pay(attempt)
    assert ask(attempt).state == AttemptState.PAID
    if provider.code in WITH_NOTICES:
        tell(attempt, provider.paid(attempt))
    ask(attempt)
    assert money(attempt) == [IN]


@every
def test_an_answer_that_never_comes_leaves_it_open_until_one_does(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt)
    provider.down = True
    assert ask(attempt).state == AttemptState.UNKNOWN
    assert attempt.ask_at is not None
    assert money(attempt) == []
    provider.down, provider.loses = False, lambda _asked: True
    assert ask(attempt).state == AttemptState.UNKNOWN
    provider.loses = lambda _asked: False
    assert ask(attempt, timedelta(minutes=5)).state == AttemptState.PAID
    assert money(attempt) == [IN]


@pytest.mark.parametrize("provider", ["liqpay", "ecpay", "zarinpal"], indirect=True)
def test_a_payment_that_failed_is_found_out_by_asking(provider: Provider, attempt: Attempt) -> None:
    provider.fail(attempt)
    assert ask(attempt).state == AttemptState.FAILED


@every
def test_keys_that_do_not_fit_are_said_to_be_wrong(provider: Provider, attempt: Attempt) -> None:
    account = Account.objects.select_related("shop").get(pk=attempt.account_id)
    gateway(provider.code).check(account)
    account.settings = dict(provider.wrong)
    with pytest.raises(Refused) as problem:
        gateway(provider.code).check(account)
    assert not any(value and value in problem.value.reason for value in provider.wrong.values() if len(value) > 1)


@pytest.mark.parametrize("provider", ["stripe", "moyasar", "zarinpal"], indirect=True)
def test_a_provider_that_does_not_answer_opens_no_payment(provider: Provider) -> None:
    shop = make_shop(currency=provider.currency)
    case = make_order(shop, make_product(shop, price="1200"))
    provider.down = True
    with pytest.raises(attempts.NotStarted):
        attempts.start(shop, case.pk, account_at(provider, shop), now=NOW)
    assert Attempt.objects.get().state == AttemptState.FAILED


# Refunds


def paid(provider: Provider, attempt: Attempt) -> Case:
    provider.pay(attempt)
    ask(attempt)
    return case_of(attempt)


def send_back(case: Case, amount: str) -> Refund:
    (asked,) = refunds.refund(case.shop, case.pk, Decimal(amount), actor(case.shop), now=NOW)
    refunds.send(asked.pk, now=NOW)
    asked.refresh_from_db()
    return asked


@pytest.mark.parametrize("provider", ["stripe", "liqpay", "moyasar", "ecpay"], indirect=True)
def test_money_goes_back_in_parts(provider: Provider, attempt: Attempt) -> None:
    case = paid(provider, attempt)
    for amount in ("500", "700"):
        assert send_back(case, amount).state == RefundState.CONFIRMED
    assert [row[2] for row in money(attempt)[1:]] == [500, 700]
    assert case_of(attempt).payment == "refunded"
    assert len(provider.refunds) == 2


@with_sums
def test_a_refund_of_ours_that_is_told_of_as_well_counts_once(provider: Provider, attempt: Attempt) -> None:
    case = paid(provider, attempt)
    send_back(case, "500")
    notice = provider.sent_back(attempt)
    assert notice is not None
    assert tell(attempt, notice).status_code == 200
    assert [row[2] for row in money(attempt)] == [1200, 500]


@with_keys
def test_a_refund_whose_answer_is_lost_is_asked_about_and_not_sent_again(provider: Provider, attempt: Attempt) -> None:
    case = paid(provider, attempt)
    (asked,) = refunds.refund(case.shop, case.pk, Decimal(500), actor(case.shop), now=NOW)
    provider.loses = provider.sends_back
    refunds.send(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert asked.state == RefundState.UNKNOWN
    assert len(provider.refunds) == 1
    if provider.code == "zarinpal":
        for payment in provider.books.values():
            payment["refund"]["refund_status"] = "DONE"
    refunds.ask_again(asked.pk, now=NOW + timedelta(minutes=5))
    asked.refresh_from_db()
    assert asked.state == RefundState.CONFIRMED
    assert [row[2] for row in money(attempt)] == [1200, 500]
    assert len(provider.refunds) == 1


@with_keys
def test_a_refund_that_never_arrived_is_found_to_have_failed(provider: Provider, attempt: Attempt) -> None:
    case = paid(provider, attempt)
    (asked,) = refunds.refund(case.shop, case.pk, Decimal(500), actor(case.shop), now=NOW)
    provider.down = True
    refunds.send(asked.pk, now=NOW)
    provider.down = False
    refunds.ask_again(asked.pk, now=NOW + timedelta(minutes=5))
    asked.refresh_from_db()
    assert asked.state == RefundState.FAILED
    assert [row[2] for row in money(attempt)] == [1200]


@pytest.mark.parametrize("provider", ["stripe", "liqpay", "moyasar", "ecpay"], indirect=True)
def test_what_the_provider_refuses_to_send_back_has_failed_with_its_reason(
    provider: Provider, attempt: Attempt
) -> None:
    case = paid(provider, attempt)
    if provider.code == "stripe":
        provider.books[attempt.key]["amount_total"] = 100
    else:
        provider.books.clear() if provider.code == "ecpay" else provider.send_back(attempt, Decimal(1000))
    asked = send_back(case, "500")
    assert asked.state == RefundState.FAILED
    assert asked.reason
    assert [row[2] for row in money(attempt)] == [1200]


# Books


def compare(attempt: Attempt) -> list[tuple[str, str, Decimal]]:
    account = Account.objects.select_related("shop").get(pk=attempt.account_id)
    reconciling.compare(account, NOW - timedelta(days=3), NOW + timedelta(hours=1), now=NOW + timedelta(hours=2))
    return sorted(Difference.objects.filter(settled_at=None).values_list("lack", "direction", "amount"))


@with_sums
def test_the_books_of_both_sides_agree(provider: Provider, attempt: Attempt) -> None:
    Payment.objects.update(at=NOW)
    case = paid(provider, attempt)
    send_back(case, "500")
    send_back(case, "100")
    assert compare(attempt) == []


@pytest.mark.parametrize("provider", ["stripe", "liqpay", "moyasar", "zarinpal"], indirect=True)
def test_money_of_which_nothing_was_heard_is_found_in_the_providers_books(provider: Provider, attempt: Attempt) -> None:
    provider.pay(attempt)
    assert compare(attempt) == [(Lack.HERE, Direction.IN, Decimal(1200))]
    difference = Difference.objects.get()
    assert difference.attempt == attempt
    reconciling.take_over(attempt.shop, difference.pk, actor(attempt.shop), now=NOW + timedelta(hours=3))
    tell(attempt, provider.paid(attempt)) if provider.code in WITH_NOTICES else ask(attempt)
    assert money(attempt) == [IN]


@pytest.mark.parametrize("provider", ["ecpay"], indirect=True)
def test_where_a_provider_has_no_such_service_it_is_said_so(provider: Provider, attempt: Attempt) -> None:
    account = Account.objects.select_related("shop").get(pk=attempt.account_id)
    assert not gateway("ecpay").reports
    with pytest.raises(Unsupported):
        list(gateway("ecpay").movements(account, NOW, NOW))
    case = paid(provider, attempt)
    (asked,) = refunds.refund(case.shop, case.pk, Decimal(500), actor(case.shop), now=NOW)
    provider.loses = provider.sends_back
    refunds.send(asked.pk, now=NOW)
    refunds.ask_again(asked.pk, now=NOW + timedelta(minutes=5))
    asked.refresh_from_db()
    assert asked.state == RefundState.UNKNOWN, "somebody has to look at ECPay's pages"
