"""Whether the shop's books and its gateways' agree, and settling where they do not."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.payments import queries, reconciling
from tartib.payments.models import Difference
from tartib.shops.access import May
from tartib.shops.operations import within_limit
from tartib.web.toasts import toast


@require_GET
@staff(May.PAYMENT)
def reconciliation(request: StaffRequest) -> HttpResponseBase:
    """What one side has and the other has not."""
    return render(request, "desk/money/reconciliation.html", {"differences": queries.differences(request.shop)})


@require_POST
@staff(May.PAYMENT)
def compare(request: StaffRequest) -> HttpResponseBase:
    """Compare now, instead of in the night."""
    now = timezone.now()
    if not within_limit("books.compare", [str(request.shop.pk)], most=6, window=timedelta(hours=1), now=now):
        toast(request, _("The books were compared several times this hour. Please wait a while."), level="warning")
    else:
        compared = reconciling.compare_all(now=now, shop=request.shop)
        if compared.accounts:
            toast(request, _("Compared. New differences: %(n)d.") % {"n": compared.differences})
        else:
            toast(request, _("No gateway answered with its books."), level="warning")
    return redirect("desk:reconciliation", request.shop.slug)


@require_POST
@staff(May.PAYMENT)
def settle(request: StaffRequest, pk: int, act: str) -> HttpResponseBase:
    """Record here what the gateway has, or say that it is settled in another way."""
    now = timezone.now()
    try:
        if act == "recording":
            heard = reconciling.take_over(request.shop, pk, request.actor, now=now)
            if heard is None:
                toast(request, _("There is no order to record it for. Settle it with the gateway."), level="warning")
            else:
                toast(request, _("Recorded. The order follows."))
        elif act == "settlement":
            reconciling.dismiss(request.shop, pk, request.actor, now=now)
            toast(request, _("Settled."))
        else:
            raise Http404
    except Difference.DoesNotExist as error:
        raise Http404 from error
    return redirect("desk:reconciliation", request.shop.slug)
