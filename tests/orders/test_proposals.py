"""What becomes of an order that was paid when its goods were gone: asked, answered, settled (A4, D8)."""

import pytest

from tartib.cases.engine import advance, undo
from tartib.cases.models import Case
from tartib.flow.facts import Event
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM, Actor
from tartib.notify.models import Message, MessageKind
from tartib.orders import proposals
from tartib.orders.models import Choice, Proposal
from tests.factories import NOW, actor, make_order, make_product, make_shop, move, pay

pytestmark = pytest.mark.django_db

CUSTOMER = Actor("customer", "Jo")


def stranded(workflow: str = "essential") -> Case:
    """A paid order whose goods are gone."""
    shop = make_shop(workflow, email="shop@example.com", language="fa")
    case = make_order(shop, make_product(shop, pieces=0))
    pay(case)
    case.refresh_from_db()
    if case.status == case.flow.start:
        advance(shop, [case.pk], Event("payment.stranded"), SYSTEM, now=NOW)
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("workflow", ["essential", "delivery", "checkout"])
def test_a_stranded_payment_asks_the_customer(workflow: str) -> None:
    proposal = proposals.of(stranded(workflow).pk)
    assert proposal is not None
    assert (proposal.choice, proposal.settled_at) == ("", None)


def test_the_answer_is_on_the_timeline_and_told_to_the_shop_in_its_language() -> None:
    case = stranded()
    proposals.choose(case.shop, case.pk, "wait", "Until June", CUSTOMER, now=NOW)
    proposals.choose(case.shop, case.pk, "wait", "Until June", CUSTOMER, now=NOW)
    entry = Entry.objects.get(case_id=case.pk, kind="note")
    assert (entry.actor_name, entry.shown) == ("Jo", True)
    assert entry.data == {"by": "customer", "choice": "wait", "text": "Until June"}
    told = Message.objects.get(case=case, kind=MessageKind.ANSWERED)
    assert (told.recipient, told.language) == ("shop@example.com", "fa")
    assert told.note == "منتظر ماندن تا موجود شود\nUntil June"


def test_an_answer_can_be_changed_until_it_is_settled() -> None:
    case = stranded()
    proposals.choose(case.shop, case.pk, Choice.WAIT, "", CUSTOMER, now=NOW)
    proposals.choose(case.shop, case.pk, Choice.REFUND, "", CUSTOMER, now=NOW)
    move(case, "cancelled")
    with pytest.raises(proposals.Settled):
        proposals.choose(case.shop, case.pk, Choice.WAIT, "", CUSTOMER, now=NOW)
    assert Proposal.objects.get(pk=case.pk).choice == "refund"


def test_nothing_is_asked_about_other_orders_and_other_shops() -> None:
    case = stranded()
    with pytest.raises(Proposal.DoesNotExist):
        proposals.choose(case.shop, make_order(case.shop).pk, "wait", "", CUSTOMER, now=NOW)
    with pytest.raises(Case.DoesNotExist):
        proposals.choose(make_shop(), case.pk, "wait", "", CUSTOMER, now=NOW)


def test_undoing_the_move_takes_the_question_back() -> None:
    shop = make_shop(undo_seconds=600)
    case = make_order(shop, make_product(shop, pieces=0))
    pay(case)
    if Case.objects.get(pk=case.pk).status == "pending":
        outcome = advance(shop, [case.pk], Event("payment.stranded"), SYSTEM, now=NOW)
        undo(shop, outcome.act_id, actor(shop), now=NOW)
        assert proposals.of(case.pk) is None
