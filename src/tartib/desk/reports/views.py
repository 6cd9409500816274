"""Reports: parse, ask, show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tartib.cases import reports
from tartib.cases.filters import Filters
from tartib.cases.queries import workflows
from tartib.desk.access import StaffRequest, staff
from tartib.desk.reports import period
from tartib.flow.workflow import Status, Workflow
from tartib.orders import ORDER


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report; `status` None for one that no published workflow has any more."""

    status: Status | None
    code: str
    cases: int
    share: int
    amount: Decimal
    currency: str
    query: str


@require_GET
@staff()
def sales(request: StaffRequest) -> HttpResponse:
    """Orders by status over a period, each number leading to its list."""
    now = timezone.now()
    chosen = period.read(request.GET.dict(), request.shop, now)
    totals = reports.by_status(request.shop, ORDER, *chosen.moments(ZoneInfo(request.shop.timezone)))
    rows = _rows(totals, workflows(request.shop, ORDER), chosen)
    context = {
        "period": chosen,
        "choices": period.choices(chosen, request.shop, now),
        "rows": rows,
        "cases": sum(total.cases for total in totals),
        "amounts": _by_currency(totals),
        "everything": Filters(placed_from=chosen.first, placed_to=chosen.last).as_query(),
    }
    return render(request, "desk/reports/sales.html", context)


def _rows(totals: list[reports.Total], known: list[Workflow], chosen: period.Period) -> list[Row]:
    """In the order of the workflow, statuses of older versions after those of newer ones."""
    statuses = {code: status for flow in reversed(known) for code, status in flow.statuses.items()}
    order = {code: place for place, code in enumerate(code for flow in known for code in flow.statuses)}
    all_cases = sum(total.cases for total in totals) or 1
    return [
        Row(
            statuses.get(total.status), total.status, total.cases, round(100 * total.cases / all_cases), total.amount,
            total.currency,
            Filters(status=(total.status,), placed_from=chosen.first, placed_to=chosen.last).as_query(),
        )
        for total in sorted(totals, key=lambda total: (order.get(total.status, len(order)), total.currency))
    ]  # fmt: skip


def _by_currency(totals: list[reports.Total]) -> list[tuple[Decimal, str]]:
    """What all of them come to, an amount for each currency."""
    sums: dict[str, Decimal] = {}
    for total in totals:
        sums[total.currency] = sums.get(total.currency, Decimal(0)) + total.amount
    return [(amount, currency) for currency, amount in sorted(sums.items())]
