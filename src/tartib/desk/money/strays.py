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
from tartib.desk.shopkeeping.forms import number_of
from tartib.orders import ORDER
from tartib.payments import assigning, queries
from tartib.payments.assigning import Stray
from tartib.payments.balance import balances
from tartib.payments.operations import WrongCurrency
from tartib.shops.access import May
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
def index(request: StaffRequest) -> HttpResponseBase:
    """The money that has no order."""
    context = {
        "strays": assigning.strays(request.shop), "counts": queries.waiting(request.shop), "tabs": TABS.items(),
    }  # fmt: skip
    return render(request, "desk/money/strays.html", context)


@require_http_methods(["GET", "POST"])
@staff(May.PAYMENT)
def assign(request: StaffRequest, source: str, pk: int) -> HttpResponseBase:
    """Find the order that the money is for, and record it there."""
    try:
        stray = assigning.stray(request.shop, source, pk)
        if request.method == "POST":
            return _assign(request, stray)
    except ObjectDoesNotExist as unknown:
        raise Http404 from unknown
    except assigning.Gone:
        toast(request, _("This money has been given to an order already."), level="warning")
        return redirect("desk:strays", request.shop.slug)
    text = request.GET.get("q", "").strip()[:80]
    context = {"stray": stray, "text": text, "choices": _choices(request, stray, text)}
    return render(request, "desk/money/assign.html", context)


def _assign(request: StaffRequest, stray: Stray) -> HttpResponseBase:
    case_id = number_of(request.POST.get("case", ""))
    here = redirect(reverse("desk:stray", args=[request.shop.slug, stray.source, stray.pk]))
    if not case_id:
        toast(request, _("Choose the order it is for."), level="error")
        return here
    try:
        payment = assigning.assign(
            request.shop, stray.source, stray.pk, case_id, request.actor, now=timezone.now(),
            even_so="even_so" in request.POST,
        )  # fmt: skip
    except WrongCurrency:
        toast(request, _("The order is in another currency. Send the money back at the gateway."), level="error")
        return here
    except assigning.OtherAmount:
        toast(request, _("What is due of the order has changed. Please look once more."), level="warning")
        return here
    toast(request, _("The money is recorded for the order, which follows."))
    return redirect("desk:order", request.shop.slug, payment.case.code)


def _choices(request: StaffRequest, stray: Stray, text: str) -> list[Choice]:
    """What was searched for; else the orders of just that amount, the one it was for first known by its customer."""
    filters = Filters(text=text) if text else Filters(amount_from=stray.amount, amount_to=stray.amount)
    found = cases.page(request.shop, ORDER, filters, now=timezone.now(), size=OFFERED).cases
    owed = {case_id: stands.due for case_id, stands in balances(found).items()}
    choices = [
        Choice(
            case,
            owed[case.pk],
            owed[case.pk] == stray.amount and case.currency == stray.currency,
            case.currency != stray.currency,
        )
        for case in found
    ]
    return sorted(choices, key=lambda choice: (not choice.same, choice.foreign))
