"""The engine: one path for one case and for a thousand, idempotent, refusing with reasons, undoing exactly."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases.engine import KeyReused, NotUndoable, advance, preview, undo
from tartib.cases.models import Act, Case
from tartib.cases.operations import delete, note
from tartib.cases.refusal_json import unpack
from tartib.catalog.models import Movement, Stock
from tartib.dispatch.assigning import assign
from tartib.flow.facts import ByHand, Event
from tartib.journal.models import Chain, Entry
from tartib.orders.models import Line
from tartib.shops.models import Shop
from tests.factories import NOW, actor, make_order, make_orders, make_product, make_shop, make_staff, move, pay

pytestmark = pytest.mark.django_db


def statements(shop: Shop, cases: list[Case]) -> int:
    with CaptureQueriesContext(connection) as captured:
        outcome = advance(shop, [c.pk for c in cases], ByHand("cancelled", "owner", "stop"), actor(shop), now=NOW)
    assert len(outcome.moved) == len(cases)
    return len(captured)


def test_a_confirmed_payment_moves_the_order_and_takes_its_pieces_once() -> None:
    """A3, A4: the moment a payment is confirmed the order is processed and its quantities are deducted, once."""
    shop = make_shop()
    product = make_product(shop, pieces=3)
    case = make_order(shop, product)
    pay(case, key="notice-1")
    pay(case, key="notice-1")
    case.refresh_from_db()
    assert (case.status, case.phase, case.payment) == ("processing", "working", "paid")
    assert Stock.objects.get(product=product).on_hand == 2
    assert Line.objects.get(case=case).taken == 1


def test_cash_on_delivery_waits_for_a_person() -> None:
    """A3: an order paid on receipt stays pending until somebody confirms it."""
    shop = make_shop()
    case = make_order(shop, make_product(shop), payment_method="on-receipt")
    assert case.status == "pending"
    assert move(case, "processing").moved
    case.refresh_from_db()
    assert case.status == "processing"


def test_the_last_piece_goes_to_one_order_and_the_other_stays_with_a_reason() -> None:
    """A4: two orders cannot both take the last piece, not even in one act."""
    shop = make_shop()
    product = make_product(shop, pieces=1)
    first, second = make_orders(shop, 2, product, payment_method="on-receipt")
    outcome = move([first, second], "processing")
    assert [moved.case_id for moved in outcome.moved] == [first.pk]
    refusal = outcome.refused[second.pk]
    assert refusal.code == "stock-short"
    assert "Blue shirt" in refusal.say("en")
    second.refresh_from_db()
    assert (second.status, second.version) == ("pending", 1)
    assert Stock.objects.get(product=product).on_hand == 0


def test_cancelling_puts_the_pieces_back_once() -> None:
    """A4: cancelling returns the stock; reopening takes it again, so that nothing is counted twice."""
    shop = make_shop()
    product = make_product(shop, pieces=5)
    case = make_order(shop, product, payment_method="on-receipt")
    for target in ("processing", "cancelled", "pending", "processing", "cancelled"):
        assert move(case, target).moved, target
    assert Stock.objects.get(product=product).on_hand == 5
    ledger = Movement.objects.filter(stock__product=product).values_list("on_hand", flat=True)
    assert sum(ledger) == 5


@pytest.mark.parametrize("workflow", ["essential", "delivery"])
def test_the_number_of_statements_does_not_depend_on_the_number_of_cases(workflow: str) -> None:
    """X4: 1, 3 and 1,000 cases move with the same statements."""
    shop = make_shop(workflow)
    product = make_product(shop, pieces=5_000)
    made = make_orders(shop, 1_004, product)
    assert statements(shop, made[:1]) == statements(shop, made[1:4]) == statements(shop, made[4:]) <= 23


def test_the_same_key_gives_the_same_answer_and_changes_nothing() -> None:
    shop = make_shop()
    stuck, case = make_order(shop), make_order(shop, payment_method="on-receipt")
    wish = ByHand("processing", "owner")
    ids = [case.pk, stuck.pk]
    first = advance(shop, ids, wish, actor(shop), now=NOW, key="k")
    again = advance(shop, ids, wish, actor(shop), now=NOW + timedelta(hours=1), key="k")
    assert again.repeated
    assert again.act_id == first.act_id
    assert again.moved == first.moved
    for language in ("en", "fa"):
        assert again.refused[stuck.pk].say(language) == first.refused[stuck.pk].say(language)
    assert Entry.objects.filter(case_id=case.pk, kind="moved").count() == 1
    with pytest.raises(KeyReused):
        advance(shop, ids, ByHand("cancelled", "owner", "no"), actor(shop), now=NOW, key="k")


def test_a_stale_form_is_told_who_changed_the_case() -> None:
    shop = make_shop()
    case = make_order(shop)
    move(case, "on-hold")
    outcome = advance(
        shop, [case.pk], ByHand("cancelled", "owner", "x"), actor(shop), now=NOW, versions={case.pk: case.version}
    )
    assert outcome.refused[case.pk].code == "stale"
    assert "Olive Owner" in outcome.refused[case.pk].say("en")


def test_a_case_of_another_shop_is_not_found() -> None:
    shop, other = make_shop(), make_shop()
    case = make_order(other)
    outcome = advance(shop, [case.pk], ByHand("cancelled", "owner", "x"), actor(shop), now=NOW)
    assert outcome.refused[case.pk].code == "not-found"
    case.refresh_from_db()
    assert case.status == "pending"


def test_a_late_event_is_recorded_and_otherwise_ignored() -> None:
    """D3: a machine's late or backward event is kept on the timeline and changes nothing."""
    shop = make_shop()
    case = make_order(shop, payment_method="on-receipt")
    move(case, "processing")
    move(case, "completed")
    advance(shop, [case.pk], Event("payment.failed"), actor(shop), now=NOW)
    case.refresh_from_db()
    assert case.status == "completed"
    entry = Entry.objects.filter(case_id=case.pk).latest("seq")
    assert (entry.kind, entry.data["event"]) == ("event", "payment.failed")
    assert unpack(entry.data["params"])["status"] == case.flow.status("completed").name


