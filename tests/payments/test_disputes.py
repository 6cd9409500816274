"""Disputes: money that a bank takes from the shop counts as gone, and is work; the customer is not written to."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tartib.billing.models import Paper
from tartib.cases.engine import undo
from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.cases.queries import moves
from tartib.desk.cases.offers import Offers
from tartib.desk.orders.offers import of_order
from tartib.dispatch.models import Outcome, WorkRecord
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.notify.models import Message
from tartib.orders.changing import change
from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs, LineEdit
from tartib.orders.queries import lines, order
from tartib.payments import reconciling
from tartib.payments.attempts import apply_notice, start
from tartib.payments.balance import balance, refundable
from tartib.payments.gateways.protocol import About, Claim, Contest, Fate, GatewayNotice, Movement
from tartib.payments.models import Attempt, Difference, Direction, Dispute, DisputeState, Payment, State
from tartib.payments.operations import record_payment
from tartib.payments.timeline import PAYMENT
from tartib.shops.models import Role
from tests.factories import NOW, actor, make_order, make_product, make_shop, move
from tests.payments.scripted import Scripted, make_account, paid
from tests.payments.troubles import Told as Heard

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(days=7)


@pytest.fixture
def attempt(scripted: Scripted) -> Attempt:
    """A try to pay an order of 50.00."""
    shop = make_shop()
    case = make_order(shop, make_product(shop, price="50.00"))
    return start(shop, case.pk, make_account(shop), now=NOW)


def contested(
    attempt: Attempt, contest: Contest, taken: str = "50", returned: str = "0", **more: object
) -> GatewayNotice:
    claim = Claim("money-1", contest, DUE, Decimal(taken), Decimal(returned))
    told = GatewayNotice(
        f"{contest}:{taken}:{returned}:{more.get('at')}", Fate.DONE, About.DISPUTE, attempt.key, "dp-1", Decimal(50),
        attempt.currency, reason="fraudulent", claim=claim,
    )  # fmt: skip
    return replace(told, **more)  # type: ignore[arg-type]


def tell(attempt: Attempt, *tellings: GatewayNotice) -> Case:
    for told in tellings:
        apply_notice(attempt.account, told, now=NOW)
    case = attempt.case
    assert case is not None
    case.refresh_from_db()
    return case


def gone(case: Case) -> Decimal:
    """What counts as gone of an order's money."""
    rows = Payment.objects.filter(case=case, direction=Direction.OUT, state=State.CONFIRMED)
    return sum((row.amount for row in rows), Decimal(0))


def test_what_a_dispute_takes_is_gone_and_is_work(attempt: Attempt, troubles: Heard) -> None:
    case = tell(attempt, paid(attempt))
    papers, letters, status = Paper.objects.count(), Message.objects.count(), case.status
    case = tell(attempt, contested(attempt, Contest.OPEN))
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.due_at, dispute.payment) == (DisputeState.OPEN, DUE, Payment.objects.first())
    assert (gone(case), case.payment, refundable(case), case.status) == (Decimal(50), "refunded", Decimal(0), status)
    (trouble,) = troubles.all
    assert (trouble.kind, trouble.key, trouble.due_at) == ("dispute", f"dispute:{dispute.pk}", DUE)
    assert (trouble.facts["amount"], trouble.facts["reason"]) == ("50", "fraudulent")
    assert (Paper.objects.count(), Message.objects.count()) == (papers, letters), "no credit note and no letter"
    entry = Entry.objects.filter(case_id=case.pk, kind=PAYMENT).order_by("-seq")[0]
    assert (entry.data["contest"], entry.shown) == ("open", False)
    assert list(verify(case.shop)) == []


def test_what_is_won_comes_back_and_what_is_lost_stays_gone(attempt: Attempt, troubles: Heard) -> None:
    case = tell(attempt, paid(attempt), contested(attempt, Contest.OPEN), contested(attempt, Contest.WON, "50", "50"))
    assert (gone(case), case.payment, troubles.open) == (Decimal(0), "paid", {})
    assert refundable(case) == Decimal(50)
    assert Payment.objects.filter(direction=Direction.OUT).count() == 1, "the row stays"


