"""The command palette: pages of the desk, and orders by code, customer, phone or product."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from tartib.cases import kinds, queries
from tartib.cases.filters import Filters
from tartib.desk.access import StaffRequest, staff
from tartib.l10n import normal
from tartib.orders import ORDER

MOST = 8


@staff()
def find(request: StaffRequest) -> HttpResponseBase:
    """What the palette offers for `q`. With `jump`, or sent as a form, straight to the order of that very code."""
    wanted = request.GET.get("q", "").strip()[:200]
    part = bool(request.headers.get("HX-Request"))
    case = queries.by_code(request.shop, wanted, kind="") if wanted else None
    if case is not None and not part:
        return redirect(kinds.connected[case.kind].page, request.shop.slug, case.code)
    if not part:
        return redirect(f"{_orders(request)}?{Filters(text=wanted).as_query()}")
    folded = normal.search_text(wanted).strip()
    pages = [item for item in request.navigation if folded in normal.search_text(item.label)]
    cases = []
    if wanted:
        found = queries.case_page(request.shop, ORDER, Filters(text=wanted), now=timezone.now(), size=MOST)
        cases = [case, *(other for other in found.cases if other.pk != case.pk)] if case else found.cases
    return render(
        request, "desk/palette.html", {"pages": pages, "cases": cases, "wanted": wanted, "list": _orders(request)}
    )


def _orders(request: StaffRequest) -> str:
    return reverse("desk:orders", args=[request.shop.slug])
