"""What a customer asked to cancel or to return, on the order's page: shown at its top, answered in one act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page
from tartib.desk.orders.acts import again, told
from tartib.l10n import digits
from tartib.orders import requesting
from tartib.orders.operations import Refused
from tartib.orders.requests import CustomerRequest, RequestKind, RequestPhoto
from tartib.shops.access import May
from tartib.web.files import answer
from tartib.web.toasts import toast


@require_POST
@staff(May.MOVE)
def approve(request: StaffRequest, code: str, request_id: int) -> HttpResponseBase:
    """Agree to it, or to a part; where money is to go back, the form for that is open with it then."""
    case = page.find(request, code)
    agreed, words = _agreed(request.POST), _words(request)
    try:
        asked, outcome = requesting.approve(
            request.shop, case.pk, request_id, agreed, words, request.actor, now=timezone.now()
        )
    except requesting.NotPossible as refused:
        return again(request, case, "request", 422, request_problem=refused.why, request_words=words)
    except Refused as refused:
        return again(request, case, "request", 422, refusal=refused.refusal, request_words=words)
    except requesting.Answered:
        return _over(request, case)
    if outcome is None:
        toast(request, _("Agreed. The customer is told."))
    else:
        told(request, case, outcome)
    cancelled = asked.kind == RequestKind.CANCEL
    return redirect(_address(request, case, asked) if cancelled else page.address(request, case))


@require_POST
@staff(May.MOVE)
def decline(request: StaffRequest, code: str, request_id: int) -> HttpResponseBase:
    """Say no, and why: the customer reads the words."""
    case, words = page.find(request, code), _words(request)
    if not words:
        problem = _("Say why: the customer reads it.")
        return again(request, case, "request", 422, request_problem=problem)
    try:
        requesting.decline(request.shop, case.pk, request_id, words, request.actor, now=timezone.now())
    except requesting.Answered:
        return _over(request, case)
    toast(request, _("Declined. The customer is told why."))
    return redirect(page.address(request, case))


@require_POST
@staff(May.MOVE)
def arrive(request: StaffRequest, code: str, request_id: int) -> HttpResponseBase:
    """The goods are back; next the form that sends their money is open with them."""
    case = page.find(request, code)
    try:
        asked = requesting.arrived(request.shop, case.pk, request_id, request.actor, now=timezone.now())
    except requesting.Answered:
        return _over(request, case)
    toast(request, _("The goods are back. The customer is told; now send the money."))
    return redirect(_address(request, case, asked))


@require_safe
@staff()
def photo(request: StaffRequest, code: str, token: str, width: int) -> HttpResponseBase:
    """A photo that the customer gave, for everybody who works here."""
    given = RequestPhoto.objects.filter(request__case=page.find(request, code), upload__token=token)
    found = given.select_related("upload").first()
    if found is None:
        raise Http404
    return answer(found.upload, width)


def _agreed(given: Mapping[str, Any]) -> dict[int, int]:
    """The pieces agreed to by line, as they were typed; what is no number is none."""
    agreed = {}
    for name, text in given.items():
        line, plain = name.removeprefix("agreed_"), digits.latin(str(text)).strip()
        if name.startswith("agreed_") and line.isdecimal() and len(line) < 19 and plain.isdecimal() and len(plain) < 10:
            agreed[int(line)] = int(plain)
    return agreed


def _words(request: StaffRequest) -> str:
    return request.POST.get("words", "").strip()[: requesting.LONGEST_WORDS]


def _over(request: StaffRequest, case: Case) -> HttpResponseBase:
    toast(request, _("This request was answered or taken back already."), level="warning")
    return redirect(page.address(request, case))


def _address(request: StaffRequest, case: Case, asked: CustomerRequest) -> str:
    """The order's page with the form that sends money back, filled in for what was agreed."""
    there = page.address(request, case)
    return f"{there}{'&' if '?' in there else '?'}refund={asked.pk}"
