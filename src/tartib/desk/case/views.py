"""The page of an order, and its receipt."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.case import case_page
from tartib.documents import receipt as receipts
from tartib.orders.queries import lines, order
from tartib.payments.models import Direction, Payment, State
from tartib.shops.models import LANGUAGE_NAMES


@require_safe
@staff()
def page(request: StaffRequest, code: str) -> HttpResponseBase:
    """The order: where it stands, what may be done, all that is known, all that happened."""
    case = case_page.find(request, code)
    return render(request, "desk/case/order.html", case_page.context(request, case, now=timezone.now()))


@require_safe
@staff()
def receipt(request: StaffRequest, code: str) -> HttpResponseBase:
    """The receipt for the printer (E6), in the customer's language or another."""
    case = case_page.find(request, code)
    language = _language(request, case)
    here = reverse("desk:order-receipt", args=[request.shop.slug, case.code])
    data = receipt_of(case, language)
    context = {
        "receipt": receipts.texts(data),
        # Made by segno from an address of ours alone.
        "qr": mark_safe(receipts.qr_svg(data.link)),  # noqa: S308
        "language": language,
        "languages": [(spoken, name, f"{here}?lang={spoken}") for spoken, name in LANGUAGE_NAMES.items()],
        "pdf_url": f"{reverse('desk:order-receipt-pdf', args=[request.shop.slug, case.code])}?lang={language}",
        "back_url": reverse("desk:order", args=[request.shop.slug, case.code]),
    }
    return render(request, "documents/receipt.html", context)


@require_safe
@staff()
def receipt_pdf(request: StaffRequest, code: str) -> HttpResponseBase:
    """The receipt as a PDF."""
    case = case_page.find(request, code)
    made = receipts.pdf(receipt_of(case, _language(request, case)))
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{case.code}.pdf"'
    return response


def receipt_of(case: Case, language: str) -> receipts.Receipt:
    """What the receipt of an order says."""
    particulars, shop = order(case), case.shop
    payments = Payment.objects.filter(case=case, state=State.CONFIRMED).order_by("at", "pk")
    with translation.override(language):
        method = particulars.payment_method_name or str(particulars.get_payment_method_display())
    return receipts.Receipt(
        language, shop.calendar, shop.timezone, shop.colour, (shop.name, shop.address, shop.phone, shop.email),
        case.code, particulars.number, case.placed_at, case.currency,
        tuple(
            receipts.ReceiptLine(
                line.name, " · ".join(part for part in (line.variant, line.sku) if part), line.quantity, line.price,
                line.discount, line.total,
            )
            for line in lines(case)
        ),
        particulars.subtotal, particulars.shipping, particulars.discount, particulars.tax, case.amount or Decimal(0),
        tuple(
            receipts.ReceiptPayment(p.at, p.method, p.amount if p.direction == Direction.IN else -p.amount)
            for p in payments
        ),
        tuple(particulars.ship_to.lines) or ((str(case.customer),) if case.customer else ()),
        tuple(particulars.bill_to.lines) if particulars.billing_address else (),
        method, particulars.shipping_method,
        settings.TARTIB_URL.rstrip("/") + reverse("portal:tracking", args=[case.token]),
    )  # fmt: skip


def _language(request: StaffRequest, case: Case) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGE_NAMES else case.language
