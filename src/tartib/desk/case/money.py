"""Acts with money on an order's page: sending it back, and taking it when the goods are handed over."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.desk.case import case_page
from tartib.desk.case.acts import again
from tartib.desk.case.refunding import RefundForm
from tartib.orders.queries import lines, order
from tartib.payments import operations, refunds
from tartib.payments.models import RefundState
from tartib.shops.access import May
from tartib.web.toasts import toast


@require_POST
@staff(May.PAYMENT)
def refund(request: StaffRequest, code: str) -> HttpResponseBase:
    """Send money back, in full or in part."""
    case = case_page.find(request, code)
    back = refunds.ways_back(case)
    form = RefundForm(request.POST, case=case, order=order(case), positions=list(lines(case)), back=back)
    if not form.is_valid():
        return again(request, case, "refund", 422, refund_form=form)
    wanted = form.asked()
    try:
        asked = refunds.refund(
            request.shop, case.pk, wanted.amount, request.actor, now=timezone.now(), pieces=wanted.pieces,
            note=form.cleaned_data["note"], key=form.cleaned_data["key"],
            payment_id=wanted.payment.pk if wanted.payment else None,
        )  # fmt: skip
    except refunds.TooMuch:
        form.add_error(None, _("No more can go back than is left of what was paid."))
        return again(request, case, "refund", 422, refund_form=form)
    except refunds.NotInParts:
        form.add_error(None, _("This gateway sends back only the whole of a payment."))
        return again(request, case, "refund", 422, refund_form=form)
    done = all(one.state == RefundState.CONFIRMED for one in asked)
    toast(request, _("The refund is recorded.") if done else _("The refund is asked of the gateway."))
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def receive(request: StaffRequest, code: str) -> HttpResponseBase:
    """The money was handed over with the goods."""
    case = case_page.find(request, code)
    particulars = order(case)
    method = particulars.payment_method_name or str(particulars.get_payment_method_display())
    try:
        operations.receive(request.shop, case.pk, request.actor, now=timezone.now(), method=method)
    except operations.NothingDue:
        toast(request, _("Nothing is due any more."), level="warning")
    else:
        toast(request, _("The money is recorded."))
    return redirect(case_page.address(request, case))
