"""Trying to pay by a gateway: money counts once, as what it really is, however it is told of."""

import itertools
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.cases.timeline import MOVED
from tartib.journal.models import Entry
from tartib.payments import attempts
from tartib.payments.attempts import NotOffered, NotStarted, apply_notice, ask_again, start
from tartib.payments.gateways.protocol import Fate, Refused
from tartib.payments.models import Account, Attempt, AttemptState, Flag, Notice, NoticeState, Payment, State
from tartib.payments.operations import NothingDue
from tartib.shops.providers import Unreachable
from tests.factories import NOW, actor, make_order, make_product, make_shop, move, pay
from tests.payments.scripted import Scripted, make_account, paid, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(scripted: Scripted) -> Case:
    """An order of 50.00 whose shop has an account at the gateway."""
    case = make_order(make_shop())
    make_account(case.shop)
    return case


def _account(case: Case) -> Account:
    return Account.objects.select_related("shop").get(shop=case.shop)


def _begun(case: Case) -> Attempt:
    return start(case.shop, case.pk, _account(case), now=NOW)


def test_starting_asks_for_what_is_due_and_says_where_to_go(case: Case, scripted: Scripted) -> None:
    attempt = _begun(case)
    (ask,) = scripted.asked
    assert (ask.amount, ask.currency, ask.key) == (Decimal("50.00"), case.currency, attempt.key)
    assert ask.return_url.endswith(f"/pay/{attempt.key}/return")
    assert ask.notice_url.endswith(f"/notices/{_account(case).token}/")
    assert attempt.leave["url"] == f"https://pay.example/{attempt.key}"


def test_starting_again_soon_leads_to_the_same_page(case: Case, scripted: Scripted) -> None:
    first = _begun(case)
    assert _begun(case).pk == first.pk
    later = start(case.shop, case.pk, _account(case), now=NOW + timedelta(minutes=11))
    assert later.pk != first.pk
    assert len(scripted.asked) == 2


def test_nothing_is_started_where_nothing_is_due_or_the_account_is_off(case: Case) -> None:
    account = _account(case)
    Account.objects.update(active=False)
    with pytest.raises(NotOffered):
        _begun(case)
    Account.objects.update(active=True)
    pay(case)
    with pytest.raises(NothingDue):
        start(case.shop, case.pk, account, now=NOW)


@pytest.mark.parametrize("problem", [Refused("no such merchant"), Unreachable()])
def test_a_gateway_that_does_not_open_a_payment_leaves_the_order_as_it_is(
    case: Case, scripted: Scripted, problem: Exception
) -> None:
    def fail(*_asked: object) -> None:
        raise problem

    scripted.starts = fail  # type: ignore[assignment]
    with pytest.raises(NotStarted):
        _begun(case)
    case.refresh_from_db()
    assert (case.status, case.payment) == ("pending", "unpaid")


def test_a_payment_told_of_moves_the_order_once(case: Case) -> None:
    """A3: pending becomes processing the moment the gateway confirms, and not twice."""
    attempt = _begun(case)
    first = apply_notice(_account(case), paid(attempt, event="evt-1"), now=NOW)
    again = apply_notice(_account(case), paid(attempt, event="evt-1"), now=NOW)
    other = apply_notice(_account(case), paid(attempt, event="evt-2"), now=NOW)
    assert (first.state, again.repeated, other.state) == (NoticeState.APPLIED, True, NoticeState.IGNORED)
    case.refresh_from_db()
    assert (case.status, case.payment) == ("processing", "paid")
    assert Payment.objects.get(case=case).attempt == attempt
    assert Entry.objects.filter(case_id=case.pk, kind=MOVED).count() == 1


def test_who_pays_twice_has_paid_twice_and_staff_see_it(case: Case) -> None:
    attempt = _begun(case)
    apply_notice(_account(case), paid(attempt, "money-1"), now=NOW)
    apply_notice(_account(case), paid(attempt, "money-2"), now=NOW)
    flags = list(Payment.objects.filter(case=case).order_by("pk").values_list("amount", "flag"))
    assert flags == [(Decimal("50.000"), ""), (Decimal("50.000"), Flag.EXCESS)]


def test_less_than_was_asked_counts_as_what_it_is(case: Case) -> None:
    attempt = _begun(case)
    apply_notice(_account(case), paid(attempt, amount=Decimal("20.00")), now=NOW)
    case.refresh_from_db()
    assert (case.status, case.payment) == ("pending", "partial")
    assert Payment.objects.get(case=case).flag == Flag.AMOUNT


def test_money_in_another_currency_is_set_aside_and_does_not_count(case: Case) -> None:
    attempt = _begun(case)
    apply_notice(_account(case), replace(paid(attempt), currency="XAF"), now=NOW)
    case.refresh_from_db()
    payment = Payment.objects.get(case=case)
    assert (case.status, case.payment) == ("pending", "unverified")
    assert (payment.state, payment.currency, payment.flag) == (State.ASIDE, "XAF", Flag.CURRENCY)


def test_a_failure_fails_the_order_and_a_later_payment_heals_it(case: Case) -> None:
    attempt = _begun(case)
    apply_notice(_account(case), told(attempt, Fate.FAILED, reason="card declined"), now=NOW)
    case.refresh_from_db()
    assert (case.status, case.payment) == ("failed", "failed")
    apply_notice(_account(case), paid(attempt), now=NOW)
    case.refresh_from_db()
    assert (case.status, case.payment) == ("processing", "paid")


