"""The list of a shop's money, and what is done to a row of it: verify, refuse, look at, ask about."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from tartib.desk import period
from tartib.desk.access import StaffRequest, staff
from tartib.payments import attempts, operations, queries
from tartib.payments.models import Account, Attempt, Payment
from tartib.payments.queries import KINDS, Wanted
from tartib.shops.access import May
from tartib.web.files import answer
from tartib.web.following import following
from tartib.web.forms import number_of
from tartib.web.toasts import toast

DAYS = timedelta(days=29)
"""How far back the list goes where no period is chosen."""
TABS = {
    "all": gettext_lazy("All money"),
    "verify": gettext_lazy("To be verified"),
    "refunds": gettext_lazy("Refunds"),
    "tries": gettext_lazy("Tries to pay"),
}


class Decline(forms.Form):
    """Why a payment is not accepted; the customer reads it."""

    reason = forms.CharField(max_length=250)


@require_GET
@staff(May.PAYMENT)
def payment_list(request: StaffRequest) -> HttpResponseBase:
    """What came in, what went back, what waits for somebody."""
    zone, now = ZoneInfo(request.shop.timezone), timezone.now()
    usual = {"from": (now.astimezone(zone).date() - DAYS).isoformat()}
    chosen = period.read_period(usual | request.GET.dict(), request.shop, now)
    since, until = chosen.moments(zone)
    kind = request.GET.get("view", "all")
    if kind == "look":
        return redirect(reverse("desk:attention", args=[request.shop.slug]) + "?kind=money")
    wanted = Wanted(
        kind if kind in KINDS else "all",
        number_of(request.GET.get("account", "")),
        request.GET.get("q", "").strip()[:80],
        since,
        until,
    )
    found = queries.payment_page(request.shop, wanted, request.GET.get("cursor", ""))
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "page": found, "wanted": wanted, "period": chosen, "counts": queries.waiting(request.shop),
        "tabs": TABS.items(), "query": query.urlencode(), "here": request.get_full_path(),
        "accounts": Account.objects.filter(shop=request.shop).order_by("position", "pk"),
        "sums": queries.sums(request.shop, wanted) if wanted.kind == "all" else (),
    }  # fmt: skip
    part = request.headers.get("HX-Request") and request.GET.get("cursor")
    return render(request, "desk/money/rows.html" if part else "desk/money/payments.html", context)


@require_POST
@staff(May.PAYMENT)
def confirm(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Accept a payment that waits to be verified."""
    payment = get_object_or_404(Payment, shop=request.shop, pk=pk)
    try:
        operations.confirm(request.shop, pk, request.actor, now=timezone.now(), case_id=payment.case_id)
    except operations.NotAwaited:
        toast(request, _("This payment was confirmed already or has failed."), level="warning")
    else:
        toast(request, _("The payment is confirmed."))
    return _back(request)


@require_POST
@staff(May.PAYMENT)
def decline(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Refuse a payment that waits to be verified; its customer is told why."""
    payment = get_object_or_404(Payment, shop=request.shop, pk=pk)
    form = Decline(request.POST)
    if not form.is_valid():
        toast(request, _("Write why: the customer reads it."), level="error")
        return _back(request)
    reason = form.cleaned_data["reason"]
    try:
        operations.decline(request.shop, pk, request.actor, now=timezone.now(), case_id=payment.case_id, reason=reason)
    except operations.NotAwaited:
        toast(request, _("This payment was confirmed already or has failed."), level="warning")
    else:
        toast(request, _("The payment is refused, and the customer is told why."))
    return _back(request)


@require_POST
@staff(May.PAYMENT)
def look(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Say that somebody has looked at a payment."""
    get_object_or_404(Payment, shop=request.shop, pk=pk)
    operations.looked_at(request.shop, pk, request.actor, now=timezone.now())
    toast(request, _("Looked at."))
    return _back(request)


@require_safe
@staff(May.PAYMENT)
def slip(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The slip of a transfer."""
    payment = get_object_or_404(Payment.objects.select_related("attempt__slip"), shop=request.shop, pk=pk)
    if payment.attempt is None or payment.attempt.slip is None:
        raise Http404
    return answer(payment.attempt.slip, 2000)


@require_POST
@staff(May.PAYMENT)
def ask(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Ask the gateway now how an attempt stands."""
    attempt = get_object_or_404(Attempt.objects.select_related("account"), shop=request.shop, pk=pk)
    now = timezone.now()
    if attempts.quiet(attempt.account, now):
        toast(request, _("The gateway wants to be left alone for a while. Try again in half an hour."), level="warning")
        return _back(request)
    attempts.ask_again(attempt.pk, now=now)
    attempt.refresh_from_db()
    toast(request, _("The gateway was asked. It stands now: %(state)s.") % {"state": attempt.get_state_display()})
    return _back(request)


def _back(request: StaffRequest) -> HttpResponseBase:
    """To the page the act was asked for on."""
    return redirect(following(request, reverse("desk:payments", args=[request.shop.slug])))
