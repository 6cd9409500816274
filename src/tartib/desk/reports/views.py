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
from tartib.cases.models import PaymentState, Phase
from tartib.cases.queries import workflows
from tartib.desk import period
from tartib.desk.access import StaffRequest, staff
from tartib.flow.workflow import Status, Workflow
from tartib.orders import ORDER
from tartib.payments.reports import sales as sales_of


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
    """Sales less what went back, and orders by status, over a period; each number leads to its list."""
    now = timezone.now()
    chosen = period.read_period(request.GET.dict(), request.shop, now)
    moments = chosen.moments(ZoneInfo(request.shop.timezone))
    totals = reports.by_status(request.shop, ORDER, *moments)
    within = Filters(placed_from=chosen.first, placed_to=chosen.last)
    alive = tuple(phase for phase in Phase.values if phase != Phase.ENDED)
    context = {
        "period": chosen,
        "choices": period.choices(chosen, request.shop, now),
        "sales": sales_of(request.shop, ORDER, *moments),
        "rows": _rows(totals, workflows(request.shop, ORDER), chosen),
        "cases": sum(total.cases for total in totals),
        "everything": within.as_query(),
        "sold": within.as_query(phase=alive),
        "refunded": within.as_query(phase=alive, payment=(PaymentState.REFUNDED, PaymentState.PARTLY_REFUNDED)),
        "ended": within.as_query(phase=(Phase.ENDED,)),
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
