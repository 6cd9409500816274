"""The points of an order, and of its customer, as the order's page shows them, with the form that corrects them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from tartib.cases.models import Case
from tartib.customers.queries import Points, person, points_rule
from tartib.customers.queries import points as points_of_person
from tartib.orders.models import Order
from tartib.orders.queries import PointsOf, points_of
from tartib.web.forms import Dressed, Whole


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
