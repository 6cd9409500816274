"""The practice gateway behaves like a real one, over real HTTP: its page, notices, answers, refunds and books."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tartib.cases.models import Case
from tartib.payments import accounts, attempts, reconciling, refunds
from tartib.payments.attempts import start
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import Refused
from tartib.payments.models import (
    Account,
    Attempt,
    AttemptState,
    Difference,
    Dispute,
    Lack,
    Notice,
    NoticeState,
    Payment,
)
from tartib.sandbox import jobs
from tartib.sandbox.models import Charge, SentBack
from tests.factories import actor, make_order, make_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(live_server: LiveServer, settings: Settings) -> Case:
    """An order of 50.00 in a practice shop on a running server."""
    settings.TARTIB_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    case = make_order(make_shop(practice=True, currency="UAH"))
    accounts.add(case.shop, "practice", {"secret": "a long word"}, now=timezone.now())
    return case


def account(case: Case) -> Account:
    return Account.objects.select_related("shop").get(shop=case.shop)


def begun(case: Case) -> Attempt:
    return start(case.shop, case.pk, account(case), now=timezone.now())


def choose(attempt: Attempt, act: str) -> str:
    """Choose on the gateway's page what happens, and let its worker tell the shop; where the customer is sent."""
    parts = urlsplit(attempt.leave["url"])
    answer = Client().post(f"{parts.path}?{parts.query}", {"act": act})
    if act not in ("return", "late"):
        for charge in Charge.objects.filter(order=attempt.key):
            jobs.tell(charge.shop_id, charge.pk)
    return answer.headers.get("Location", "")


def now_is(case: Case) -> tuple[str, str]:
    case.refresh_from_db()
    return case.status, case.payment


def test_paying_brings_back_and_the_notice_moves_the_order(case: Case) -> None:
    """A3: the moment the gateway confirms."""
    attempt = begun(case)
    assert choose(attempt, "pay").endswith(f"/pay/{attempt.key}/return")
    assert now_is(case) == ("processing", "paid")


def test_coming_back_decides_nothing(case: Case) -> None:
    attempt = begun(case)
    page = Client().get(f"/pay/{attempt.key}/return?status=success&paid=1")
    assert page.status_code == 200
    assert now_is(case) == ("pending", "unpaid")


def test_a_declined_card_fails_the_order_and_another_try_heals_it(case: Case) -> None:
    choose(begun(case), "fail")
    assert now_is(case) == ("failed", "failed")
    choose(begun(case), "pay")
    assert now_is(case) == ("processing", "paid")


def test_paying_twice_is_two_payments(case: Case) -> None:
    choose(begun(case), "twice")
    assert Payment.objects.filter(case=case).count() == 2
    assert now_is(case) == ("processing", "paid")


def test_a_lost_notice_is_made_up_by_asking(case: Case) -> None:
    attempt = begun(case)
    choose(attempt, "return")
    assert now_is(case) == ("pending", "unpaid")
    attempts.ask_again(attempt.pk, now=timezone.now())
    assert now_is(case) == ("processing", "paid")


def test_what_nobody_paid_stays_open_when_asked(case: Case) -> None:
    attempt = begun(case)
    attempts.ask_again(attempt.pk, now=timezone.now())
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.STARTED


def test_money_that_comes_late_counts(case: Case) -> None:
    attempt = begun(case)
    choose(attempt, "late")
    attempts.expire(case.pk, now=timezone.now())
    charge_of = Charge.objects.create(
        shop=case.shop,
        account=account(case),
        order=attempt.key,
        amount=5000,
        currency="UAH",
        paid=True,
        at=timezone.now(),
    )
    jobs.tell(charge_of.shop_id, charge_of.pk)
    assert now_is(case) == ("processing", "paid")


@pytest.mark.parametrize("signature", ["", "0" * 64, "ключ"])
def test_a_forged_notice_is_not_believed_and_is_kept(case: Case, signature: str) -> None:
    attempt = begun(case)
    body = b'{"event":"e","fate":"done","about":"payment","order":"%s"}' % attempt.key.encode()
    answer = Client().post(
        f"/notices/{account(case).token}/",
        body,
        content_type="application/json",
        headers={"Practice-Signature": signature},
    )
    assert answer.status_code == 403
    assert Notice.objects.get().state == NoticeState.FORGED
    assert now_is(case) == ("pending", "unpaid")


def test_forged_notices_do_not_fill_the_books(case: Case) -> None:
    for _number in range(70):
        Client().post(f"/notices/{account(case).token}/", b"{}", content_type="application/json")
    assert Notice.objects.count() == 60


