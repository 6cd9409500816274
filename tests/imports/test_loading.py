"""Orders from files become orders of a shop: status, past, money, stock; once, and telling nobody (E8, A6, D11)."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import translation

from tartib.cases.models import Case, PaymentState
from tartib.cases.refusal_json import unpack
from tartib.cases.timeline import EVENT, MOVED, NOTE
from tartib.customers.models import Customer
from tartib.flow.facts import Refusal
from tartib.imports import operations
from tartib.imports.drafting import Drafted, Drafter
from tartib.imports.models import Chunk, State
from tartib.imports.records import OrderRecord
from tartib.imports.words import sentence
from tartib.journal.kinds import IMPORTED
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.notify.models import Message
from tartib.orders.models import Line, Order
from tartib.orders.shares import shares
from tartib.payments.models import Direction, Payment
from tartib.payments.timeline import PAYMENT
from tests.factories import NOW, make_product, make_shop, move
from tests.imports.loads import (
    COLUMNS,
    brought,
    case,
    checked,
    found,
    many,
    now,
    problems,
    row,
    table,
    uploaded,
    woocommerce,
)
from tests.imports.reads import shopify_order

pytestmark = pytest.mark.django_db


def test_a_table_of_orders_comes_in() -> None:
    """E8, D11: orders of a spreadsheet stand where their words say, with customer, lines and money; nobody is told."""
    shop = make_shop("essential", currency="UAH")
    batch = brought(
        shop,
        table([row("A1"), row("A2", Status="completed"), row("A3", Status="cancelled"), row("A4", Status="pending")]),
    )
    assert (batch.read, batch.placed, batch.present, batch.errors) == (4, 4, 0, 0)
    assert {number: case(shop, number).status for number in ("A1", "A2", "A3", "A4")} == {
        "A1": "processing", "A2": "completed", "A3": "cancelled", "A4": "pending",
    }  # fmt: skip
    one = case(shop, "A1")
    assert (one.amount, one.currency, one.customer and one.customer.email) == (Decimal(100), "UAH", "a1@example.com")
    assert one.owner_id == shop.default_owner_id
    assert one.due_at is not None
    assert Line.objects.get(case=one).name == "Shirt"
    assert not Message.objects.exists()
    assert not mail.outbox
    assert not Chunk.objects.exists()
    assert not list(verify(shop))


def test_the_past_becomes_the_timeline() -> None:
    """A6: former statuses with their times, payments and notes are on the timeline, oldest first."""
    shop = make_shop("delivery", currency="UAH", timezone="Europe/Kyiv")
    brought(shop, woocommerce(number="77", customer_note="Дзвоніть після шостої"), "woocommerce")
    one = case(shop, "77")
    entries = list(Entry.objects.filter(case_id=one.pk).order_by("seq").values_list("kind", "facts__to", "at__hour"))
    assert entries[:3] == [(IMPORTED, None, 8), (MOVED, "paid", 9), (MOVED, "done", 9)]
    assert {kind for kind, _to, _at in entries[3:]} == {NOTE, PAYMENT}
    assert one.status == "done"
    assert one.closed_at is not None
    assert one.since.date().isoformat() == "2026-10-04"
    assert one.payment == PaymentState.PAID
    payment = Payment.objects.get(case=one)
    assert (payment.amount, payment.at.hour) == (Decimal(250), 9)


def test_shopify_orders_come_in_with_refund_and_parcel() -> None:
    """D11: a shipped and partly refunded Shopify order keeps its parcel, its money, and its place."""
    shop = make_shop("delivery", currency="UAH")
    data = shopify_order(
        fulfillment_status="fulfilled",
        financial_status="partially_refunded",
        fulfillments=[{"created_at": "2026-11-21T14:20:00Z", "status": "success", "tracking_company": "Nova Poshta",
                       "tracking_number": "20450000000001"}],
        refunds=[{"created_at": "2026-11-21T20:00:00Z",
                  "transactions": [{"kind": "refund", "status": "success", "amount": "50.00"}]}],
    )  # fmt: skip
    brought(shop, json.dumps({"orders": [data]}).encode(), "shopify")
    order = Order.objects.select_related("case").get(shop=shop)
    assert (order.case.status, order.tracking_number, order.carrier) == ("shipped", "20450000000001", "Nova Poshta")
    assert order.case.payment == PaymentState.PARTLY_REFUNDED
    assert Payment.objects.get(case=order.case, direction=Direction.OUT).amount == Decimal(50)


def test_what_the_clock_would_have_done_is_done_quietly() -> None:
    """An order that was sent long ago is not told to its customer as "in transit" by a timer after the import."""
    shop = make_shop("delivery", currency="UAH")
    brought(shop, table([row("A1", Status="shipped", Date="2026-05-01 10:00")]))
    one = case(shop, "A1")
    assert one.status == "in-transit"
    assert one.timer_at is None


def test_the_same_file_again_changes_nothing() -> None:
    """Issue 2, section 4: re-running changes nothing twice; what is new in a longer file comes in."""
    shop = make_shop("essential", currency="UAH")
    brought(shop, many(5))
    before = list(Case.objects.order_by("pk").values_list("pk", "version", "updated_at"))
    entries = Entry.objects.count()
    again = brought(shop, many(5))
    assert (again.placed, again.present) == (0, 5)
    assert list(Case.objects.order_by("pk").values_list("pk", "version", "updated_at")) == before
    assert Entry.objects.count() == entries
    longer = brought(shop, many(8))
    assert (longer.placed, longer.present) == (3, 5)
    assert Customer.objects.count() == 8


def test_the_same_number_in_two_files_is_one_order_only_if_it_is_the_same() -> None:
    """Duplicates across files are passed over; another order with the number of one here is never taken for it."""
    shop = make_shop("essential", currency="UAH")
    brought(shop, table([row("A1"), row("A2"), row("A3")]))
    other = table(
        [
            row("A1", Status="completed"),
            row("A2", Total="999.00", Price="999.00"),
            row("A3", Email="bob@example.com"),
            row("A4"),
        ]
    )
    again = brought(shop, other)
    assert (again.placed, again.present, found(again)) == (1, 1, [(3, "other-here"), (4, "other-here")])
    assert case(shop, "A2").amount == Decimal(100)
    with translation.override("fa"):
        assert "۹۹۹" in sentence(problems(again)[0])
    kept = brought(shop, other, store="North")
    assert (kept.placed, kept.errors) == (4, 0)
    same = brought(shop, other, store="north ")
    assert (same.placed, same.present, same.errors) == (0, 4, 0)


def test_a_dry_run_counts_and_writes_nothing() -> None:
    """Issue 2, section 4: a dry run with counts first."""
    shop = make_shop("essential", currency="UAH")
    brought(shop, many(3))
    batch = checked(uploaded(shop, many(5) + b"X,not a date,processing,1,UAH,,,,,1,1\n"))
    assert batch.state == State.CHECKED
    assert (batch.read, batch.placed, batch.present, batch.errors) == (5, 2, 3, 1)
    assert batch.reached == {"processing": 2}
    assert found(batch) == [(7, "bad-date")]
    assert Case.objects.filter(shop=shop).count() == 3
    operations.start(batch, now=NOW)
    list(operations.work(batch, None, clock=now))
    assert (batch.placed, batch.present, batch.errors) == (2, 3, 1)
    assert found(batch) == [(7, "bad-date")]


def test_customers_are_told_when_asked() -> None:
    """Imports notify nobody unless asked."""
    shop = make_shop("essential", currency="UAH")
    brought(shop, many(2), notify=True)
    assert Message.objects.count() == 2


def test_orders_in_work_leave_the_stock_alone_and_give_back_on_cancelling() -> None:
    """A4: goods of imported orders have left the shelf already: nothing is taken, and a cancelled one returns them."""
    shop = make_shop("essential", currency="UAH")
    product = make_product(shop, pieces=10)
    brought(shop, table([row("A1", SKU=product.sku, Quantity="2"), row("A2", SKU=product.sku, Status="cancelled")]))
    assert product.stocks.get().on_hand == 10
    move(case(shop, "A1"), "cancelled")
    assert product.stocks.get().on_hand == 12


def test_stock_is_taken_for_orders_in_work_when_asked() -> None:
    """A4: asked to, the import takes the goods of open orders; of which there are too few is said."""
    shop = make_shop("essential", currency="UAH")
    product = make_product(shop, pieces=3)
    batch = brought(
        shop,
        table(
            [
                row("A1", SKU=product.sku, Quantity="2", Total="200"),
                row("A2", SKU=product.sku, Quantity="2", Total="200"),
                row("A3", SKU=product.sku, Quantity="1", Status="completed"),
            ]
        ),
        take_stock=True,
    )  # fmt: skip
    assert product.stocks.get().on_hand == 1
    assert found(batch) == [(3, "stock-short")]
    assert batch.warnings == 1
    taken = {number: Line.objects.get(case=case(shop, number)).taken for number in ("A1", "A2", "A3")}
    assert taken == {"A1": 2, "A2": 0, "A3": 1}


def test_a_shop_says_where_states_go() -> None:
    """D2: the shop's own choice of statuses is kept; one that its workflow lacks is passed over."""
    shop = make_shop("essential", currency="UAH")
    brought(
        shop, table([row("A1"), row("A2", Status="pending")]), statuses={"processing": "on-hold", "pending": "gone"}
    )
    assert (case(shop, "A1").status, case(shop, "A2").status) == ("on-hold", "pending")


