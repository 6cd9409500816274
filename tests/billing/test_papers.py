"""Requirement B2: pro-forma before the payment, invoice after it, credit note for refunds; numbers without gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tartib.billing import operations, queries
from tartib.billing.assembling import paper_of, receipt_of
from tartib.billing.models import Paper
from tartib.billing.receipt import pdf, texts
from tartib.billing.timeline import PAPER
from tartib.cases.operations import delete
from tartib.customers.address import Address
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs, LineEdit, edit_lines
from tartib.orders.operations import edit
from tartib.payments.operations import record_payment
from tests.factories import NOW, actor, make_order, make_orders, make_product, make_shop, pay
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def kinds(shop_id: int) -> list[str]:
    return list(Paper.objects.filter(shop_id=shop_id).order_by("pk").values_list("kind", flat=True))


def test_an_invoice_is_issued_when_the_order_is_paid_in_full_and_once() -> None:
    shop = make_shop(legal_name="Harbour Ltd", tax_number="VAT 12345678", paper_note="Thank you")
    case = make_order(shop, make_product(shop, price="50.00"))
    record_payment(shop, case.pk, Decimal(20), shop.currency, SYSTEM, now=NOW)
    assert kinds(shop.pk) == []
    record_payment(shop, case.pk, Decimal(30), shop.currency, SYSTEM, now=NOW)
    assert kinds(shop.pk) == ["invoice"]
    paper = queries.of_case(case)[0]
    assert operations.invoice(shop, case.pk, SYSTEM, now=NOW) == paper
    said = texts(paper_of(paper, "en"))
    assert said["title"] == "Invoice"
    assert [fact["value"] for fact in said["facts"] if fact["label"] == "Number"] == [paper.name]
    assert {"Harbour Ltd", "VAT 12345678"} <= set(said["shop"])
    assert said["note"] == "Thank you"
    assert Entry.objects.filter(case_id=case.pk, kind=PAPER, facts__number=paper.name).exists()


def test_where_the_order_does_not_say_how_it_is_paid_the_paper_says_how_it_was() -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop, price="50.00"), payment_method="other")
    for method in ("bank", "Cheque"):
        record_payment(shop, case.pk, Decimal(25), shop.currency, SYSTEM, now=NOW, method=method)
    assert receipt_of(case, "en").payment_method == "bank, Cheque"
    alone = make_order(shop, make_product(shop, price="50.00"), payment_method="other")
    assert receipt_of(alone, "en").payment_method == "Other"
    record_payment(shop, alone.pk, Decimal(50), shop.currency, SYSTEM, now=NOW, method="bank")
    assert receipt_of(alone, "en").payment_method == "Bank transfer"


def test_an_invoice_keeps_saying_what_it_said() -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop, name="Linen shirt"))
    pay(case)
    paper = queries.of_case(case)[0]
    type(shop).objects.filter(pk=shop.pk).update(name="Renamed since")
    assert texts(paper_of(queries.of_case(case)[0], "en"))["shop"][0] == shop.name
    assert texts(receipt_of(type(case).objects.get(pk=case.pk), "en"))["shop"][0] == "Renamed since"
    assert pdf(paper_of(paper, "fa")).startswith(b"%PDF")


def test_a_pro_forma_invoice_has_one_number_and_says_what_the_order_is_now() -> None:
    shop = make_shop()
    case = make_order(shop)
    first = operations.pro_forma(shop, case.pk, now=NOW)
    assert operations.pro_forma(shop, case.pk, now=NOW + timedelta(days=1)) == first
    said = texts(paper_of(first, "uk"))
    assert said["title"] == "Рахунок-проформа"
    assert said["payments"] == []


def test_what_is_paid_back_gets_a_credit_note_to_the_invoice() -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop, price="50.00"))
    pay(case)
    record_payment(shop, case.pk, Decimal(10), shop.currency, SYSTEM, now=NOW, direction="out")
    note, invoice = queries.of_case(case)
    assert (note.kind, note.amount, note.corrects) == ("credit-note", Decimal(10), invoice)
    said = texts(paper_of(note, "en"))
    assert said["sums"][-1]["label"] == "Credited"
    assert {"label": "Corrects invoice", "value": invoice.name, "code": True} in said["facts"]


def test_a_double_payment_that_goes_back_is_on_no_credit_note() -> None:
    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop, price="50.00"))
    pay(case)
    pay(case)
    record_payment(shop, case.pk, Decimal(50), shop.currency, SYSTEM, now=NOW, direction="out")
    assert kinds(shop.pk) == ["invoice"]
    record_payment(shop, case.pk, Decimal(50), shop.currency, SYSTEM, now=NOW, direction="out")
    assert kinds(shop.pk) == ["invoice", "credit-note"]


def test_a_credit_note_names_the_share_of_the_tax() -> None:
    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop, price="100.00"), tax=Decimal(20))
    pay(case)
    record_payment(shop, case.pk, Decimal(60), shop.currency, SYSTEM, now=NOW, direction="out")
    sums = {row["label"]: row["amount"] for row in texts(paper_of(queries.of_case(case)[0], "en"))["sums"]}
    assert (sums["Tax, part of the prices"], sums["Credited"]) == ("$10.00", "$60.00")


def test_a_changed_order_gets_a_new_invoice_and_the_old_one_is_taken_back() -> None:
    shop = make_shop()
    case = make_order(shop)
    first = operations.invoice(shop, case.pk, actor(shop), now=NOW)
    edit(shop, case.pk, actor(shop), now=NOW, ship_to=Address(name="Olena Koval", line1="Other Street 5"))
    assert operations.invoice(shop, case.pk, actor(shop), now=NOW) == first, "where it goes does not change the invoice"
    lines = [LineEdit(LineDraft("Linen shirt", 1, Decimal(50)))]
    edit_lines(shop, case.pk, lines, Costs(discount=Decimal(5)), actor(shop), now=NOW)
    second = operations.invoice(shop, case.pk, actor(shop), now=NOW)
    assert kinds(shop.pk) == ["invoice", "credit-note", "invoice"]
    first.refresh_from_db()
    assert first.replaced
    assert (first.number, second.number) == (1, 2)
    assert Paper.objects.get(kind="credit-note").corrects == first


def test_each_kind_and_year_of_the_shops_calendar_has_its_own_numbers() -> None:
    shop = make_shop(calendar="jalali")
    cases = make_orders(shop, 3)
    before, after = datetime(2026, 3, 20, 12, tzinfo=UTC), datetime(2026, 3, 22, 12, tzinfo=UTC)
    names = [
        operations.invoice(shop, cases[0].pk, SYSTEM, now=before).name,
        operations.invoice(shop, cases[1].pk, SYSTEM, now=after).name,
        operations.pro_forma(shop, cases[2].pk, now=after).name,
        operations.invoice(shop, cases[2].pk, SYSTEM, now=after).name,
    ]
    assert names == ["INV-1404-00001", "INV-1405-00001", "PF-1405-00001", "INV-1405-00002"]


def test_a_paper_that_is_not_written_gives_its_number_back() -> None:
    shop = make_shop()
    first, second = make_orders(shop, 2)
    with transaction.atomic():
        operations.invoice(shop, first.pk, SYSTEM, now=NOW)
        transaction.set_rollback(True)
    assert operations.invoice(shop, second.pk, SYSTEM, now=NOW).number == 1


def test_two_papers_cannot_have_one_number() -> None:
    shop = make_shop()
    case = make_order(shop)
    paper = operations.invoice(shop, case.pk, SYSTEM, now=NOW)
    paper.pk, paper.case = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        paper.save(force_insert=True)


def test_the_number_stays_taken_when_the_order_is_deleted() -> None:
    shop = make_shop()
    first, second = make_orders(shop, 2)
    paper = operations.invoice(shop, first.pk, SYSTEM, now=NOW)
    delete(shop, [first.pk], SYSTEM, reason="double", now=NOW)
    paper.refresh_from_db()
    assert (paper.case, paper.code) == (None, first.code)
    assert texts(paper_of(paper, "en"))["title"] == "Invoice"
    assert operations.invoice(shop, second.pk, SYSTEM, now=NOW).number == 2


@pytest.mark.django_db(transaction=True)
def test_papers_issued_at_the_same_moment_have_numbers_without_gaps_or_doubles() -> None:
    shop = make_shop()
    cases = make_orders(shop, 40)
    numbers = at_once(lambda n: operations.invoice(shop, cases[n % 40].pk, SYSTEM, now=NOW).number, 80)
    assert sorted(set(numbers)) == list(range(1, 41))
    assert Paper.objects.filter(shop=shop).count() == 40