def test_what_is_lost_of_an_open_order_waits_for_what_becomes_of_it(scripted: Scripted) -> None:
    """By the bank's word nothing is decided: goods that are still here do not go, and somebody says what happens."""
    shop = make_shop("delivery")
    attempt = start(shop, make_order(shop, make_product(shop, price="50.00")).pk, make_account(shop), now=NOW)
    case = tell(attempt, paid(attempt))
    assert likely(case) == "picking"
    tell(attempt, contested(attempt, Contest.OPEN, "0"))
    assert likely(case) == "", "the bank is deciding"
    case = tell(attempt, contested(attempt, Contest.LOST))
    assert [one.move.target for one in offered(case).main] == ["cancelled", "problem", "picking"]
    work = WorkRecord.objects.get(case=case)
    assert (work.kind, work.resolved_at, work.facts["amount"], likely(case)) == ("dispute-lost", None, "50.000", "")
    act = move(case, "cancelled").act_id
    work.refresh_from_db()
    assert work.outcome == Outcome.ITSELF
    undo(shop, act, actor(shop), now=NOW)
    work.refresh_from_db()
    assert work.resolved_at is None
    move(case, "cancelled")
    tell(attempt, contested(attempt, Contest.WON, "50", "50", at=NOW + timedelta(days=9)))
    assert not WorkRecord.objects.filter(kind="dispute-lost", resolved_at=None).exists()


def likely(case: Case) -> str:
    """Where the filled button of its page leads; "" where none is filled."""
    return next((one.move.target for one in offered(case).main if one.filled), "")


def offered(case: Case) -> Offers:
    case.refresh_from_db()
    return of_order(case, order(case), moves(case, Role.OWNER, now=NOW), edits=True, pays=True)


def test_an_inquiry_takes_nothing(attempt: Attempt, troubles: Heard) -> None:
    case = tell(attempt, paid(attempt), contested(attempt, Contest.OPEN, "0"))
    assert (gone(case), case.payment, troubles.kinds) == (Decimal(0), "paid", ["dispute"])
    tell(attempt, contested(attempt, Contest.WITHDRAWN, "0"))
    assert troubles.open == {}


@pytest.mark.parametrize("parts", [(50,), (20, 30)])
def test_who_pays_anew_after_a_lost_dispute_has_paid_and_not_too_much(
    attempt: Attempt, troubles: Heard, parts: tuple[int, ...]
) -> None:
    """The bank took the money back, and not the shop: nothing is asked anew, and what is paid anew pays the order."""
    case = tell(attempt, paid(attempt), contested(attempt, Contest.LOST))
    nothing = Decimal(0)
    assert (balance(case).due, balance(case).surplus, case.payment) == (nothing, nothing, "refunded")
    for part in parts:
        record_payment(case.shop, case.pk, Decimal(part), case.currency, actor(case.shop), now=NOW)
        stands = balance(case)
        assert (stands.due, stands.surplus, stands.cost) == (nothing, nothing, stands.kept)
    case.refresh_from_db()
    assert (stands.cost, stands.credited, case.payment) == (Decimal(50), Decimal(0), "paid")
    assert "money-surplus" not in troubles.kinds
    assert not Entry.objects.filter(case_id=case.pk, kind="note").exists(), "nobody is told of too much"
    record_payment(case.shop, case.pk, Decimal(5), case.currency, actor(case.shop), now=NOW)
    assert balance(case).surplus == 5
    assert list(verify(case.shop)) == []


