"""The report of SMS (C8), as a list and as a table to take away."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tartib.desk import period
from tartib.desk.access import StaffRequest, staff
from tartib.desk.cases.timeline import outcome
from tartib.flow.workflow import Status
from tartib.imports.records import safe_cell
from tartib.l10n import names, tables
from tartib.notify import report
from tartib.notify.models import NEWS, Message, MessageKind
from tartib.notify.queries import shop_statuses
from tartib.shops import security
from tartib.shops.access import May
from tartib.shops.models import SecurityEvent
from tartib.web.templatetags.tartib import said

TABS = {
    "all": gettext_lazy("All"),
    "delivered": gettext_lazy("Delivered"),
    "sent": gettext_lazy("Sent, not confirmed"),
    "waiting": gettext_lazy("Waiting"),
    "trouble": gettext_lazy("Not arrived"),
}


@require_GET
@staff(May.TEMPLATES)
def sms_report(request: StaffRequest) -> HttpResponse:
    """Every SMS of the period: when, to whom, why, what it said and what became of it."""
    chosen, wanted = _wanted(request)
    statuses = shop_statuses(request.shop)
    found = report.report_page(request.shop, wanted, request.GET.get("cursor", ""))
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "page": found, "rows": [(one, cause(one, statuses), outcome(one)) for one in found.rows], "wanted": wanted,
        "period": chosen, "tabs": TABS.items(), "query": query.urlencode(), "sums": report.sums(request.shop, wanted),
    }  # fmt: skip
    part = request.headers.get("HX-Request") and request.GET.get("cursor")
    return render(request, "desk/messages/sms/rows.html" if part else "desk/messages/sms/report.html", context)


@require_POST
@staff(May.TEMPLATES)
def table(request: StaffRequest) -> HttpResponse:
    """The same as CSV, for spreadsheets of the reader's language; by a button, since who took it stands in the log."""
    zone, (chosen, wanted) = ZoneInfo(request.shop.timezone), _wanted(request)
    statuses = shop_statuses(request.shop)
    security.record(request.shop, SecurityEvent.EXPORT, request.origin, what="sms", of=f"{chosen.first}–{chosen.last}")
    language = names.language(get_language() or "en")
    response = HttpResponse(tables.MARK, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="sms-{chosen.first}-{chosen.last}.csv"'
    response.write(tables.line([
        _("Date"), _("Time"), _("Number"), _("Order or request"), _("Cause"), _("Text"), _("What became of it"),
        _("Sent at"), _("Delivered at"), _("SMS parts"), _("Price"), _("Currency"),
    ], language))  # fmt: skip
    for one in report.everything(request.shop, wanted):
        at = one.created_at.astimezone(zone)
        texts = (one.recipient, one.case.code if one.case else "", cause(one, statuses), one.text, outcome(one))
        moments = [moment.astimezone(zone).isoformat(" ", "seconds") if moment else ""
                   for moment in (one.sent_at, one.delivered_at)]  # fmt: skip
        price = tables.number(one.price.normalize(), language) if one.price is not None else ""
        response.write(tables.line([
            f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", *map(safe_cell, texts), *moments, one.parts or "", price,
            one.price_currency,
        ], language))  # fmt: skip
    return response


def cause(message: Message, statuses: Mapping[str, Status]) -> str:
    """Why an SMS went: its kind, and the status it told of."""
    kind = str(MessageKind(message.kind).label)
    there = statuses.get(message.status) if message.kind in NEWS else None
    return f"{kind} · {said(there.name)}" if there else kind


def _wanted(request: StaffRequest) -> tuple[period.Period, report.Wanted]:
    chosen = period.read_period(request.GET.dict(), request.shop, timezone.now())
    since, until = chosen.moments(ZoneInfo(request.shop.timezone))
    view = request.GET.get("view", "all")
    text = request.GET.get("q", "").strip()[:80]
    return chosen, report.Wanted(view if view in report.VIEWS else "all", text, since, until)
