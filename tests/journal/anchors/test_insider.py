"""Whoever has the password of the database's owner is found out, whatever they alter of what an anchor saw (X3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F

from tartib.cases.models import Case
from tartib.cases.operations import delete, note
from tartib.catalog.models import Movement, Stock
from tartib.customers.models import Customer
from tartib.journal.models import Chain, Entry, Register
from tartib.payments.models import Payment
from tartib.shops.models import Shop
from tests.factories import NOW, actor, move
from tests.insider import insider
from tests.journal.anchors.world import HOUR, anchored, chain_anew, codes, found


def last_case(shop: Shop) -> Case:
    return Case.objects.filter(shop=shop).latest("pk")


def paid_less(case: Case) -> None:
    Payment.objects.filter(case=case, direction="in").update(amount=F("amount") - 20)


def less_credited(case: Case) -> None:
    """What went back is said to have been paid in excess: more is due then."""
    Payment.objects.filter(case=case, direction="out").update(credit=0)


def paid_as_well(case: Case) -> None:
    """A payment that nothing on the timeline tells of, for an order without any."""
    other = Case.objects.filter(shop=case.shop).earliest("pk")
    Payment.objects.create(shop=case.shop, case=other, state="confirmed", amount=5, currency=other.currency, at=NOW)


def costs_less(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(amount=F("amount") - 20)


def stands_elsewhere(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(status="pending", phase="waiting")


def gone(case: Case) -> None:
    Case.objects.filter(pk=case.pk).delete()


def stock_grows(case: Case) -> None:
    Stock.objects.filter(shop=case.shop).update(on_hand=F("on_hand") + 1)


def sale_forgotten(case: Case) -> None:
    Movement.objects.filter(case_id=case.pk).delete()


def sale_forgotten_and_stock_grows(case: Case) -> None:
    """The sums are right again; a movement is missing all the same."""
    taken = Movement.objects.get(case_id=case.pk, kind="taken")
    Stock.objects.filter(shop=case.shop).update(on_hand=F("on_hand") - taken.on_hand)
    taken.delete()


def sale_of_another(case: Case) -> None:
    Movement.objects.filter(case_id=case.pk).update(case_id=case.pk - 1)


def arrival_between(case: Case) -> None:
    """A movement with the id of one that was rolled back, and one that undoes it."""
    stock = Stock.objects.get(shop=case.shop)
    first = Movement.objects.filter(stock=stock).earliest("pk")
    facts = {"shop": case.shop, "stock": stock, "kind": "counted", "reserved": 0, "at": NOW, "actor_name": "Nobody"}
    Movement.objects.create(pk=first.pk - 1, on_hand=7, **facts)
    Movement.objects.create(pk=first.pk - 2, on_hand=-7, **facts)


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (paid_less, "unlike"), (less_credited, "unlike"), (paid_as_well, "unlike"),
        (costs_less, "unlike"), (stands_elsewhere, "unlike"),
        (gone, "case-gone"), (stock_grows, "ledger-unlike"), (sale_forgotten, "ledger-unlike"),
        (sale_forgotten_and_stock_grows, "ledger-rewritten"), (sale_of_another, "ledger-rewritten"),
        (arrival_between, "ledger-rewritten"),
    ],
)  # fmt: skip
def test_altered_statuses_amounts_and_stock_are_found(shop: Shop, deed: Callable[[Case], None], code: str) -> None:
    anchored(shop)
    assert codes(shop) == []
    with insider():
        deed(last_case(shop))
    assert code in codes(shop)


def test_altered_entries_are_found_though_the_chain_was_made_anew(shop: Shop) -> None:
    case = last_case(shop)
    anchored(shop)
    note(case, "Later", actor(shop), shown=False, now=NOW)
    anchored(shop, NOW + HOUR)
    with insider():
        for entry in Entry.objects.filter(case_id=case.pk, kind="payment"):
            Entry.objects.filter(pk=entry.pk).update(facts=entry.facts | {"paid": "100.000"})
        Payment.objects.filter(case=case, direction="in").update(amount=100)
        chain_anew(case.pk)
    (fault,) = found(shop)
    assert (fault.code, fault.case_id) == ("rewritten", case.pk)
    assert "2026-11-22 09:30. Then: status" in str(fault)
    assert "amount paid 120.000" in str(fault)


def test_notes_written_anew_are_found_where_they_stand(shop: Shop) -> None:
    case = last_case(shop)
    anchored(shop)
    reached = Chain.objects.get(case_id=case.pk).length
    note(case, "We promise it for Friday", actor(shop), shown=False, now=NOW)
    anchored(shop, NOW + HOUR)
    with insider():
        Entry.objects.filter(case_id=case.pk, kind="note").update(words={"text": "We promise nothing"})
        chain_anew(case.pk)
    (fault,) = found(shop)
    assert (fault.code, fault.more["first"], fault.seq, fault.more["anchor"]) == (
        "rewritten",
        reached + 1,
        reached + 1,
        2,
    )


def test_a_tail_cut_back_is_found(shop: Shop) -> None:
    case = last_case(shop)
    stood, reached = case.status, Chain.objects.get(case_id=case.pk).length
    move([case], "on-hold")
    anchored(shop)
    with insider():
        Entry.objects.filter(case_id=case.pk, seq__gt=reached).delete()
        chain_anew(case.pk)
        Case.objects.filter(pk=case.pk).update(status=stood)
    (fault,) = found(shop)
    assert (fault.code, fault.more["left"]) == ("cut-back", reached)


def test_a_case_removed_with_its_register_is_found(shop: Shop) -> None:
    case = last_case(shop)
    anchored(shop)
    with insider():
        Entry.objects.filter(case_id=case.pk).delete()
        Chain.objects.filter(case_id=case.pk).delete()
        Register.objects.filter(shop=shop).update(last=F("last") - 1)
    assert codes(shop) == ["no-timeline", "timeline-gone"]
    Movement.objects.filter(case_id=case.pk).update(case_id=None)
    with insider():
        Case.objects.filter(pk=case.pk).delete()
    assert codes(shop) == ["timeline-gone", "ledger-rewritten"]


def test_what_happens_after_an_anchor_is_no_fault(shop: Shop) -> None:
    anchored(shop)
    case = last_case(shop)
    customer = case.customer
    assert isinstance(customer, Customer)
    move([case], "on-hold")
    delete(shop, [Case.objects.filter(shop=shop).earliest("pk").pk], actor(shop), reason="Double", now=NOW)
    assert codes(shop) == []
    anchored(shop, NOW + HOUR)
    assert codes(shop) == []


def test_whoever_hides_a_change_from_the_next_anchor_is_found(shop: Shop) -> None:
    case = last_case(shop)
    anchored(shop)
    note(case, "Promised", actor(shop), shown=False, now=NOW)
    note(Case.objects.filter(shop=shop).earliest("pk"), "Other", actor(shop), shown=False, now=NOW)
    with insider():
        Chain.objects.filter(case_id=case.pk).update(anchored=F("length"))
    anchored(shop, NOW + HOUR)
    assert codes(shop) == ["left-out"]


def test_movements_hidden_from_the_next_anchor_are_found(shop: Shop) -> None:
    anchored(shop)
    with insider():
        Stock.objects.filter(shop=shop).update(anchored=F("anchored") + 1)
        stock = Stock.objects.get(shop=shop)
        facts = {"shop": shop, "stock": stock, "kind": "counted", "on_hand": 0, "reserved": 0, "actor_name": ""}
        Movement.objects.create(pk=stock.anchored + 1, at=NOW + timedelta(minutes=1), **facts)
    anchored(shop, NOW + HOUR)
    assert codes(shop) == ["left-out"]
