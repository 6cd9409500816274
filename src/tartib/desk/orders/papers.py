"""The papers of an order: its receipt, and the numbered ones that were issued."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from tartib.billing import operations, queries
from tartib.billing import receipt as documents
from tartib.billing.assembling import paper_of, receipt_of
from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page
from tartib.shops.access import May
from tartib.shops.models import LANGUAGE_NAMES
from tartib.web import files


@require_safe
@staff()
def receipt(request: StaffRequest, code: str) -> HttpResponseBase:
    """The receipt for the printer (E6), in the customer's language or another."""
    case = page.find(request, code)
    here, file = _addresses(request, "order-receipt", case.code)
    return _sheet(request, case, receipt_of(case, _language(request, case)), here, file)


@require_safe
@staff()
def receipt_pdf(request: StaffRequest, code: str) -> HttpResponseBase:
    """The receipt as a PDF."""
    case = page.find(request, code)
    return _pdf(receipt_of(case, _language(request, case)))


@require_safe
@staff()
def paper(request: StaffRequest, code: str, paper_id: int) -> HttpResponseBase:
    """A numbered paper for the printer."""
    case = page.find(request, code)
    here, file = _addresses(request, "order-paper", case.code, paper_id)
    return _sheet(request, case, _said(request, case, paper_id), here, file)


@require_safe
@staff()
def paper_pdf(request: StaffRequest, code: str, paper_id: int) -> HttpResponseBase:
    """A numbered paper as a PDF."""
    return _pdf(_said(request, page.find(request, code), paper_id))


@require_POST
@staff(May.PAYMENT)
def issue_pro_forma(request: StaffRequest, code: str) -> HttpResponseBase:
    """Issue the pro-forma invoice, or find the one there is, and show it."""
    issued = operations.pro_forma(request.shop, page.find(request, code).pk, now=timezone.now())
    return redirect("desk:order-paper", request.shop.slug, code, issued.pk)


@require_POST
@staff(May.PAYMENT)
def issue_invoice(request: StaffRequest, code: str) -> HttpResponseBase:
    """Issue an invoice that says what the order says now, and show it."""
    case = page.find(request, code)
    issued = operations.invoice(request.shop, case.pk, request.actor, now=timezone.now())
    return redirect("desk:order-paper", request.shop.slug, code, issued.pk)


def _said(request: StaffRequest, case: Case, paper_id: int) -> documents.Receipt:
    found = queries.one(request.shop, paper_id)
    if found is None or found.case_id != case.pk:
        raise Http404
    return paper_of(found, _language(request, case))


def _pdf(said: documents.Receipt) -> HttpResponse:
    return files.pdf(documents.pdf(said), said.name)


def _addresses(request: StaffRequest, name: str, *args: object) -> tuple[str, str]:
    """Where a paper is as a page, and where as a file."""
    where = [request.shop.slug, *args]
    return reverse(f"desk:{name}", args=where), reverse(f"desk:{name}-pdf", args=where)


def _sheet(request: StaffRequest, case: Case, said: documents.Receipt, here: str, file: str) -> HttpResponse:
    context = {
        "receipt": documents.texts(said),
        # Made by segno from an address of ours alone.
        "qr": mark_safe(documents.qr_svg(said.link)),  # noqa: S308
        "language": said.language,
        "languages": [(spoken, name, f"{here}?lang={spoken}") for spoken, name in LANGUAGE_NAMES.items()],
        "pdf_url": f"{file}?lang={said.language}",
        "back_url": reverse("desk:order", args=[request.shop.slug, case.code]),
    }
    return render(request, "billing/receipt.html", context)


def _language(request: StaffRequest, case: Case) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGE_NAMES else case.language
