"""What a shop does once before it works: each step says whether it is done, and leads there. A step more is a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tartib.desk.access import StaffRequest, staff
from tartib.notify import service
from tartib.notify.queries import unreached
from tartib.shops import operations
from tartib.shops.access import May
from tartib.shops.models import Shop
from tartib.web.toasts import toast


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is for, whether a shop has taken it, and the page of the desk on which it is."""

    icon: str
    title: str | Promise
    text: str | Promise
    done: Callable[[Shop], bool]
    page: str
    act: str | Promise


STEPS = (
    Step(
        "mail",
        gettext_lazy("An e-mail address of the shop"),
        gettext_lazy("Customers’ answers come there, and so does the notice of each new order."),
        lambda shop: bool(shop.email),
        "desk:settings",
        gettext_lazy("Enter the address"),
    ),
    Step(
        "message",
        gettext_lazy("An SMS service"),
        gettext_lazy(
            "Customers who give only a phone number are told by SMS what others read in e-mails. Without a service they"
            " are told nothing. You need a contract with one of the providers, and its key."
        ),
        lambda shop: service.of(shop) is not None,
        "desk:settings-sms",
        gettext_lazy("Choose an SMS service"),
    ),
)


@require_safe
@staff(May.SETTINGS)
def steps_left(request: StaffRequest) -> HttpResponseBase:
    """The steps, with what is done."""
    steps = [(step, step.done(request.shop)) for step in STEPS]
    context = {
        "steps": steps, "open": sum(not done for _step, done in steps), "unreached": unreached(request.shop),
        "tab": "steps",
    }  # fmt: skip
    return render(request, "desk/settings/first_steps.html", context)


@require_safe
@staff(May.SETTINGS)
def count(request: StaffRequest) -> HttpResponse:
    """How many steps are left, for the side bar."""
    left = sum(not step.done(request.shop) for step in STEPS)
    return render(request, "desk/attention/count.html", {"count": left})


@require_POST
@staff(May.SETTINGS)
def put_away(request: StaffRequest) -> HttpResponseBase:
    """Take them out of the menu; they stay among the settings."""
    operations.change_shop(request.shop, first_steps=False)
    toast(request, _("The first steps are out of the menu. You find them under Settings."))
    return redirect("desk:first-steps", request.shop.slug)