def test_an_import_stopped_goes_on_where_it_was() -> None:
    """Issue 2, section 4: stopped and continued, every order is in once."""
    shop = make_shop("essential", currency="UAH")
    batch = uploaded(shop, many(2500))
    operations.start(batch, now=NOW)
    work = operations.work(batch, None, clock=now)
    next(work)
    operations.stop(batch)
    with pytest.raises(operations.Elsewhere):
        next(work)
    assert Case.objects.filter(shop=shop).count() == 1000
    batch.refresh_from_db()
    assert (batch.state, batch.position) == (State.STOPPED, 1000)
    operations.start(batch, now=NOW)
    list(operations.work(batch, None, clock=now))
    assert (batch.state, batch.placed, batch.present) == (State.FINISHED, 2500, 0)
    assert Case.objects.filter(shop=shop).count() == 2500


def test_sums_that_do_not_come_out_are_said_on_the_order_in_the_readers_language() -> None:
    """The total stays as the file has it; staff find the figures on the timeline, the customer does not."""
    shop = make_shop("essential", currency="UAH")
    batch = brought(shop, table([row("A1", Total="120.00"), row("A2")]))
    assert (batch.placed, found(batch)) == (2, [(2, "totals-differ")])
    one = case(shop, "A1")
    assert one.amount == Decimal(120)
    entry = Entry.objects.get(case_id=one.pk, kind=EVENT)
    said = Refusal(entry.data["ignored"], unpack(entry.data["params"]))
    assert (entry.shown, "₴100.00" in said.say("en"), "۱۲۰" in said.say("fa")) == (False, True, True)
    assert not Entry.objects.filter(case_id=case(shop, "A2").pk, kind=EVENT).exists()


