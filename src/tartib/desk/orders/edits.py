"""Correcting an order: whom it is for, what is in it; and deleting one that should not be."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.cases import operations as cases
from tartib.cases.models import OWING, Case
from tartib.catalog import queries as catalogue
from tartib.desk.access import StaffRequest, staff
from tartib.desk.cases.acts import seen_version
from tartib.desk.orders import forms, line_forms, page
from tartib.desk.orders.acts import again, stale_page
from tartib.desk.orders.refunding import shown
from tartib.orders import changing
from tartib.orders import operations as orders
from tartib.orders.editing import LineEdit, NotEditable
from tartib.orders.holding import NotEnough
from tartib.orders.queries import order
from tartib.payments.balance import Balance
from tartib.payments.refunds import NotInParts
from tartib.shops.access import May
from tartib.web.postal import AGAIN
from tartib.web.toasts import toast

SUGGESTED = 8


@require_POST
@staff(May.EDIT)
def people(request: StaffRequest, code: str) -> HttpResponseBase:
    """Correct the customer, the addresses and the language. `again` asks for the fields of another country."""
    case = page.find(request, code)
    if AGAIN in request.POST:
        form = forms.People(case=case, order=order(case), written=request.POST.dict())
        return again(request, case, "people", 200, people_form=form)
    form = forms.People(request.POST, case=case, order=order(case))
    if not form.is_valid():
        return again(request, case, "people", 422, people_form=form)
    try:
        orders.edit(
            request.shop, case.pk, request.actor, now=timezone.now(), version=seen_version(request),
            customer={name: form.cleaned_data[name] for name in ("name", "email", "phone")},
            ship_to=form.address("ship"), bill_to=form.address("bill"), language=form.cleaned_data["language"],
            tell=form.cleaned_data["tell"] and case.closed_at is None,
        )  # fmt: skip
    except cases.Stale as stale:
        return stale_page(request, stale.case, "people")
    toast(request, _("Saved."))
    return redirect(page.address(request, case))


@require_POST
@staff(May.EDIT)
def lines(request: StaffRequest, code: str) -> HttpResponseBase:
    """Change what is in an order and what it costs; stock, money and papers follow, and the customer is told."""
    case = page.find(request, code)
    rows = line_forms.line_rows(request.POST, case.currency)
    costs, after = line_forms.Costs(request.POST, currency=case.currency), line_forms.LinesAfter(request.POST)
    drafts = read_edits(rows)
    in_use: dict[str, Any] = {"line_rows": rows, "costs_form": costs, "lines_form": after}
    if drafts is None or not costs.is_valid() or not after.is_valid():
        return again(request, case, "lines", 422, **in_use)
    try:
        stands = changing.change(
            request.shop, case.pk, drafts, costs.costs(order(case)), request.actor, now=timezone.now(),
            version=seen_version(request), send_back=after.cleaned_data["send_back"], tell=after.cleaned_data["tell"],
        )  # fmt: skip
    except cases.Stale as stale:
        return stale_page(request, stale.case, "lines")
    except NotEnough as problem:
        short = {"product": problem.short.product, "available": problem.short.available}
        said = _("Of %(product)s there are %(available)s pieces; the order has to keep within that.") % short
        return again(request, case, "lines", 422, lines_problem=said, **in_use)
    except NotEditable as reason:
        return again(request, case, "lines", 422, lines_problem=reason.why, **in_use)
    except NotInParts:
        said = _("This gateway sends back only the whole of a payment. Leave the difference for now.")
        return again(request, case, "lines", 422, lines_problem=said, **in_use)
    toast(request, _changed(case, stands))
    return redirect(page.address(request, case))


def _changed(case: Case, stands: Balance) -> str:
    """What the change came to, for whoever made it."""
    if stands.due and case.payment not in OWING:
        return _("Saved. Still to be paid: %(amount)s.") % {"amount": shown(stands.due, case.currency)}
    if stands.surplus:
        return _("Saved. Paid too much now: %(amount)s.") % {"amount": shown(stands.surplus, case.currency)}
    return _("Saved.")


@require_POST
@staff(May.DELETE)
def delete(request: StaffRequest, code: str) -> HttpResponseBase:
    """Delete an order; its timeline stays as proof."""
    case, form = page.find(request, code), forms.Deletion(request.POST)
    if not form.is_valid():
        return again(request, case, "delete", 422, delete_form=form)
    cases.delete(request.shop, [case.pk], request.actor, reason=form.cleaned_data["reason"], now=timezone.now())
    toast(request, _("Order %(code)s is deleted. Its timeline is kept.") % {"code": case.code})
    return redirect("desk:orders", request.shop.slug)


@require_safe
@staff(May.EDIT)
def products(request: StaffRequest, code: str) -> HttpResponseBase:
    """Products on sale that match what is typed into a position, for the list under it."""
    page.find(request, code)
    typed = next((str(value) for key, value in request.GET.items() if key.endswith("-name")), "").strip()
    rows = catalogue.product_page(request.shop, text=typed[:100], size=SUGGESTED).rows if typed else []
    return render(
        request, "desk/orders/products.html", {"products": [row.product for row in rows if row.product.active]}
    )


def read_edits(rows: list[line_forms.LineRow]) -> list[LineEdit] | None:
    """The positions typed, each with the line that it was; None when any of the rows is not right."""
    valid = [row.is_valid() for row in rows]
    if not all(valid):
        return None
    return [LineEdit(line, row.cleaned_data["was"]) for row in rows if (line := row.line()) is not None]
