"""Money that came for no order, and the act that gives it to one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tartib.cases import queries as cases
from tartib.cases.filters import Filters
from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.money.payments import TABS
from tartib.orders import ORDER
from tartib.payments import queries, unmatched
from tartib.payments.balance import balances
from tartib.payments.operations import WrongCurrency
from tartib.payments.unmatched import UnmatchedPayment
from tartib.shops.access import May
from tartib.web.forms import number_of
from tartib.web.toasts import toast

OFFERED = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """An order that the money may be for, what is due of it, and whether that is just the money, or cannot be it."""

    case: Case
    due: Decimal
    same: bool
    foreign: bool


@require_GET
@staff(May.PAYMENT)
def unmatched_list(request: StaffRequest) -> HttpResponseBase:
    """The money that has no order."""
    context = {
        "payments": unmatched.unmatched_payments(request.shop),
        "counts": queries.waiting(request.shop),
        "tabs": TABS.items(),
    }
    return render(request, "desk/money/unmatched.html", context)


@require_http_methods(["GET", "POST"])
@staff(May.PAYMENT)
def assign(request: StaffRequest, source: str, pk: int) -> HttpResponseBase:
    """Find the order that the money is for, and record it there."""
    try:
        payment = unmatched.unmatched_payment(request.shop, source, pk)
        if request.method == "POST":
            return _assign(request, payment)
    except ObjectDoesNotExist as unknown:
        raise Http404 from unknown
    except unmatched.Gone:
        toast(request, _("This money has been given to an order already."), level="warning")
        return redirect("desk:unmatched-payments", request.shop.slug)
    text = request.GET.get("q", "").strip()[:80]
    context = {"payment": payment, "text": text, "choices": _choices(request, payment, text)}
    return render(request, "desk/money/assign.html", context)


def _assign(request: StaffRequest, payment: UnmatchedPayment) -> HttpResponseBase:
    case_id = number_of(request.POST.get("case", ""))
    here = redirect(reverse("desk:unmatched-payment", args=[request.shop.slug, payment.source, payment.pk]))
    if not case_id:
        toast(request, _("Choose the order it is for."), level="error")
        return here
    try:
        recorded = unmatched.assign(
            request.shop, payment.source, payment.pk, case_id, request.actor, now=timezone.now(),
            even_so="even_so" in request.POST,
        )  # fmt: skip
    except WrongCurrency:
        toast(request, _("The order is in another currency. Send the money back at the gateway."), level="error")
        return here
    except unmatched.OtherAmount:
        toast(request, _("What is due of the order has changed. Please look once more."), level="warning")
        return here
    toast(request, _("The money is recorded for the order, which follows."))
    return redirect("desk:order", request.shop.slug, recorded.case.code)


def _choices(request: StaffRequest, payment: UnmatchedPayment, text: str) -> list[Choice]:
    """What was searched for; else the orders of just that amount, the one it was for first known by its customer."""
    filters = Filters(text=text) if text else Filters(amount_from=payment.amount, amount_to=payment.amount)
    found = cases.case_page(request.shop, ORDER, filters, now=timezone.now(), size=OFFERED).cases
    owed = {case_id: stands.due for case_id, stands in balances(found).items()}
    choices = [
        Choice(
            case,
            owed[case.pk],
            owed[case.pk] == payment.amount and case.currency == payment.currency,
            case.currency != payment.currency,
        )
        for case in found
    ]
    return sorted(choices, key=lambda choice: (not choice.same, choice.foreign))
