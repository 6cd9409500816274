"""What an SMS to the customer of a case would say, take and cost, before it is sent."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render

from tartib.cases.models import Case
from tartib.desk.access import StaffRequest
from tartib.notify import service
from tartib.notify.rendering import Rendered


def answer(request: StaffRequest, case: Case, status: str, shown: Rendered, back: str) -> HttpResponseBase:
    """The line about the SMS `shown`; a page of its own, which leads `back`, where no script asks for it."""
    account = service.of(request.shop)
    context = {
        "case": case, "shown": shown, "account": account, "estimate": service.estimate(account, shown.text),
        "status": case.flow.statuses[status], "back": back,
    }  # fmt: skip
    part = request.headers.get("HX-Request")
    return render(request, "desk/cases/sms_size.html" if part else "desk/cases/sms_page.html", context)
