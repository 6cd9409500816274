"""The papers a shop issued in a period, for whoever keeps its books."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models.fields.json import KT
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tartib.billing import queries
from tartib.desk import period
from tartib.desk.access import StaffRequest, staff
from tartib.imports.records import safe_cell
from tartib.l10n import names, tables
from tartib.shops import security
from tartib.shops.access import May
from tartib.shops.models import SecurityEvent

PAGE = 100


@require_GET
@staff(May.PAYMENT)
def document_list(request: StaffRequest) -> HttpResponse:
    """The papers of the period, newest first, each leading to itself and to its order."""
    now = timezone.now()
    chosen = period.read_period(request.GET.dict(), request.shop, now)
    found = queries.of_shop(request.shop, *chosen.moments(ZoneInfo(request.shop.timezone)))
    context = {
        "period": chosen,
        "choices": period.choices(chosen, request.shop, now),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "desk/reports/papers.html", context)


@require_POST
@staff(May.PAYMENT)
def table(request: StaffRequest) -> HttpResponse:
    """The papers of the period as CSV; credit notes below zero.

    It is written for spreadsheets of the reader’s language, or with the `separator` in the address. It is taken by a
    button, and not by a link that a browser may follow beforehand: who took it stands in the security log.
    """
    zone = ZoneInfo(request.shop.timezone)
    chosen = period.read_period(request.GET.dict(), request.shop, timezone.now())
    language = names.language(get_language() or "en")
    separator = tables.SEPARATORS.get(request.GET.get("separator", ""), "")
    security.record(
        request.shop, SecurityEvent.EXPORT, request.origin, what="papers", of=f"{chosen.first}–{chosen.last}"
    )
    response = HttpResponse(tables.MARK, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="papers-{chosen.first}-{chosen.last}.csv"'
    heads = (
        _("Kind"), _("Number"), _("Issued"), _("Order"), _("Customer"), _("Amount"), _("Tax"), _("Currency"),
        _("Corrects invoice"),
    )  # fmt: skip
    response.write(tables.line(heads, language, separator))
    papers = queries.of_shop(request.shop, *chosen.moments(zone))
    # What was said when it was issued; a pro-forma invoice has not been.
    for paper in papers.annotate(buyer=KT("data__bill_to__0"), tax=KT("data__tax")):
        sign = -1 if paper.kind == "credit-note" else 1
        amounts = (paper.amount, Decimal(paper.tax) if paper.tax else None)
        amount, tax = (
            "" if value is None else tables.amount(sign * value, paper.currency, language, separator)
            for value in amounts
        )
        cells = (
            paper.get_kind_display(), paper.name, paper.issued_at.astimezone(zone).date().isoformat(), paper.code,
            safe_cell(paper.buyer or ""), amount, tax, paper.currency, paper.corrects.name if paper.corrects else "",
        )  # fmt: skip
        response.write(tables.line(cells, language, separator))
    return response