def test_a_notice_for_no_account_and_one_too_large_are_turned_away(case: Case) -> None:
    assert Client().post("/notices/unknown/", b"{}", content_type="application/json").status_code == 404
    large = b"x" * (300 * 1024)
    answer = Client().post(f"/notices/{account(case).token}/", large, content_type="application/json")
    assert answer.status_code == 413


def test_a_page_that_was_not_asked_for_is_not_there(case: Case) -> None:
    parts = urlsplit(begun(case).leave["url"])
    tampered = re.sub(r"amount=\d+", "amount=1", parts.query)
    assert Client().get(f"{parts.path}?{tampered}").status_code == 404
    assert Client().get(f"{parts.path}?{parts.query}").status_code == 200


def test_money_goes_back_through_it_in_part_and_once(case: Case) -> None:
    choose(begun(case), "pay")
    (asked,) = refunds.refund(case.shop, case.pk, Decimal(20), actor(case.shop), now=timezone.now())
    refunds.send(asked.pk, now=timezone.now())
    assert now_is(case) == ("processing", "partly-refunded")
    told = gateway("practice").query_refund(account(case), asked)
    assert (told.amount, told.refund) == (Decimal("20.00"), asked.key)


def test_the_books_agree_and_show_what_the_shop_never_heard_of(case: Case) -> None:
    attempt = begun(case)
    choose(attempt, "return")
    later = timezone.now() + timedelta(hours=1)
    reconciling.compare_all(now=later, shop=case.shop)
    difference = Difference.objects.get()
    assert (difference.lack, difference.amount) == (Lack.HERE, Decimal("50.000"))
    reconciling.take_over(case.shop, difference.pk, actor(case.shop), now=later)
    assert now_is(case) == ("processing", "paid")
    assert reconciling.compare_all(now=later, shop=case.shop).differences == 0


def test_what_only_the_shop_has_is_shown_too(case: Case) -> None:
    choose(begun(case), "pay")
    Charge.objects.all().delete()
    reconciling.compare(
        account(case), timezone.now() - timedelta(days=9), timezone.now() + timedelta(hours=1), now=timezone.now()
    )
    assert Difference.objects.get().lack == Lack.THERE


def test_its_settings_can_be_tried(case: Case) -> None:
    gateway("practice").check(account(case))
    wrong = account(case)
    wrong.settings = {"secret": "another word"}
    with pytest.raises(Refused):
        gateway("practice").check(wrong)


def test_it_is_not_there_for_real_shops() -> None:
    with pytest.raises(accounts.NotForThisShop):
        accounts.add(make_shop(), "practice", {"secret": "x"}, now=timezone.now())


def _happen(case: Case, act: str) -> int:
    """Have something happen on the gateway's own page of a payment, and let its worker tell the shop."""
    parts = urlsplit(_page(case))
    answer = Client().post(f"{parts.path}?{parts.query}", {"act": act})
    ours = ProcrastinateJob.objects.filter(task_name="practice.tell_more", args__account_id=account(case).pk)
    jobs.tell_more(**ours.order_by("pk").last().args)  # type: ignore[union-attr]
    return answer.status_code


def _page(case: Case) -> str:
    return gateway("practice").page(account(case), Charge.objects.get().reference) or ""


def test_a_payment_can_be_disputed_and_the_dispute_be_won(case: Case) -> None:
    choose(begun(case), "pay")
    assert _happen(case, "open") == 302
    assert (now_is(case)[1], Dispute.objects.get().state) == ("refunded", "open")
    _happen(case, "won")
    assert (now_is(case)[1], Dispute.objects.get().state) == ("paid", "won")
    reconciling.compare(
        account(case), timezone.now() - timedelta(days=9), timezone.now() + timedelta(hours=1), now=timezone.now()
    )
    assert not Difference.objects.exists()


def test_a_refund_can_fail_days_after_it_was_sent(case: Case) -> None:
    choose(begun(case), "pay")
    (asked,) = refunds.refund(case.shop, case.pk, Decimal(20), actor(case.shop), now=timezone.now())
    refunds.send(asked.pk, now=timezone.now())
    assert now_is(case)[1] == "partly-refunded"
    parts = urlsplit(_page(case))
    shown = Client().get(f"{parts.path}?{parts.query}").content.decode()
    reference = SentBack.objects.get().reference
    assert f'value="{reference}"' in shown
    _happen(case, reference)
    asked.refresh_from_db()
    assert (now_is(case)[1], asked.state, asked.reason) == ("paid", "failed", "account closed")


def test_the_page_of_a_payment_opens_by_its_signed_address_alone(case: Case) -> None:
    choose(begun(case), "pay")
    parts = urlsplit(_page(case))
    assert Client().get(f"{parts.path}?{parts.query}").status_code == 200
    assert Client().get(f"{parts.path}?{parts.query}0").status_code == 404
