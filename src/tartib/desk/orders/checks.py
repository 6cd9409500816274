"""What staff do about what is unusual: look at the order, ask for proof of identity, decide about it."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page
from tartib.risk import operations
from tartib.shops.access import May
from tartib.web import files
from tartib.web.toasts import toast


@require_POST
@staff(May.MOVE)
def clear(request: StaffRequest, code: str) -> HttpResponseBase:
    """Say that the order was looked at and is in order."""
    case = page.find(request, code)
    if operations.clear(case, request.actor, now=timezone.now()):
        toast(request, _("Noted: you have looked at the order and found it all right."))
    return redirect(page.address(request, case))


@require_POST
@staff(May.IDENTITY)
def ask(request: StaffRequest, code: str) -> HttpResponseBase:
    """Ask the customer for proof of identity."""
    case = page.find(request, code)
    operations.ask(case, request.actor, now=timezone.now())
    toast(request, _("The customer is asked for proof of identity."))
    return redirect(page.address(request, case))


@require_POST
@staff(May.IDENTITY)
def paper(request: StaffRequest, code: str) -> HttpResponseBase:
    """Open the proof. Not by GET: nothing may open it in advance, because each opening is on the timeline."""
    case = page.find(request, code)
    try:
        upload = operations.open_paper(case, request.actor, now=timezone.now())
    except operations.NotAsked as error:
        raise Http404 from error
    return files.answer(upload)


@require_POST
@staff(May.IDENTITY)
def decide(request: StaffRequest, code: str) -> HttpResponseBase:
    """Accept or decline the proof, which is then deleted."""
    case, accepted = page.find(request, code), request.POST.get("decision") == "accept"
    try:
        operations.decide(case, accepted, request.actor, now=timezone.now())
    except operations.NotAsked:
        toast(request, _("There is nothing to decide about any more: see the timeline."), level="warning")
    else:
        said = _("The proof is accepted and deleted.") if accepted else _("The proof is declined and deleted.")
        toast(request, said)
    return redirect(page.address(request, case))
