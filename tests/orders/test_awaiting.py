"""What customers asked is work until it is answered: due with the answer, and over with whatever answers it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases.engine import undo
from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.customers.erasing import erase, person
from tartib.dispatch import kinds, operations, queries
from tartib.dispatch.kinds import Impossible
from tartib.dispatch.models import Outcome, WorkRecord
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.orders import requesting
from tests.factories import NOW, actor, move
from tests.orders.test_requesting import delivered, fresh, made, must_ask

pytestmark = pytest.mark.django_db
CUSTOMER = Actor(ActorKind.CUSTOMER, "Jo Reed")


def work(case: Case) -> WorkRecord:
    return WorkRecord.objects.get(shop=case.shop, kind__endswith="-unanswered")


def test_what_is_asked_is_due_when_the_customer_was_told_it_would_be_answered() -> None:
    case, shirts, _cap = made(answer_days=3)
    request = must_ask(case, "cancel", {shirts: 1}, reason="mind", words="Only one, please")
    record = work(case)
    assert (record.kind, record.due_at, record.owner) == ("cancel-unanswered", request.due_at, fresh(case).owner)
    kind = kinds.kind(record.kind)
    assert kinds.say(kind.happened, record, "en") == "The customer asks to cancel \u20681 × Shirt\u2069."
    assert kinds.evidence(record, "en") == [
        ("Pieces", "\u20681 × Shirt\u2069"),
        ("Reason", "\u2068Changed my mind\u2069"),
    ]
    assert "Only one" not in str(record.facts), "the customer's words stay with the request"
    assert [act.code for act in kinds.offered(record)] == ["order", "agree", "decline"]


def test_each_answer_ends_it() -> None:
    for answer in ("approve", "decline", "withdraw"):
        case, shirts, _cap = delivered(return_days=14)
        request = must_ask(case, "return", {shirts: 2})
        if answer == "approve":
            requesting.approve(case.shop, case.pk, request.pk, {shirts.pk: 1}, "", actor(case.shop), now=NOW)
        elif answer == "decline":
            requesting.decline(case.shop, case.pk, request.pk, "Too late", actor(case.shop), now=NOW)
        else:
            requesting.withdraw(case, request.pk, CUSTOMER, now=NOW)
        assert work(case).outcome == Outcome.ITSELF
        assert queries.of_case(case) == []


def test_an_order_that_ends_answers_it_and_taking_that_back_asks_anew() -> None:
    case, shirts, _cap = made()
    request = must_ask(case, "cancel", {shirts: 1})
    outcome = move(case, "cancelled")
    assert work(case).resolved_at == NOW
    undo(case.shop, outcome.act_id, actor(case.shop), now=NOW)
    record = work(case)
    assert (record.resolved_at, record.due_at) == (None, request.due_at)
    assert [entry.act for entry in queries.history(record)] == ["opened", "resolved", "reopened"]


def test_many_orders_that_end_take_no_more_statements_than_one() -> None:
    case, shirts, _cap = made()
    must_ask(case, "cancel", {shirts: 1})

    def statements(keys: list[str]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as run:
            operations.resolve_all(case.shop, keys, actor=CUSTOMER, now=NOW)
            operations.reopen_all(case.shop, keys, actor=CUSTOMER, now=NOW)
        return len(run)

    one = work(case)
    for number in (1, 2):
        operations.open_work(case.shop, one.kind, f"x{number}", actor=CUSTOMER, now=NOW, case_id=case.pk)
    assert statements([one.key]) == statements([one.key, "x1", "x2"])


def test_an_order_that_is_deleted_and_a_person_who_is_erased_wait_for_nothing() -> None:
    case, shirts, _cap = made()
    must_ask(case, "cancel", {shirts: 1})
    delete(case.shop, [case.pk], actor(case.shop), reason="Twice", now=NOW)
    assert WorkRecord.objects.get(shop=case.shop).outcome == Outcome.ITSELF
    case, shirts, _cap = delivered(return_days=14)
    must_ask(case, "return", {shirts: 1})
    customer = fresh(case).customer
    assert customer is not None
    erase(person(case.shop, [customer.pk]), actor(case.shop), now=NOW)
    record = work(case)
    assert (record.outcome, record.facts) == (Outcome.ITSELF, {"items": "1 × Shirt", "reason": ""})


def test_it_can_be_answered_where_it_is_listed_and_is_never_settled_without_an_answer() -> None:
    case, shirts, cap = made()
    request = must_ask(case, "cancel", {shirts: 2, cap: 1})
    record = work(case)
    with pytest.raises(Impossible, match="waits for an answer"):
        operations.settle(case.shop, record.pk, "Seen to", actor(case.shop), now=NOW)
    operations.perform(case.shop, record.pk, "agree", actor(case.shop), now=NOW)
    request.refresh_from_db()
    assert (fresh(case).status, request.state, work(case).outcome) == ("cancelled", "done", Outcome.ACT)
    case, shirts, cap = made()
    request = must_ask(case, "cancel", {cap: 1})
    operations.perform(case.shop, work(case).pk, "decline", actor(case.shop), now=NOW, words="It is packed")
    request.refresh_from_db()
    assert (request.state, request.answer, work(case).outcome) == ("declined", "It is packed", Outcome.ACT)
