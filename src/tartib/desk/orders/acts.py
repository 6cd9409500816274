"""What staff do on an order's page: the one form and its quick buttons, notes, payments, messages that still wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.cases import operations as cases
from tartib.cases import queries as case_queries
from tartib.cases.engine import Outcome
from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.cases.acts import seen_version, way_back
from tartib.desk.orders import conflicts, forms, page
from tartib.files.operations import Unfit
from tartib.flow.facts import Refusal
from tartib.notify import operations as messages
from tartib.notify.models import Message
from tartib.orders import operations as orders
from tartib.orders import returning
from tartib.orders.queries import order
from tartib.payments import operations as payments
from tartib.payments.balance import balance
from tartib.payments.models import Payment, State
from tartib.shops.access import May, may
from tartib.web import audience
from tartib.web.files import answer
from tartib.web.templatetags.tartib import said
from tartib.web.toasts import toast


@require_POST
@staff(May.MOVE)
def process(request: StaffRequest, code: str) -> HttpResponseBase:
    """Carry out the one form, or one of the quick buttons, which posts nothing but its move."""
    now, case = timezone.now(), page.find(request, code)
    form, in_use = _chosen(request, case, now)
    opened = "process" if "process_form" in in_use else ""
    if not form.is_valid():
        return again(request, case, opened, 422, **in_use)
    try:
        outcome = orders.process(
            request.shop, case.pk, form.processing(), request.actor, now=now, version=seen_version(request)
        )
    except cases.Stale as stale:
        return stale_page(request, stale.case, opened, parcel=in_use.get("parcel"))
    except orders.Refused as refused:
        return again(request, case, opened, 422, refusal=refused.refusal, **in_use)
    told(request, case, outcome)
    return redirect(page.address(request, case))


def _chosen(request: StaffRequest, case: Case, now: datetime) -> tuple[forms.Process | forms.Parcel, dict[str, Any]]:
    """The form that was sent, the whole one or a button's, and under which name the page shows it again."""
    particulars, target = order(case), request.POST.get("target", "")
    offered = page.offered(request, case, particulars, now)
    if "whole" in request.POST:
        whole = page.process_form(request, case, particulars, offered.likely, request.POST, target)
        return whole, {"process_form": whole}
    asked = next((one.parcel for one in (*offered.main, *offered.more) if one.move.target == target), None)
    needed = asked is not None and asked.fields["tracking_number"].required
    parcel = forms.Parcel(request.POST if asked else {}, order=particulars, target=target, needed=needed)
    return parcel, {"parcel": parcel}


