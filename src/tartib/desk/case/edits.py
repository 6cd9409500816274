"""Correcting an order: who is responsible, whom it is for, what is in it; and deleting one that should not be."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.cases import operations as cases
from tartib.catalog import queries as catalogue
from tartib.desk.access import StaffRequest, staff
from tartib.desk.case import case_page, forms
from tartib.desk.case.acts import again, seen_version, stale_page
from tartib.orders import operations as orders
from tartib.orders.drafts import LineDraft
from tartib.orders.holding import NotEnough
from tartib.orders.queries import order
from tartib.shops.access import May
from tartib.web.toasts import toast

SUGGESTED = 8


@require_POST
@staff(May.ASSIGN)
def owner(request: StaffRequest, code: str) -> HttpResponseBase:
    """Make somebody else responsible."""
    case, form = case_page.find(request, code), forms.Owner(request.POST, shop=request.shop)
    if form.is_valid():
        chosen = form.cleaned_data["owner"]
        cases.assign([case.pk], chosen, request.actor, now=timezone.now())
        toast(request, _("%(name)s is responsible now.") % {"name": chosen})
    else:
        toast(request, _("Choose somebody who works in this shop."), level="error")
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.EDIT)
def people(request: StaffRequest, code: str) -> HttpResponseBase:
    """Correct the customer, the addresses and the language."""
    case = case_page.find(request, code)
    form = forms.People(request.POST, case=case, order=order(case))
    if not form.is_valid():
        return again(request, case, "people", 422, people_form=form)
    try:
        orders.edit(
            request.shop, case.pk, request.actor, now=timezone.now(), version=seen_version(request),
            customer={name: form.cleaned_data[name] for name in ("name", "email", "phone")},
            ship_to=form.address("ship"), bill_to=form.address("bill"), language=form.cleaned_data["language"],
        )  # fmt: skip
    except cases.Stale as stale:
        return stale_page(request, stale.case, "people", people_form=form)
    toast(request, _("Saved."))
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.EDIT)
def lines(request: StaffRequest, code: str) -> HttpResponseBase:
    """Correct the positions and costs, while the goods are still here."""
    case = case_page.find(request, code)
    rows = forms.line_rows(request.POST, case.currency)
    costs = forms.Costs(request.POST, currency=case.currency)
    drafts = read_lines(rows)
    in_use: dict[str, Any] = {"line_rows": rows, "costs_form": costs}
    if drafts is None or not costs.is_valid():
        return again(request, case, "lines", 422, **in_use)
    if not drafts:
        return again(request, case, "lines", 422, lines_problem=_("An order has at least one position."), **in_use)
    try:
        orders.edit_lines(
            request.shop, case.pk, drafts, request.actor, now=timezone.now(), version=seen_version(request),
            shipping=costs.of("shipping"), discount=costs.of("discount"), tax=costs.of("tax"),
        )  # fmt: skip
    except cases.Stale as stale:
        return stale_page(request, stale.case, "lines", **in_use)
    except NotEnough as problem:
        short = {"product": problem.short.product, "available": problem.short.available}
        said = _("Of %(product)s there are %(available)s pieces; the order has to keep within that.") % short
        return again(request, case, "lines", 422, lines_problem=said, **in_use)
    except orders.LinesTaken:
        toast(request, _("The goods have left the stock, so the positions cannot change any more."), level="error")
    else:
        toast(request, _("Saved."))
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.DELETE)
def delete(request: StaffRequest, code: str) -> HttpResponseBase:
    """Delete an order; its timeline stays as proof."""
    case, form = case_page.find(request, code), forms.Deletion(request.POST)
    if not form.is_valid():
        return again(request, case, "delete", 422, delete_form=form)
    cases.delete(request.shop, [case.pk], request.actor, reason=form.cleaned_data["reason"], now=timezone.now())
    toast(request, _("Order %(code)s is deleted. Its timeline is kept.") % {"code": case.code})
    return redirect("desk:orders", request.shop.slug)


@require_safe
@staff(May.EDIT)
def products(request: StaffRequest, code: str) -> HttpResponseBase:
    """Products on sale that match what is typed into a position, for the list under it."""
    case_page.find(request, code)
    typed = next((str(value) for key, value in request.GET.items() if key.endswith("-name")), "").strip()
    rows = catalogue.page(request.shop, text=typed[:100], size=SUGGESTED).rows if typed else []
    return render(request, "desk/case/products.html", {"products": [row.product for row in rows if row.product.active]})


def read_lines(rows: list[forms.LineRow]) -> list[LineDraft] | None:
    """The positions typed, or None when any of the rows is not right."""
    valid = [row.is_valid() for row in rows]
    if not all(valid):
        return None
    return [line for row in rows if (line := row.line()) is not None]