def test_tax_within_the_prices_stays_within_them() -> None:
    """What is given back of an order whose prices hold the tax is the price of the piece."""
    shop = make_shop("essential", currency="UAH")
    cup = {"Product": "Cup", "Price": "105.00", "Total": "210.00", "Tax": "10.00"}
    content = table([row("A1", **cup), row("A1", **cup | {"Product": "Plate"})], [*COLUMNS, "Tax"])
    brought(shop, content)
    one = case(shop, "A1")
    order = Order.objects.get(case=one)
    lines = list(Line.objects.filter(case=one).order_by("position"))
    assert (one.amount, order.tax_included, order.tax, order.subtotal) == (
        Decimal(210),
        True,
        Decimal(10),
        Decimal(210),
    )
    assert shares(order, lines).pieces(lines[0], 1).cost == Decimal(105)


def test_a_position_keeps_the_total_of_the_file() -> None:
    """Three pieces for 100.00 cost 100.00, whatever a third of it is."""
    shop = make_shop("essential", currency="UAH")
    brought(shop, table([row("A1", Quantity="3", Price="", Total="100.00")]))
    line = Line.objects.get(case=case(shop, "A1"))
    assert (line.quantity, line.price, line.total) == (3, Decimal("33.333"), Decimal(100))


def test_an_order_whose_identifier_was_cut_is_found_by_its_number() -> None:
    """A file that a spreadsheet has damaged, and then the whole one, bring an order in once."""
    shop = make_shop("essential", currency="UAH")
    columns = [*COLUMNS, "Order ID"]
    brought(shop, table([row("M1", **{"Order ID": "6.61808E+12"})], columns))
    again = brought(shop, table([row("M1", **{"Order ID": "6618081234567"})], columns))
    assert (again.placed, again.present, again.errors) == (0, 1, 0)


def test_two_workers_at_one_import_do_not_do_it_twice() -> None:
    """The one that comes second finds the position moved and leaves."""
    shop = make_shop("essential", currency="UAH")
    batch = uploaded(shop, many(2500))
    operations.start(batch, now=NOW)
    twin = type(batch).objects.select_related("shop", "member__user").get(pk=batch.pk)
    first, second = operations.work(batch, None, clock=now), operations.work(twin, None, clock=now)
    next(first)
    with pytest.raises(operations.Elsewhere):
        next(second)
    list(first)
    assert Case.objects.filter(shop=shop).count() == 2500


def test_one_order_the_database_refuses_does_not_keep_the_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The portion is placed by halves until only the bad order is left out, with its row."""
    shop = make_shop("essential", currency="UAH")
    honest = Drafter.draft

    def draft(drafter: Drafter, record: OrderRecord) -> Drafted:
        made = honest(drafter, record)
        object.__setattr__(made.draft, "carrier", "x" * 100 if made.draft.number == "N7" else "")
        return made

    monkeypatch.setattr(Drafter, "draft", draft)
    batch = brought(shop, many(20))
    assert (batch.placed, batch.errors) == (19, 1)
    assert found(batch) == [(8, "not-stored")]


def test_no_more_statements_for_more_orders() -> None:
    """The number of statements of a portion does not depend on its orders."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    shop = make_shop("essential", currency="UAH")
    brought(shop, many(1))
    counts = []
    # As long as the first rows that are looked at before the rest, or longer.
    for first, how_many in ((10, 30), (100, 90)):
        with CaptureQueriesContext(connection) as captured:
            brought(shop, many(how_many, first))
        counts.append(len(captured))
    assert counts[0] == counts[1]
