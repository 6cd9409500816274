"""The papers of an order for its customer, by the order's own link."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tartib.billing import operations, queries
from tartib.billing.assembling import paper_of, receipt_of
from tartib.billing.receipt import Receipt, pdf
from tartib.cases import queries as cases
from tartib.cases.models import Case
from tartib.portal.opening import find, language, private
from tartib.web import files


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt: how the order stands."""
    case = _case(token)
    return private(_pdf(receipt_of(case, language(request, case))))


@never_cache
@require_safe
def paper(request: HttpRequest, token: str, paper_id: int) -> HttpResponse:
    """A numbered paper of the order."""
    case = _case(token)
    found = queries.one(case.shop, paper_id)
    if found is None or found.case_id != case.pk:
        raise Http404
    return private(_pdf(paper_of(found, language(request, case))))


@never_cache
@require_safe
def pro_forma(request: HttpRequest, token: str) -> HttpResponse:
    """The pro-forma invoice. It is numbered when first asked for: the page needs no cookie for a form."""
    case = _case(token)
    issued = operations.pro_forma(case.shop, case.pk, now=timezone.now())
    return private(_pdf(paper_of(issued, language(request, case))))


@never_cache
@require_safe
def photo(_request: HttpRequest, token: str, photo: str, width: int) -> HttpResponse:
    """A picture the shop shows its customer of the work."""
    upload = cases.picture(_case(token), photo, shown_only=True)
    if upload is None:
        raise Http404
    return private(files.answer(upload, width))


def _pdf(said: Receipt) -> HttpResponse:
    return files.pdf(pdf(said), said.name)


def _case(token: str) -> Case:
    case = find(token)
    if case is None:
        raise Http404
    return case