@pytest.mark.parametrize("fate", [Fate.FAILED, Fate.EXPIRED, Fate.PENDING])
def test_what_contradicts_a_payment_that_is_there_changes_nothing(case: Case, fate: Fate) -> None:
    attempt = _begun(case)
    apply_notice(_account(case), paid(attempt), now=NOW)
    assert apply_notice(_account(case), told(attempt, fate), now=NOW).state == NoticeState.IGNORED
    attempt.refresh_from_db()
    case.refresh_from_db()
    assert (attempt.state, case.status, case.payment) == (AttemptState.PAID, "processing", "paid")


def test_a_payment_after_its_time_still_counts(case: Case) -> None:
    attempt = _begun(case)
    attempts.expire(case.pk, now=NOW)
    apply_notice(_account(case), paid(attempt), now=NOW + timedelta(hours=3))
    case.refresh_from_db()
    assert (case.status, case.payment) == ("processing", "paid")


def test_money_for_the_last_piece_that_is_gone_waits_for_somebody_to_decide(scripted: Scripted) -> None:
    shop = make_shop()
    product = make_product(shop, pieces=1, price="50.00")
    case, other = make_order(shop, product), make_order(shop, product)
    account = make_account(shop)
    attempt = start(shop, case.pk, account, now=NOW)
    pay(other)
    apply_notice(account, paid(attempt), now=NOW)
    case.refresh_from_db()
    assert (case.status, case.payment) == ("on-hold", "paid")
    assert Payment.objects.get(case=case).flag == Flag.STRANDED


@pytest.mark.parametrize(
    ("workflow", "lands"), [("essential", "on-hold"), ("delivery", "problem"), ("checkout", "under-review")]
)
def test_money_for_a_cancelled_order_does_not_lie_unseen(scripted: Scripted, workflow: str, lands: str) -> None:
    case = make_order(make_shop(workflow))
    account = make_account(case.shop)
    attempt = start(case.shop, case.pk, account, now=NOW)
    move(case, "cancelled")
    apply_notice(account, paid(attempt), now=NOW)
    case.refresh_from_db()
    assert case.status == lands
    assert Payment.objects.get(case=case).flag == Flag.STRANDED


def test_money_for_a_deleted_order_is_kept_as_belonging_to_none(case: Case) -> None:
    attempt, account = _begun(case), _account(case)
    delete(case.shop, [case.pk], actor(case.shop), reason="double", now=NOW)
    assert apply_notice(account, paid(attempt), now=NOW).state == NoticeState.UNMATCHED
    attempt.refresh_from_db()
    assert (attempt.state, attempt.case) == (AttemptState.PAID, None)


def test_a_payment_of_another_shops_attempt_is_not_believed(case: Case, scripted: Scripted) -> None:
    attempt = _begun(case)
    stranger = make_account(make_shop())
    assert apply_notice(stranger, paid(attempt), now=NOW).state == NoticeState.UNMATCHED
    case.refresh_from_db()
    assert case.payment == "unpaid"


def test_what_is_not_known_is_asked_until_it_is(case: Case, scripted: Scripted) -> None:
    attempt = _begun(case)
    assert attempt.ask_at == NOW + timedelta(minutes=2)

    def away(*_asked: object) -> None:
        raise Unreachable

    scripted.answers = away  # type: ignore[assignment]
    moments = []
    for _time in range(4):
        attempt.refresh_from_db()
        assert attempt.ask_at is not None
        moments.append(attempt.ask_at)
        ask_again(attempt.pk, now=attempt.ask_at)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.UNKNOWN
    waits = [after - before for before, after in itertools.pairwise(moments)]
    assert waits == sorted(waits)
    scripted.answers = lambda _account, asked: paid(asked)
    ask_again(attempt.pk, now=NOW + timedelta(hours=1))
    attempt.refresh_from_db()
    case.refresh_from_db()
    assert attempt.ask_at is None
    assert (attempt.state, case.status) == (AttemptState.PAID, "processing")


def test_what_stays_open_expires_when_its_time_is_over_and_is_asked_a_while_longer(case: Case) -> None:
    until = NOW + timedelta(minutes=30)
    attempt = start(case.shop, case.pk, _account(case), now=NOW, until=until)
    ask_again(attempt.pk, now=until + timedelta(minutes=1))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.EXPIRED
    assert attempt.ask_at is not None
    ask_again(attempt.pk, now=NOW + timedelta(days=5))
    attempt.refresh_from_db()
    assert attempt.ask_at is None


def test_hearing_takes_the_same_number_of_statements_whatever_went_before(case: Case) -> None:
    account = _account(case)

    def statements(reference: str) -> int:
        attempt = Attempt.objects.filter(case=case).first() or _begun(case)
        with CaptureQueriesContext(connection) as queries:
            apply_notice(account, paid(attempt, reference), now=NOW)
        return len(queries)

    statements("first")
    assert statements("second") == statements("third")


def test_keys_are_not_kept_readable(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT keys FROM payments_account")
        assert "a long word" not in cursor.fetchone()[0]
    assert Notice.objects.count() == 0
