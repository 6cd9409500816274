"""Issuing papers. A number is taken in the transaction that writes its paper: there are neither gaps nor doubles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from tartib.billing import sql
from tartib.billing.assembling import credit_of, invoice_of
from tartib.billing.models import Paper, PaperSettings
from tartib.billing.receipt import PaperKind, Receipt, as_data, read_receipt
from tartib.billing.timeline import PAPER
from tartib.cases.models import Case, PaymentState
from tartib.cases.operations import lock_case
from tartib.journal.operations import SYSTEM, Actor, NewEntry, write
from tartib.l10n import dates
from tartib.payments import refunds
from tartib.payments.balance import balance, let_off
from tartib.payments.models import Direction, Payment, Refund, State
from tartib.shops.models import Shop


@transaction.atomic
def pro_forma(shop: Shop, case_id: int, *, now: datetime) -> Paper:
    """The pro-forma invoice of an order; it takes its number the first time somebody asks for it."""
    case = lock_case(shop, case_id)
    known = Paper.objects.filter(case=case, kind=PaperKind.PRO_FORMA).first()
    return known or _issue(case, PaperKind.PRO_FORMA, None, case.amount or Decimal(0), SYSTEM, now)


@transaction.atomic
def invoice(shop: Shop, case_id: int, actor: Actor, *, now: datetime) -> Paper:
    """The invoice of an order, issued now unless one is in force that says what the order says.

    Where the order was changed since, the former invoice is taken back by a credit note and a new one takes its place.
    """
    case = lock_case(shop, case_id)
    said = invoice_of(case)
    former = _in_force(case)
    if former is None:
        return _issue(case, PaperKind.INVOICE, said, said.cost, actor, now)
    return _replace(former, said, actor, now) if differs(read_receipt(former.data), said) else former


def differs(former: Receipt, present: Receipt) -> bool:
    """Whether an order is another than its invoice says. Payments and the way it was sent do not make it another."""
    return any(
        getattr(former, name) != getattr(present, name)
        for name in ("currency", "lines", "shipping", "discount", "by_points", "tax", "total", "bill_to")
    )


def follow_money(case: Case, payment: Payment, actor: Actor, now: datetime) -> None:
    """An order was paid in full: its invoice is issued. Money went back: a credit note to the invoice says so.

    What had been paid in excess was on no invoice. Where money that had gone back is here again after all, since its
    gateway could not send it, an invoice of all of it takes the place of the one that was corrected.
    """
    if payment.direction == Direction.IN:
        if payment.state == State.CONFIRMED and case.payment == PaymentState.PAID:
            invoice(case.shop, case.pk, actor, now=now)
        return
    invoiced = _in_force(case)
    if invoiced is None:
        return
    stands = balance(case)
    stands = replace(stands, credited=stands.credited - let_off(case))
    over = min(payment.amount, _uncorrected(invoiced) - (stands.kept if stands.ended else stands.cost))
    if payment.state == State.CONFIRMED and over > 0:
        refund = Refund.objects.filter(case=case, key=refunds.key_of(payment)).first()
        said = credit_of(invoiced, over, refund)
        _issue(case, PaperKind.CREDIT_NOTE, said, over, actor, now, corrects=invoiced, payment=payment)
    elif payment.state == State.FAILED and over < 0:
        _replace(invoiced, invoice_of(case), actor, now)


def follow_edit(case: Case, actor: Actor, now: datetime) -> None:
    """An order that was invoiced says something else now: its invoice is corrected and a new one issued."""
    if _in_force(case) is not None:
        invoice(case.shop, case.pk, actor, now=now)


def _in_force(case: Case) -> Paper | None:
    return Paper.objects.filter(case=case, kind=PaperKind.INVOICE, replaced=False).first()


def _replace(former: Paper, said: Receipt, actor: Actor, now: datetime) -> Paper:
    """Take back what is left of an invoice by a credit note, and issue one that says what the order says now."""
    assert former.case is not None
    former.replaced = True
    former.save(update_fields=["replaced"])
    if (left := _uncorrected(former)) > 0:
        _issue(former.case, PaperKind.CREDIT_NOTE, credit_of(former, left), left, actor, now, corrects=former)
    return _issue(former.case, PaperKind.INVOICE, said, said.cost, actor, now)


def _uncorrected(invoiced: Paper) -> Decimal:
    """What of an invoice no credit note has taken back."""
    return invoiced.amount - sum((note.amount for note in invoiced.corrections.all()), Decimal(0))


def forget_old(now: datetime) -> int:
    """Take the buyers who were erased off papers that their shops need not keep any longer; returns how many papers.

    The years a shop says are whole ones, counted from the end of the year in which a paper was issued.
    """
    forgotten = 0
    usual = PaperSettings().paper_years
    for years in sorted({usual, *PaperSettings.objects.values_list("paper_years", flat=True).distinct()}):
        since = datetime(now.year - years, 1, 1, tzinfo=UTC)
        theirs = Q(shop__in=PaperSettings.objects.filter(paper_years=years).values("shop"))
        if years == usual:
            theirs |= ~Q(shop__in=PaperSettings.objects.values("shop"))
        old = list(Paper.objects.filter(theirs, erased_at__isnull=False, issued_at__lt=since))
        for paper in old:
            paper.data, paper.erased_at = paper.data | {"bill_to": []}, None
        forgotten += Paper.objects.bulk_update(old, ["data", "erased_at"], batch_size=500)
    return forgotten


def _issue(
    case: Case,
    kind: PaperKind,
    said: Receipt | None,
    amount: Decimal,
    actor: Actor,
    now: datetime,
    *,
    corrects: Paper | None = None,
    payment: Payment | None = None,
) -> Paper:
    shop = case.shop
    year = dates.period(now, shop.calendar, ZoneInfo(shop.timezone))[0]
    paper = Paper.objects.create(
        shop=shop, case=case, code=case.code, kind=kind, year=year, number=sql.next_number(shop.pk, kind, year),
        issued_at=now, amount=amount, currency=case.currency, data=as_data(said) if said else {}, corrects=corrects,
        payment=payment, erased_at=corrects.erased_at if corrects else None,
    )  # fmt: skip
    entry: dict[str, object] = {"kind": kind, "number": paper.name, "amount": str(amount), "currency": case.currency}
    write(shop.pk, [NewEntry(case.pk, PAPER, entry, shown=True)], actor, now)
    return paper
