"""What is done with the points of an order and of its customer: approved or not, corrected with a reason."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tartib.customers import points as ledger
from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page
from tartib.desk.orders.points import Correction
from tartib.orders import operations as orders
from tartib.orders.operations import Processing
from tartib.shops.access import May
from tartib.web.toasts import toast


@require_POST
@staff(May.EDIT)
def decide(request: StaffRequest, code: str) -> HttpResponseBase:
    """Approve the points of an order, or give none."""
    case = page.find(request, code)
    approved = request.POST.get("act") == "approve"
    form = Processing(points_approved=True) if approved else Processing(points=0)
    orders.process(request.shop, case.pk, form, request.actor, now=timezone.now())
    toast(request, _("The points are approved.") if approved else _("This order gives no points."))
    return redirect(page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def correct(request: StaffRequest, code: str) -> HttpResponseBase:
    """Give the customer points or take some away."""
    case, form = page.find(request, code), Correction(request.POST)
    if case.customer is None or not form.is_valid():
        said = [str(error) for errors in form.errors.values() for error in errors]
        toast(request, " ".join(said) or _("No customer is known."), level="error")
        return redirect(page.address(request, case))
    given = form.cleaned_data
    try:
        ledger.correct(
            request.shop, case.customer, int(given["way"]) * given["points"], given["reason"], request.actor.name,
            key=str(given["key"]), now=timezone.now(), case_id=None,
        )  # fmt: skip
    except ledger.TooFew as few:
        short = ngettext(
            "The customer has only %(points)d point.", "The customer has only %(points)d points.", few.there
        )
        toast(request, short % {"points": few.there}, level="error")
    else:
        toast(request, _("The points are corrected."))
    return redirect(page.address(request, case))