def test_an_order_that_shrinks_to_what_was_paid_anew_is_paid_and_not_too_much(attempt: Attempt) -> None:
    case = tell(attempt, paid(attempt), contested(attempt, Contest.LOST))
    record_payment(case.shop, case.pk, Decimal(20), case.currency, actor(case.shop), now=NOW)
    (line,) = lines(case)
    edits = [LineEdit(LineDraft(line.name, 1, Decimal(20), sku=line.sku), line.pk)]
    change(case.shop, case.pk, edits, Costs(Decimal(0), Decimal(0)), actor(case.shop), now=NOW)
    case.refresh_from_db()
    stands = balance(case)
    assert (stands.cost, stands.due, stands.surplus, case.payment) == (
        Decimal(20), Decimal(0), Decimal(0), "paid",
    )  # fmt: skip
    papers = Paper.objects.filter(case=case).order_by("pk").values_list("kind", "amount")
    says = [("invoice", Decimal(50)), ("credit-note", Decimal(50)), ("invoice", Decimal(20))]
    assert list(papers) == says, "a bank rescinds no sale"
    assert list(verify(case.shop)) == []


def test_what_is_won_after_it_was_paid_anew_is_too_much(attempt: Attempt) -> None:
    case = tell(attempt, paid(attempt), contested(attempt, Contest.OPEN))
    record_payment(case.shop, case.pk, Decimal(50), case.currency, actor(case.shop), now=NOW)
    case = tell(attempt, contested(attempt, Contest.WON, "50", "50"))
    assert (balance(case).cost, balance(case).surplus, case.payment) == (Decimal(50), Decimal(50), "paid")


def test_part_of_it_may_come_back(attempt: Attempt) -> None:
    case = tell(attempt, paid(attempt), contested(attempt, Contest.OPEN), contested(attempt, Contest.LOST, "50", "20"))
    assert (gone(case), case.payment) == (Decimal(30), "partly-refunded")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_whatever_order_it_is_told_it_comes_to_the_same(attempt: Attempt, order: tuple[int, ...]) -> None:
    tellings = [
        paid(attempt, event="paid"), contested(attempt, Contest.OPEN, "0"), contested(attempt, Contest.OPEN),
        contested(attempt, Contest.WON, "50", "50"),
    ]  # fmt: skip
    for place in order:
        tell(attempt, tellings[place], tellings[place])
    case = tell(attempt)
    dispute = Dispute.objects.get()
    assert (gone(case), case.payment) == (Decimal(0), "paid")
    assert (dispute.state, dispute.taken, dispute.returned) == (DisputeState.WON, Decimal(50), Decimal(50))


def test_of_two_answers_the_later_holds(attempt: Attempt) -> None:
    later, earlier = NOW + timedelta(days=2), NOW + timedelta(days=1)
    tell(
        attempt, paid(attempt), contested(attempt, Contest.WON, at=later), contested(attempt, Contest.LOST, at=earlier)
    )
    assert Dispute.objects.get().state == DisputeState.WON


def test_a_dispute_about_a_deleted_order_is_work_too(attempt: Attempt, troubles: Heard) -> None:
    case = tell(attempt, paid(attempt))
    delete(case.shop, [case.pk], actor(case.shop), reason="double", now=NOW)
    apply_notice(attempt.account, contested(attempt, Contest.OPEN), now=NOW)
    (trouble,) = troubles.all
    assert (trouble.kind, trouble.case_id, trouble.facts["order"]) == ("dispute", None, attempt.code)


def test_books_tell_of_disputes_whose_notices_were_lost(
    attempt: Attempt, scripted: Scripted, troubles: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tell(attempt, paid(attempt))
    scripted.books = [Movement("money-1", Decimal(50), attempt.currency, NOW, attempt=attempt.key)]
    monkeypatch.setattr(scripted, "disputes", lambda *_asked: [contested(attempt, Contest.OPEN)])
    monkeypatch.setattr(scripted, "query_dispute", lambda *_asked: contested(attempt, Contest.LOST))
    reconciling.compare(attempt.account, NOW - timedelta(days=9), NOW + timedelta(hours=1), now=NOW)
    assert (gone(case), Dispute.objects.get().state) == (Decimal(50), DisputeState.LOST)
    assert troubles.kinds == ["dispute-lost"]
    assert not Difference.objects.exists(), "what a dispute took is no difference"
