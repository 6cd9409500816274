"""What the papers of an order say, gathered from the order, its payments and its shop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tartib.billing.models import Paper, PaperSettings
from tartib.billing.receipt import PaperKind, Receipt, ReceiptLine, ReceiptPayment, read_receipt
from tartib.cases.models import Case
from tartib.l10n import money, names
from tartib.orders.models import Line, Order, PaymentMethod
from tartib.orders.queries import lines, order
from tartib.orders.shares import Share, shares, together
from tartib.payments import refunds
from tartib.payments.balance import balance, let_off
from tartib.payments.hooks import DELIVERY
from tartib.payments.models import Direction, Payment, Refund, RefundState, State
from tartib.shops.models import Shop

_NOTHING = Decimal(0)


def receipt_of(case: Case, language: str) -> Receipt:
    """The receipt of an order (E6): how it stands now."""
    return _in(language, _as_it_stands(case, language, PaperSettings.of(case.shop)))


def paper_of(paper: Paper, language: str) -> Receipt:
    """What a numbered paper says in that language. A pro-forma invoice says what the order is now."""
    if paper.data:
        said = read_receipt(paper.data)
    else:
        assert paper.case is not None
        own = PaperSettings.of(paper.shop)
        said = replace(
            _as_it_stands(paper.case, language, own), kind=PaperKind.PRO_FORMA, payments=(), note=own.paper_note
        )
    corrects = paper.corrects.name if paper.corrects else ""
    return _in(language, replace(said, paper=paper.name, issued_at=paper.issued_at, corrects=corrects))


def invoice_of(case: Case) -> Receipt:
    """What an invoice of the order says when it is issued now. What came back is not its business: credit notes are."""
    own = PaperSettings.of(case.shop)
    said = _as_it_stands(case, case.language, own)
    lines = tuple(replace(line, returned=0) for line in said.lines)
    credited = said.credited - let_off(case)
    return replace(said, lines=lines, kind=PaperKind.INVOICE, note=own.paper_note, credited=credited)


def credit_of(invoice: Paper, amount: Decimal, refund: Refund | None = None) -> Receipt:
    """What a credit note over `amount` to an invoice says: the products that came back for it, and what else it is for.

    `refund` is what was sent back, where that is known. Of tax it names what is in the amount: that of the pieces and
    of the delivery, by their own rates, and of what is neither the share of what is left on the invoice. Where one act
    sends back money of several payments, each has its note: the first names the products, those after it are the rest
    of it, and their tax together is that of the whole.
    """
    invoiced = read_receipt(invoice.data)
    said = replace(invoiced, kind=PaperKind.CREDIT_NOTE, payments=(), credited=_NOTHING)
    if amount == said.total:
        return said
    former = _of_same_act(invoice, refund)
    before = _together(former)
    left = _left(invoice, invoiced)
    rows, tax = _for(invoice, amount + before.cost, refund, left + before, said.language)
    if former:
        with translation.override(said.language):
            title = _("Rest of credit note %(number)s") % {"number": former[0].name}
        rows = [ReceiptLine(title, invoice.name, 1, amount, _NOTHING, amount)]
    return replace(
        said, lines=tuple(rows), subtotal=amount, shipping=_NOTHING, discount=_NOTHING,
        tax=min(left.tax, max(_NOTHING, tax - before.tax)), tax_included=True, total=amount, points=0,
        by_points=_NOTHING,
    )  # fmt: skip


def _for(
    invoice: Paper, amount: Decimal, refund: Refund | None, left: Share, language: str
) -> tuple[list[ReceiptLine], Decimal]:
    """The rows of a credit note over an amount, and the tax in it; `left` is what was left on the invoice."""
    rows, named = _returned(invoice, amount, refund)
    rest = amount - sum((row.total for row in rows), _NOTHING)
    if rest:
        with translation.override(language):
            title = _("Delivery and other costs") if rows or named.cost else _("Reduction of the price")
        rows.append(ReceiptLine(title, invoice.name, 1, rest, _NOTHING, rest))
    others = (left - named).part(amount - named.cost, left.cost - named.cost, invoice.currency)
    return rows, min(left.tax, named.tax + max(_NOTHING, others.tax))


def _left(invoice: Paper, said: Receipt) -> Share:
    """What of an invoice no credit note has taken back."""
    whole = Share(said.total, said.tax).part(invoice.amount, said.total, said.currency)
    return whole - _together(invoice.corrections.all())


def _together(notes: Iterable[Paper]) -> Share:
    """What credit notes come to."""
    said = [read_receipt(note.data) for note in notes]
    return together(Share(note.total, note.tax) for note in said)


def _of_same_act(invoice: Paper, refund: Refund | None) -> list[Paper]:
    """The credit notes to an invoice for what the act of a refund has sent back so far, the first of them first."""
    if refund is None:
        return []
    begun = refunds.acts(refund.case_id)
    notes = invoice.corrections.filter(payment__isnull=False).select_related("payment").order_by("pk")
    first = {note: begun.get(refunds.key_of(note.payment)) for note in notes if note.payment is not None}
    return [note for note in notes if first[note] == begun[refund.key]]


def _returned(invoice: Paper, amount: Decimal, refund: Refund | None) -> tuple[list[ReceiptLine], Share]:
    """The products that came back, each with what it cost, and what they and the delivery come to with their tax.

    It is less, in proportion, where less than that went back.
    """
    if invoice.case is None or refund is None:
        return [], Share()
    first = refunds.acts(refund.case_id)[refund.key]
    # Of an act that took money of several payments, the pieces come back with its first refund, which may come late.
    arrived = first == refund or first.denied or first.state == RefundState.CONFIRMED
    known = {line.pk: line for line in lines(invoice.case)}
    parts = shares(order(invoice.case), list(known.values()))
    given = [(known[pk], count) for pk, count, _shelved in first.pieces if pk in known]
    costs = [
        parts.pieces(line, count, max(0, line.came_back - count) if arrived else line.came_back)
        for line, count in given
    ]
    goods = together(costs)
    delivery = any(pk == DELIVERY for pk, _count, _shelved in first.pieces)
    whole = goods + parts.delivery if delivery else goods
    left, uncounted = min(amount, goods.cost), goods.cost
    rows = []
    for (line, count), cost in zip(given, costs, strict=True):
        part = money.rounded(left * cost.cost / uncounted, invoice.currency) if uncounted else _NOTHING
        left, uncounted = left - part, uncounted - cost.cost
        price = money.rounded(part / count, invoice.currency)
        rows.append(ReceiptLine(line.name, _detail(line), count, price, _NOTHING, part))
    return rows, whole.part(min(amount, whole.cost), whole.cost, invoice.currency)


def _detail(line: Line) -> str:
    return " · ".join(part for part in (names.in_one_piece(line.variant), line.sku) if part)


def _as_it_stands(case: Case, language: str, own: PaperSettings) -> Receipt:
    """What a paper says of the order now; the ways it was paid are called as readers of that language know them."""
    particulars, shop, stands = order(case), case.shop, balance(case)
    confirmed = Payment.objects.filter(case=case, state=State.CONFIRMED).select_related("attempt__account")
    payments = list(confirmed.order_by("at", "pk"))
    return Receipt(
        case.language, shop.calendar, shop.timezone, shop.colour, _seller(shop, own), case.code, particulars.number,
        case.placed_at, case.currency,
        tuple(
            ReceiptLine(
                line.name, _detail(line), line.quantity, line.price, line.discount, line.total, line.came_back,
            )
            for line in lines(case)
        ),
        particulars.subtotal, particulars.shipping, particulars.discount_else, particulars.tax,
        case.amount or Decimal(0),
        tuple(
            ReceiptPayment(p.at, p.paid_by(language), p.amount if p.direction == Direction.IN else -p.amount)
            for p in payments
        ),
        tuple(particulars.ship_to.lines_in(case.language)) or ((str(case.customer),) if case.customer else ()),
        tuple(particulars.bill_to.lines_in(case.language)) if particulars.billing_address else (),
        _way_to_pay(particulars, payments, language), particulars.shipping_method,
        settings.TARTIB_URL.rstrip("/") + reverse("portal:tracking", args=[case.token]),
        tax_included=particulars.tax_included, points=particulars.points_spent if particulars.points_off else 0,
        by_points=particulars.paid_by_points, credited=stands.credited, ended=stands.ended, country=shop.country,
    )  # fmt: skip


def _way_to_pay(particulars: Order, payments: Sequence[Payment], language: str) -> str:
    """What the order says of how it is paid; where that is nothing, how it was: who took it elsewhere may not know."""
    if particulars.payment_method_name or particulars.payment_method != PaymentMethod.OTHER:
        return particulars.payment_method_name or particulars.payment_method
    paid_by = dict.fromkeys(payment.paid_by(language) for payment in payments if payment.direction == Direction.IN)
    return ", ".join(filter(None, paid_by)) or PaymentMethod.OTHER.value


def _seller(shop: Shop, own: PaperSettings) -> tuple[str, ...]:
    """Who sells: the name on the sign, in the register where it is another, and the tax number."""
    names = (shop.name, own.legal_name if own.legal_name != shop.name else "")
    return (*names, own.tax_number, shop.address, shop.phone, shop.email)


def _in(language: str, said: Receipt) -> Receipt:
    """The paper for a reader of that language. A way of paying that Tartib knows is kept by its code and said here."""
    method = said.payment_method
    if method in PaymentMethod.values:
        with translation.override(language):
            method = str(PaymentMethod(str(method)).label)
    return replace(said, language=language, payment_method=method)
