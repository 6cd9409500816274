"""Orders that look like mistakes: likely doubles, and unpaid ones that nobody moves (requirement E8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tartib.cases.operations import delete
from tartib.desk.access import StaffRequest, staff
from tartib.orders import queries
from tartib.orders.models import Line, Order, OrderSettings
from tartib.shops.access import May
from tartib.web.forms import number_of
from tartib.web.toasts import toast

MOST = 100
LONGEST_REASON = 250


@staff(May.DELETE)
@require_GET
def review_list(request: StaffRequest) -> HttpResponseBase:
    """Pairs side by side, and the stale ones as a list."""
    return _page(request)


@staff(May.DELETE)
@require_POST
def remove(request: StaffRequest) -> HttpResponseBase:
    """Delete the orders that were chosen. Their timelines stay, closed by who deleted them and why."""
    chosen = {pk for pk in map(number_of, request.POST.getlist("case")) if pk}
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if not chosen:
        return _page(request, problem=_("Choose at least one order."), chosen=chosen, reason=reason)
    if not reason:
        return _page(request, problem=_("Write why: the reason stays on the timeline."), chosen=chosen, reason=reason)
    codes = delete(request.shop, chosen, request.actor, reason=reason, now=timezone.now())
    said = ngettext(
        "%(n)d order is deleted: %(codes)s. Its timeline is kept.",
        "%(n)d orders are deleted: %(codes)s. Their timelines are kept.",
        len(codes),
    )
    toast(request, said % {"n": len(codes), "codes": ", ".join(codes[:5]) + ("…" if len(codes) > 5 else "")})
    return redirect("desk:review", request.shop.slug)


def _page(
    request: StaffRequest, *, problem: str = "", chosen: Iterable[int] = (), reason: str = ""
) -> HttpResponseBase:
    now = timezone.now()
    doubles = queries.doubles(request.shop, now=now, most=MOST)
    days = OrderSettings.of(request.shop).stale_after_days
    stale = list(queries.stale(request.shop, days, now=now).defer("search")[: MOST + 1])
    paired = {case.pk for double in doubles for case in (double.earlier, double.later)}
    details = _details(paired)
    context = {
        "pairs": [[(case, details[case.pk]) for case in (double.earlier, double.later)] for double in doubles],
        "stale": stale[:MOST],
        "more": len(stale) > MOST,
        "days": days,
        "problem": problem,
        "chosen": set(chosen),
        "reason": reason,
        "longest": LONGEST_REASON,
    }
    return render(request, "desk/orders/review.html", context, status=422 if problem else 200)


def _details(case_ids: set[int]) -> dict[int, dict[str, object]]:
    """What the two orders of a pair are compared by, in two queries for all pairs."""
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(case_id__in=case_ids).order_by("case_id", "position"):
        lines[line.case_id].append(line)
    orders = Order.objects.filter(case_id__in=case_ids).in_bulk()
    return {pk: {"order": orders.get(pk), "lines": lines[pk]} for pk in case_ids}
