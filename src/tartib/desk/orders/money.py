"""Acts with money on an order's page: sending it back, and taking it when the goods are handed over."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page
from tartib.desk.orders.acts import again
from tartib.desk.orders.refunding import RefundForm, money_of
from tartib.l10n import money
from tartib.orders import returning
from tartib.orders.queries import lines, order, out
from tartib.payments import operations, refunds
from tartib.payments.models import Refund, RefundState
from tartib.payments.ways_back import ways_back
from tartib.shops.access import May
from tartib.web import audience
from tartib.web.toasts import toast


@require_POST
@staff(May.PAYMENT)
def refund(request: StaffRequest, code: str) -> HttpResponseBase:
    """Send money back and take goods back: first what it comes to is shown, then just that is carried out."""
    case = page.find(request, code)
    particulars, positions = order(case), list(lines(case))
    form = RefundForm(
        request.POST, case=case, order=particulars, positions=positions, back=ways_back(case),
        still=out(particulars, positions),
    )  # fmt: skip
    if not form.is_valid():
        return _refund_form(request, case, form)
    seen, only_shown = form.cleaned_data["seen"], "shows" in request.POST or not form.cleaned_data["seen"]
    try:
        if only_shown:
            return _refund_form(request, case, form, returning.plan(case, form.wish))
        planned, asked = returning.give_back(
            request.shop, case.pk, form.wish, request.actor, now=timezone.now(), seen=seen,
            words=form.cleaned_data["note"], key=form.cleaned_data["key"],
        )  # fmt: skip
    except returning.Changed as changed:
        return _refund_form(request, case, form, changed.plan)
    except returning.Contradiction as contradiction:
        form.add_error(None, contradiction.why)
    except operations.TooMuch:
        form.add_error(None, _("No more can go back than is left of what was paid."))
    except refunds.NotInParts:
        form.add_error(None, _("This gateway sends back only the whole of a payment."))
    else:
        toast(request, _said(planned, asked))
        return redirect(page.address(request, case))
    return _refund_form(request, case, form)


def _refund_form(
    request: StaffRequest, case: Case, form: RefundForm, plan: returning.Plan | None = None
) -> HttpResponseBase:
    """The form with what it comes to, or with what is the matter; of an open page only that part."""
    if request.headers.get("HX-Request"):
        context = {"refund_form": form, "refund_plan": plan, "case": case, "money": money_of(case)}
        return render(request, "desk/orders/refund_sum.html", context)
    return again(request, case, "refund", 200 if plan else 422, refund_form=form, refund_plan=plan)


def _said(plan: returning.Plan, asked: list[Refund]) -> str:
    if not asked:
        return _("The goods are taken back.")
    sent = {"amount": money.show(plan.amount, plan.currency, audience.current().tag)}
    if all(one.state == RefundState.CONFIRMED for one in asked):
        return _("Recorded: %(amount)s sent back.") % sent
    return _("The gateway is sending %(amount)s back.") % sent


@require_POST
@staff(May.PAYMENT)
def receive(request: StaffRequest, code: str) -> HttpResponseBase:
    """The money was handed over with the goods."""
    case = page.find(request, code)
    particulars = order(case)
    method = particulars.payment_method_name or str(particulars.get_payment_method_display())
    try:
        operations.settle_on_delivery(request.shop, case.pk, request.actor, now=timezone.now(), method=method)
    except operations.NothingDue:
        toast(request, _("Nothing is due any more."), level="warning")
    else:
        toast(request, _("The money is recorded."))
    return redirect(page.address(request, case))