@require_POST
@staff(May.NOTE)
def note(request: StaffRequest, code: str) -> HttpResponseBase:
    """Write on the timeline for staff, or to the customer, who is told of it."""
    case, form, now = page.find(request, code), forms.Note(request.POST, request.FILES), timezone.now()
    if not form.is_valid():
        return again(request, case, "write", 422, note_form=form)
    words, photos, sent = form.cleaned_data["text"].strip(), form.cleaned_data["photos"], False
    to_customer = request.POST.get("to") == "customer"
    try:
        if to_customer:
            sent = cases.write_to(request.shop, case.pk, words, request.actor, now=now, by_person=True, photos=photos)
        else:
            cases.note(case, words, request.actor, shown=False, now=now, photos=photos)
    except Unfit as unfit:
        form.add_error("photos", str(unfit))
        return again(request, case, "write", 422, note_form=form)
    if sent:
        toast(request, _("Written to the customer. It is sent in a moment."))
    elif to_customer:
        toast(request, _("It stands on the customer’s page. Nothing tells them of it."), level="warning")
    else:
        toast(request, _("Noted for the staff."))
    return redirect(page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def pay(request: StaffRequest, code: str) -> HttpResponseBase:
    """Record money that came in or went back."""
    case = page.find(request, code)
    form = forms.Payment(request.POST, case=case, due=balance(case).due)
    if not form.is_valid():
        return again(request, case, "pay", 422, pay_form=form)
    given = form.cleaned_data
    state = State.CONFIRMED if given["verified"] else State.UNVERIFIED
    try:
        outcome = payments.record_payment(
            request.shop, case.pk, given["amount"], case.currency, request.actor, now=timezone.now(), state=state,
            direction=given["direction"], method=given["method"], reference=given["reference"],
        )  # fmt: skip
    except payments.TooMuch:
        form.add_error("amount", _("No more can go back than is left of what was paid."))
        return again(request, case, "pay", 422, pay_form=form)
    toast(request, _("The payment is recorded."))
    told(request, case, outcome, saved=False)
    return redirect(page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def confirm(request: StaffRequest, code: str, payment_id: int) -> HttpResponseBase:
    """Confirm by hand a payment that was not verified."""
    case = page.find(request, code)
    try:
        outcome = payments.confirm(request.shop, payment_id, request.actor, now=timezone.now(), case_id=case.pk)
    except Payment.DoesNotExist as error:
        raise Http404 from error
    except payments.NotAwaited:
        toast(request, _("This payment was confirmed already or has failed."), level="warning")
    else:
        toast(request, _("The payment is confirmed."))
        told(request, case, outcome, saved=False)
    return redirect(page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def refund_unasked(request: StaffRequest, code: str) -> HttpResponseBase:
    """Send back all that was paid for an order whose goods were gone: what its customer chose, in one press."""
    case, all_of_it = page.find(request, code), returning.Wish(everything=True)
    try:
        returning.give_back(request.shop, case.pk, all_of_it, request.actor, now=timezone.now(), key="proposal")
    except returning.Contradiction:
        toast(request, _("There is nothing to give back."), level="warning")
    else:
        toast(request, _("The money is on its way back."))
    return redirect(page.address(request, case))


@require_POST
@staff(May.NOTE)
def message(request: StaffRequest, code: str, message_id: int, act: str) -> HttpResponseBase:
    """Withdraw a message that waits, send it now, or try a failed one again."""
    case, now = page.find(request, code), timezone.now()
    if not Message.objects.filter(pk=message_id, case=case).exists():
        raise Http404
    if not may(request.member, May.MOVE):
        raise PermissionDenied
    try:
        if act == "withdrawal":
            messages.withdraw(request.shop, message_id, request.actor, now=now)
            toast(request, _("The message is withdrawn."))
        elif act in ("sending", "retry"):
            (messages.send_now if act == "sending" else messages.retry)(request.shop, message_id, now=now)
            toast(request, _("The message is on its way."))
        else:
            raise Http404
    except messages.TooLate as late:
        toast(request, _("Too late: %(state)s.") % {"state": late.message.get_state_display()}, level="warning")
    return redirect(page.address(request, case))


def again(
    request: StaffRequest, case: Case, opened: str, status: int, *, refusal: Refusal | None = None, **in_use: Any
) -> HttpResponseBase:
    """The page once more with what was typed and what is the matter with it; `opened` names the form to show."""
    context: dict[str, Any] = page.context(request, case, now=timezone.now(), **in_use)
    context |= {"opened": opened, "refusal": said(refusal) if refusal else ""}
    if status != 409 and opened in context["seen"] and "version" in request.POST:
        # What is typed was typed on what was seen then: what others save until it is saved is still to be shown.
        posted = (request.POST.get(name, "") for name in ("version", "seen", "base"))
        context["seen"] |= {opened: conflicts.Seen(*posted)}
    return render(request, "desk/orders/order.html", context, status=status)


def stale_page(
    request: StaffRequest, case: Case, opened: str, *, parcel: forms.Parcel | None = None
) -> HttpResponseBase:
    """The page as it is now, with who changed what meanwhile, and with all that was typed put together with it."""
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    fresh = page.find(request, case.code)
    in_use, differences = page.put_together(request, fresh, opened, timezone.now())
    meanwhile = page.meanwhile(fresh, number)
    in_use |= {"meanwhile": meanwhile, "differences": differences, "stale": True, "parcel": parcel}
    return again(request, fresh, opened, 409, **in_use)


def told(request: StaffRequest, case: Case, outcome: Outcome | None, *, saved: bool = True) -> None:
    """A toast that says where the order stands now, with the way back while it lasts."""
    if outcome is None or not outcome.moved:
        if saved:
            toast(request, _("Saved."))
        return
    name = case.flow.status(outcome.moved[0].target).name.say(audience.current().language)
    toast(request, _("The order is now “%(status)s”.") % {"status": name}, undo=way_back(request, outcome))


@require_safe
@staff()
def photo(request: StaffRequest, code: str, token: str, width: int) -> HttpResponseBase:
    """A picture of the work, for everybody who works here."""
    upload = case_queries.picture(page.find(request, code), token)
    if upload is None:
        raise Http404
    return answer(upload, width)
