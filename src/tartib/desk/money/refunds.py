"""What staff do about a refund that failed: send the money again, or say that it was sent in another way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.payments import refunds, resending
from tartib.payments.models import Refund
from tartib.payments.operations import TooMuch
from tartib.shops.access import May
from tartib.web.following import following
from tartib.web.toasts import toast


class Otherwise(forms.Form):
    """How the money was sent."""

    how = forms.CharField(max_length=120)


@require_POST
@staff(May.PAYMENT)
def again(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Send the money of a refund that failed once more."""
    get_object_or_404(Refund, shop=request.shop, pk=pk)
    with _explained(request):
        resending.again(request.shop, pk, request.actor, now=timezone.now())
        toast(request, _("The refund is asked of the gateway."))
    return _back(request)


@require_POST
@staff(May.PAYMENT)
def otherwise(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The money of a refund that failed was sent in another way; the customer is told."""
    get_object_or_404(Refund, shop=request.shop, pk=pk)
    form = Otherwise(request.POST)
    if not form.is_valid():
        toast(request, _("Write how the money was sent, such as the number of the transfer."), level="error")
        return _back(request)
    with _explained(request):
        how = form.cleaned_data["how"]
        resending.sent_by_other_means(request.shop, pk, how, now=timezone.now(), actor=request.actor)
        toast(request, _("The refund is recorded, and the customer is told."))
    return _back(request)


@contextmanager
def _explained(request: StaffRequest) -> Iterator[None]:
    """Say to the person why money could not be moved."""
    try:
        yield
    except Refund.DoesNotExist as gone:
        raise Http404 from gone
    except resending.NotFailed:
        toast(request, _("This refund has gone through, or is being sent again."), level="warning")
    except TooMuch:
        toast(request, _("No more can go back than is left of what was paid."), level="error")
    except refunds.NotInParts:
        toast(request, _("This gateway sends back only the whole of a payment."), level="error")


def _back(request: StaffRequest) -> HttpResponseBase:
    return redirect(following(request, reverse("desk:payments", args=[request.shop.slug]) + "?view=refunds"))
