"""The page of an order."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders import page


@require_safe
@staff()
def order_page(request: StaffRequest, code: str) -> HttpResponseBase:
    """The order: where it stands, what may be done, all that is known, all that happened."""
    case = page.find(request, code)
    return render(request, "desk/orders/order.html", page.context(request, case, now=timezone.now()))
