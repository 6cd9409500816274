"""What an SMS of a move would say, take and cost, before it is sent."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page
from tartib.notify import queries, service
from tartib.notify.models import Channel
from tartib.shops.access import May
from tartib.shops.models import LANGUAGE_NAMES


@require_safe
@staff(May.MOVE)
def size(request: StaffRequest, code: str) -> HttpResponseBase:
    """The SMS that tells this order's customer of the status chosen, with the remark they would see."""
    case = page.find(request, code)
    status = request.GET.get("target") or case.status
    if status not in case.flow.statuses:
        raise Http404
    chosen = request.GET.get("language", "")
    language = chosen if chosen in LANGUAGE_NAMES else case.language
    note = request.GET.get("note", "")[:4000] if request.GET.get("note_shown") else ""
    shown = queries.of_move(case, status, language, note)
    account = service.of(request.shop)
    context = {
        "case": case, "shown": shown, "account": account, "estimate": service.estimate(account, shown.text),
        "status": case.flow.statuses[status], "channel": Channel.SMS,
    }  # fmt: skip
    part = request.headers.get("HX-Request")
    return render(request, "desk/orders/sms_size.html" if part else "desk/orders/sms_page.html", context)
