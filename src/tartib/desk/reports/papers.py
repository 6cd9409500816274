"""The papers a shop issued in a period, for whoever keeps its books."""

from __future__ import annotations

import csv
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tartib.billing import queries
from tartib.desk.access import StaffRequest, staff
from tartib.desk.reports import period
from tartib.shops.access import May

PAGE = 100


@require_GET
@staff(May.PAYMENT)
def index(request: StaffRequest) -> HttpResponse:
    """The papers of the period, newest first, each leading to itself and to its order."""
    now = timezone.now()
    chosen = period.read(request.GET.dict(), request.shop, now)
    found = queries.of_shop(request.shop, *chosen.moments(ZoneInfo(request.shop.timezone)))
    context = {
        "period": chosen,
        "choices": period.choices(chosen, request.shop, now),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "desk/reports/papers.html", context)


@require_GET
@staff(May.PAYMENT)
def table(request: StaffRequest) -> HttpResponse:
    """The papers of the period as CSV, for a spreadsheet or a bookkeeping program; credit notes count below zero."""
    zone = ZoneInfo(request.shop.timezone)
    chosen = period.read(request.GET.dict(), request.shop, timezone.now())
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="papers-{chosen.first}-{chosen.last}.csv"'
    rows = csv.writer(response)
    rows.writerow([_("Kind"), _("Number"), _("Issued"), _("Order"), _("Amount"), _("Currency"), _("Corrects invoice")])
    for paper in queries.of_shop(request.shop, *chosen.moments(zone)):
        sign = -1 if paper.kind == "credit-note" else 1
        day = paper.issued_at.astimezone(zone).date().isoformat()
        corrects = paper.corrects.name if paper.corrects else ""
        rows.writerow(
            [paper.get_kind_display(), paper.name, day, paper.code, sign * paper.amount, paper.currency, corrects]
        )
    return response
