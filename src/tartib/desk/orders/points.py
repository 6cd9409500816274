"""The points of an order, and of its customer, on the order's page: approved or not, corrected with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from tartib.cases.models import Case
from tartib.customers import points as ledger
from tartib.customers.queries import Points, person, points_rule
from tartib.customers.queries import points as points_of_person
from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page
from tartib.orders import operations as orders
from tartib.orders.models import Order
from tartib.orders.operations import Processing
from tartib.orders.queries import PointsOf, points_of
from tartib.shops.access import May
from tartib.web.forms import Dressed, Whole
from tartib.web.toasts import toast


class Correction(Dressed):
    """So many points more or fewer for a customer, and why. `key` makes a form that is sent twice one correction."""

    prefix = "points"
    way = forms.ChoiceField(
        label=gettext_lazy("What to do"), choices=[(1, gettext_lazy("Give")), (-1, gettext_lazy("Take away"))]
    )
    points = Whole(label=gettext_lazy("Points"), least=1)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=250, widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=gettext_lazy("The customer sees it."),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


@dataclass(frozen=True, slots=True)
class OnPage:
    """What the page shows of points. `used` says whether there is anything to show."""

    order: PointsOf
    person: Points
    form: Correction
    used: bool


def of(case: Case, order: Order) -> OnPage:
    """The points of an order and of who placed it."""
    theirs = points_of_person(person(case.customer)) if case.customer else Points()
    moved = points_of(order)
    used = bool(order.points or order.points_spent or theirs != Points()) or points_rule(case.shop).active
    return OnPage(moved, theirs, Correction(), used)


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