def test_a_preview_tells_everything_and_changes_nothing() -> None:
    shop = make_shop()
    product = make_product(shop, pieces=1)
    cases = make_orders(shop, 2, product, payment_method="on-receipt")
    before = (Entry.objects.count(), Act.objects.count(), Chain.objects.get(case_id=cases[0].pk).length)
    outcome = preview(shop, [c.pk for c in cases], ByHand("processing", "owner"), actor(shop), now=NOW)
    assert (len(outcome.moved), len(outcome.refused), outcome.tally["stock.taken"]) == (1, 1, 1)
    assert (Entry.objects.count(), Act.objects.count(), Chain.objects.get(case_id=cases[0].pk).length) == before
    assert Stock.objects.get(product=product).on_hand == 1


def test_undo_puts_everything_back_where_it_was() -> None:
    """X4: an act on many cases is undone as one, and the undoing is on the timeline."""
    shop = make_shop()
    product = make_product(shop, pieces=5)
    cases = make_orders(shop, 3, product, payment_method="on-receipt")
    before = list(Case.objects.order_by("pk").values_list("status", "since", "due_at", "closed_at", "timer_at"))
    outcome = move(cases, "processing")
    undone = undo(shop, outcome.act_id, actor(shop), now=NOW + timedelta(minutes=1))
    assert len(undone.moved) == 3
    assert list(Case.objects.order_by("pk").values_list("status", "since", "due_at", "closed_at", "timer_at")) == before
    assert Stock.objects.get(product=product).on_hand == 5
    assert set(Line.objects.values_list("taken", flat=True)) == {0}
    assert Entry.objects.filter(kind="undone", shown=True).count() == 3
    with pytest.raises(NotUndoable):
        undo(shop, outcome.act_id, actor(shop), now=NOW + timedelta(minutes=2))


def test_undo_is_refused_when_it_is_late_or_the_case_moved_on() -> None:
    shop = make_shop(undo_seconds=60)
    case = make_order(shop, payment_method="on-receipt")
    outcome = move(case, "processing")
    with pytest.raises(NotUndoable, match="undo-late"):
        undo(shop, outcome.act_id, actor(shop), now=NOW + timedelta(seconds=61))
    move(case, "completed", now=NOW + timedelta(seconds=1))
    with pytest.raises(NotUndoable, match="moved-on"):
        undo(shop, outcome.act_id, actor(shop), now=NOW + timedelta(seconds=2))


def test_undoing_a_cancellation_is_refused_when_the_pieces_are_gone() -> None:
    shop = make_shop()
    product = make_product(shop, pieces=1)
    first, second = make_orders(shop, 2, product, payment_method="on-receipt")
    move(first, "processing")
    cancelled = move(first, "cancelled")
    assert move(second, "processing").moved
    with pytest.raises(NotUndoable, match="stock-short"):
        undo(shop, cancelled.act_id, actor(shop), now=NOW)


def test_handing_over_and_noting_are_on_the_timeline() -> None:
    """A6: the timeline has who took a case over and every note, internal ones hidden from the customer."""
    shop = make_shop()
    case = make_order(shop)
    member = make_staff(shop).memberships.get()
    assert assign(shop, [case.pk], member, actor(shop), now=NOW).given == (case.pk,)
    assert assign(shop, [case.pk], member, actor(shop), now=NOW).given == ()
    note(case, "Call back at five", actor(shop), shown=False, now=NOW)
    kinds = list(Entry.objects.filter(case_id=case.pk).order_by("seq").values_list("kind", "shown"))
    assert kinds == [("created", True), ("assigned", False), ("note", False)]


def test_a_deleted_order_leaves_its_proof_and_its_stock() -> None:
    """E8: deletion gives the pieces back and keeps the timeline, closed by who deleted it and why."""
    shop = make_shop()
    product = make_product(shop, pieces=2)
    case = make_order(shop, product, payment_method="on-receipt")
    move(case, "processing")
    assert delete(shop, [case.pk], actor(shop), reason="Double order", now=NOW) == [case.code]
    assert not Case.objects.filter(pk=case.pk).exists()
    last = Entry.objects.filter(case_id=case.pk).latest("seq")
    assert (last.kind, last.data["reason"]) == ("deleted", "Double order")
    assert Stock.objects.get(product=product).on_hand == 2


def test_an_open_case_always_has_an_owner_and_a_due_time() -> None:
    shop = make_shop("delivery")
    case = make_order(shop)
    assert case.owner_id == shop.default_owner_id
    assert case.due_at is not None
    assert case.amount == Decimal("50.000")


@pytest.mark.django_db(transaction=True)
def test_plans_are_kept_for_the_act_alone() -> None:
    """What else the connection asks, lists above all, is planned for what is asked."""
    shop = make_shop()
    move(make_order(shop), "on-hold")
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("auto",)
