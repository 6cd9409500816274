"""What the papers of an order say, gathered from the order, its payments and its shop."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from tartib.billing.models import Paper
from tartib.cases.models import Case
from tartib.documents.receipt import PaperKind, Receipt, ReceiptLine, ReceiptPayment, read
from tartib.orders.models import PaymentMethod
from tartib.orders.queries import lines, order
from tartib.payments.models import Direction, Payment, State
from tartib.shops.models import Shop


def receipt_of(case: Case, language: str) -> Receipt:
    """The receipt of an order (E6): how it stands now."""
    return _in(language, _as_it_stands(case))


def paper_of(paper: Paper, language: str) -> Receipt:
    """What a numbered paper says in that language. A pro-forma invoice says what the order is now."""
    if paper.data:
        said = read(paper.data)
    else:
        assert paper.case is not None
        said = replace(_as_it_stands(paper.case), kind=PaperKind.PRO_FORMA, payments=(), note=paper.shop.paper_note)
    corrects = paper.corrects.name if paper.corrects else ""
    return _in(language, replace(said, paper=paper.name, issued_at=paper.issued_at, corrects=corrects))


def invoice_of(case: Case) -> Receipt:
    """What an invoice of the order says when it is issued now."""
    return replace(_as_it_stands(case), kind=PaperKind.INVOICE, note=case.shop.paper_note)


def credit_of(invoice: Paper, amount: Decimal | None = None) -> Receipt:
    """What a credit note to an invoice says: of all that was invoiced, or of `amount` that was paid back."""
    said = replace(read(invoice.data), kind=PaperKind.CREDIT_NOTE, payments=())
    if amount is None:
        return said
    nothing = Decimal(0)
    title = said.lines[0].name if len(said.lines) == 1 else invoice.name
    return replace(
        said, lines=(ReceiptLine(title, "", 1, amount, nothing, amount),), subtotal=amount, shipping=nothing,
        discount=nothing, tax=nothing, total=amount, points=0, by_points=nothing,
    )  # fmt: skip


def _as_it_stands(case: Case) -> Receipt:
    particulars, shop = order(case), case.shop
    payments = Payment.objects.filter(case=case, state=State.CONFIRMED).order_by("at", "pk")
    return Receipt(
        case.language, shop.calendar, shop.timezone, shop.colour, _seller(shop), case.code, particulars.number,
        case.placed_at, case.currency,
        tuple(
            ReceiptLine(
                line.name, " · ".join(part for part in (line.variant, line.sku) if part), line.quantity, line.price,
                line.discount, line.total,
            )
            for line in lines(case)
        ),
        particulars.subtotal, particulars.shipping, particulars.discount_else, particulars.tax,
        case.amount or Decimal(0),
        tuple(
            ReceiptPayment(p.at, p.method, p.amount if p.direction == Direction.IN else -p.amount) for p in payments
        ),
        tuple(particulars.ship_to.lines_in(case.language)) or ((str(case.customer),) if case.customer else ()),
        tuple(particulars.bill_to.lines_in(case.language)) if particulars.billing_address else (),
        particulars.payment_method_name or particulars.payment_method, particulars.shipping_method,
        settings.TARTIB_URL.rstrip("/") + reverse("portal:tracking", args=[case.token]),
        tax_included=particulars.tax_included, points=particulars.points_spent if particulars.points_off else 0,
        by_points=particulars.paid_by_points,
    )  # fmt: skip


def _seller(shop: Shop) -> tuple[str, ...]:
    """Who sells: the name on the sign, in the register where it is another, and the tax number."""
    names = (shop.name, shop.legal_name if shop.legal_name != shop.name else "")
    return (*names, shop.tax_number, shop.address, shop.phone, shop.email)


def _in(language: str, said: Receipt) -> Receipt:
    """The paper for a reader of that language. A way of paying that Tartib knows is kept by its code and said here."""
    method = said.payment_method
    if method in PaymentMethod.values:
        with translation.override(language):
            method = str(PaymentMethod(str(method)).label)
    return replace(said, language=language, payment_method=method)
