"""The one form (requirement E3), edits, deletion candidates: all of it or nothing, and always on the timeline."""

from datetime import date, timedelta

import pytest

from tartib.cases.filters import Filters
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.cases.operations import Stale
from tartib.cases.queries import case_page
from tartib.cases.search_index import reindex
from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.journal.models import Entry
from tartib.orders.models import Order
from tartib.orders.operations import Processing, Refused, edit, process
from tartib.orders.placing import NoWorkflow, place
from tartib.orders.queries import doubles, stale
from tartib.shops.scope import scope
from tests.factories import NOW, actor, make_order, make_orders, make_product, make_shop, move, order_draft, pay

pytestmark = pytest.mark.django_db


def kinds(case: Case) -> list[str]:
    return list(Entry.objects.filter(case_id=case.pk).order_by("seq").values_list("kind", flat=True))


def test_one_form_moves_notes_dates_points_and_freight() -> None:
    """E3: status, remark shown to the customer, points approved, dates and freight reference in one act."""
    shop = make_shop()
    case = make_order(shop, payment_method="on-receipt")
    form = Processing(
        target="processing", note="Gift wrapped", points=12, points_approved=True, sent_on=date(2026, 11, 22),
        carrier="Nova Poshta", tracking_number="20450000000001", notify_options=NotifyOptions(note_shown=True),
    )  # fmt: skip
    outcome = process(shop, case.pk, form, actor(shop), now=NOW, version=case.version)
    assert outcome is not None
    order = Order.objects.get(pk=case.pk)
    assert (order.points, order.points_approved, order.sent_on) == (12, True, date(2026, 11, 22))
    assert order.tracking_number == "20450000000001"
    assert kinds(case) == ["created", "tracking", "edited", "moved"]
    moved = Entry.objects.get(case_id=case.pk, kind="moved")
    assert moved.data["note"] == "Gift wrapped"
    assert moved.data["note_shown"] is True


def test_a_refused_move_leaves_nothing_of_the_form_behind() -> None:
    shop = make_shop()
    case = make_order(shop)
    with pytest.raises(Refused) as refused:
        process(shop, case.pk, Processing(target="processing", points=5), actor(shop), now=NOW)
    assert "due" in refused.value.refusal.say("en")
    assert Order.objects.get(pk=case.pk).points == 0
    assert kinds(case) == ["created"]


def test_a_form_filled_in_on_an_old_state_is_refused() -> None:
    shop = make_shop()
    case = make_order(shop)
    move(case, "on-hold")
    with pytest.raises(Stale):
        process(shop, case.pk, Processing(target="cancelled", note="x"), actor(shop), now=NOW, version=case.version)


def test_a_tracking_number_by_itself_ships_a_packed_order() -> None:
    """D3: adding the tracking number is an event that moves the order."""
    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop))
    pay(case)
    move(case, "picking")
    move(case, "packed")
    form = Processing(carrier="Nova Poshta", tracking_number="20450000000002")
    process(shop, case.pk, form, actor(shop), now=NOW)
    case.refresh_from_db()
    assert case.status == "shipped"
    with scope(shop.pk):
        assert case_page(shop, "order", Filters(text="20450000000002"), now=NOW).cases == [case]


def test_a_new_address_is_told_to_the_customer_once() -> None:
    shop = make_shop()
    case = make_order(shop)
    elsewhere = Address(name="Olena Koval", line1="Other Street 5", city="Lviv")
    for _time in range(2):
        edit(shop, case.pk, actor(shop), now=NOW, ship_to=elsewhere, tell=True)
    told = Entry.objects.get(case_id=case.pk, kind="note", shown=True)
    assert "Other Street 5" in told.data["text"]


def test_edits_keep_what_was_there_before() -> None:
    """E5, E8: an edit is on the timeline with its value before and after."""
    shop = make_shop()
    case = make_order(shop)
    edit(
        shop, case.pk, actor(shop), now=NOW, customer={"name": "آرمان", "phone": "۰۵۰ ۱۱۱ ۲۲ ۳۳"},
        ship_to=Address(name="آرمان", city="تهران"), language="fa",
    )  # fmt: skip
    entry = Entry.objects.get(case_id=case.pk, kind="edited")
    assert entry.data["changes"]["language"] == ["en", "fa"]
    assert entry.data["changes"]["customer.name"][1] == "آرمان"
    assert case_page(shop, "order", Filters(text="ارمان"), now=NOW).cases == [case]


def test_all_orders_of_a_customer_are_found_by_what_the_customer_is_called_now() -> None:
    """C2: at once where the name was corrected, soon everywhere; no more by what was."""
    shop = make_shop()
    former = "jo@example.com"
    one, other = make_orders(shop, 2, customer=CustomerDraft("Jo Reed", former))
    person = one.customer
    assert person is not None
    assert case_page(shop, "order", Filters(text=former), now=NOW).cases == [other, one]
    edit(shop, one.pk, actor(shop), now=NOW, customer={"email": "renamed@example.org"})
    assert case_page(shop, "order", Filters(text="renamed@example.org"), now=NOW).cases == [one]
    assert reindex(shop.pk, [person.pk]) == 1
    assert case_page(shop, "order", Filters(text=former), now=NOW).cases == []
    assert case_page(shop, "order", Filters(text="renamed@example.org"), now=NOW).cases == [other, one]
    assert reindex(shop.pk, [person.pk]) == 0


def test_placing_the_same_order_again_changes_nothing() -> None:
    shop = make_shop()
    drafts = [order_draft(shop, source="shopify", external_id=str(number)) for number in (1, 2, 1)]
    assert len(place(shop, drafts, actor(shop), now=NOW)) == 2
    assert place(shop, drafts, actor(shop), now=NOW) == []
    assert Case.objects.filter(shop=shop).count() == 2


def test_a_shop_without_a_workflow_takes_no_orders() -> None:
    shop = make_shop()
    shop.workflows.all().delete()
    with pytest.raises(NoWorkflow):
        place(shop, [order_draft(shop)], actor(shop), now=NOW)


def test_likely_doubles_are_found() -> None:
    """E8: the same customer ordering the same within a day is offered for deletion; another customer's order is not."""
    shop = make_shop()
    draft = order_draft(shop)
    place(shop, [draft, order_draft(shop)], actor(shop), now=NOW)
    place(shop, [draft], actor(shop), now=NOW)
    found = doubles(shop, now=NOW)
    assert len(found) == 1
    assert found[0].earlier.customer == found[0].later.customer


def test_stale_incomplete_orders_are_found() -> None:
    """E8: unpaid orders nobody finishes are offered for deletion after the shop's number of days; paid ones never."""
    shop = make_shop("checkout")
    old, paid, fresh = (
        make_order(shop, placed_at=NOW - timedelta(days=8)),
        make_order(shop, placed_at=NOW - timedelta(days=8)),
        make_orders(shop)[0],
    )
    pay(paid)
    assert list(stale(shop, 7, now=NOW)) == [old]
    assert fresh.status == "incomplete"
