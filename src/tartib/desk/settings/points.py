"""The shop's rule for points: what gives them, what they are worth, who approves them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tartib.customers.points import set_rule
from tartib.customers.queries import points_rule
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.shops.access import May
from tartib.shops.models import Shop
from tartib.web.forms import Amount, Whole
from tartib.web.kept import Kept
from tartib.web.toasts import toast


class PointsForm(Kept):
    """The rule. Amounts are in the shop's currency."""

    active = forms.BooleanField(
        label=gettext_lazy("Customers get points"), required=False,
        help_text=gettext_lazy("What customers have stays theirs when you turn this off; nothing is earned or spent."),
    )  # fmt: skip
    points_each = Whole(label=gettext_lazy("Points"), least=1)
    amount_each = Amount(
        label=gettext_lazy("for each full amount of goods of"),
        help_text=gettext_lazy("After discounts, without delivery. They are given when the order is completed."),
    )
    by_staff = forms.BooleanField(
        label=gettext_lazy("Staff approve the points of each order"), required=False,
        help_text=gettext_lazy("Else they count at once when the order is completed."),
    )  # fmt: skip
    value = Amount(label=gettext_lazy("A point is worth"))
    least = Whole(label=gettext_lazy("Fewest points that can be spent at a time"), least=1)
    most_percent = Whole(
        label=gettext_lazy("Most percent of the goods that points can pay"), least=1, most=100,
        help_text=gettext_lazy("Delivery is always paid with money."),
    )  # fmt: skip
    months = Whole(
        label=gettext_lazy("Months after which unused points lapse"), least=1, most=120, required=False,
        help_text=gettext_lazy("Counted from when a customer last got or spent any. Empty: never."),
    )  # fmt: skip

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for name in ("amount_each", "value"):
            field = self.fields[name]
            assert isinstance(field, Amount)
            field.currency = shop.currency


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def points_page(request: StaffRequest) -> HttpResponseBase:
    """See and change the rule."""
    rule = points_rule(request.shop)
    initial = {name: getattr(rule, name) for name in PointsForm.base_fields}
    form = PointsForm(request.shop, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_rule(request.shop, **form.cleaned_data)
        except ValidationError as problem:
            form.refuse(problem)
        else:
            toast(request, _("The settings are saved. They hold for orders from now on."))
            return redirect("desk:settings-points", request.shop.slug)
    context = {"form": form, "tab": "points"}
    return render(request, "desk/settings/settings_points.html", context, status=422 if form.errors else 200)
