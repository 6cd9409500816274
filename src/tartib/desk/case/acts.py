"""What staff do on an order's page: the one form and its quick buttons, notes, payments, messages that still wait."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.cases import operations as cases
from tartib.cases import queries as case_queries
from tartib.cases.engine import Outcome
from tartib.cases.models import Case
from tartib.checkout import returning
from tartib.desk.access import StaffRequest, staff
from tartib.desk.case import case_page, forms
from tartib.files.models import Purpose
from tartib.files.operations import Unfit, keep_image
from tartib.flow.facts import Decision, Refusal
from tartib.notify import operations as messages
from tartib.notify.models import Message
from tartib.orders import operations as orders
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
    now, case = timezone.now(), case_page.find(request, code)
    whole = "whole" in request.POST
    options = case_page.options_of(request, case, now)
    likeliest = next((option.move for option in options if isinstance(option.answer, Decision)), None)
    quick = forms.QuickMove(request.POST)
    form = case_page.process_form(
        request, case, order(case), likeliest, request.POST if whole else None, request.POST.get("target", "")
    )
    chosen = form if whole else quick
    if not chosen.is_valid():
        return again(request, case, "process", 422, process_form=form)
    try:
        outcome = orders.process(
            request.shop, case.pk, chosen.processing(), request.actor, now=now, version=seen_version(request)
        )
    except cases.Stale as stale:
        return stale_page(request, stale.case, "process", process_form=form)
    except orders.Refused as refused:
        return again(request, case, "process", 422, process_form=form, refusal=refused.refusal)
    told(request, case, outcome)
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.NOTE)
def note(request: StaffRequest, code: str) -> HttpResponseBase:
    """Write on the timeline, for staff or for the customer."""
    case, form = case_page.find(request, code), forms.Note(request.POST, request.FILES)
    if not form.is_valid():
        return again(request, case, "write", 422, note_form=form)
    shown, now = request.POST.get("to") == "customer", timezone.now()
    try:
        photos = [keep_image(request.shop, one, Purpose.PROGRESS, now=now) for one in form.cleaned_data["photos"]]
    except Unfit as unfit:
        form.add_error("photos", str(unfit))
        return again(request, case, "write", 422, note_form=form)
    cases.note(case, form.cleaned_data["text"].strip(), request.actor, shown=shown, now=now, photos=photos)
    toast(request, _("Written for the customer to see.") if shown else _("Noted for the staff."))
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def pay(request: StaffRequest, code: str) -> HttpResponseBase:
    """Record money that came in or went back."""
    case = case_page.find(request, code)
    form = forms.Payment(request.POST, case=case, due=balance(case).due)
    if not form.is_valid():
        return again(request, case, "pay", 422, pay_form=form)
    given = form.cleaned_data
    state = State.CONFIRMED if given["verified"] else State.UNVERIFIED
    try:
        outcome = payments.record(
            request.shop, case.pk, given["amount"], case.currency, request.actor, now=timezone.now(), state=state,
            direction=given["direction"], method=given["method"], reference=given["reference"],
        )  # fmt: skip
    except payments.TooMuch:
        form.add_error("amount", _("No more can go back than is left of what was paid."))
        return again(request, case, "pay", 422, pay_form=form)
    toast(request, _("The payment is recorded."))
    told(request, case, outcome, saved=False)
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def confirm(request: StaffRequest, code: str, payment_id: int) -> HttpResponseBase:
    """Confirm by hand a payment that was not verified."""
    case = case_page.find(request, code)
    try:
        outcome = payments.confirm(request.shop, payment_id, request.actor, now=timezone.now(), case_id=case.pk)
    except Payment.DoesNotExist as error:
        raise Http404 from error
    except payments.NotAwaited:
        toast(request, _("This payment was confirmed already or has failed."), level="warning")
    else:
        toast(request, _("The payment is confirmed."))
        told(request, case, outcome, saved=False)
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.PAYMENT)
def give_back(request: StaffRequest, code: str) -> HttpResponseBase:
    """Send back all that was paid for an order whose goods were gone: what its customer chose, in one press."""
    case, all_of_it = case_page.find(request, code), returning.Wish(everything=True)
    try:
        returning.give_back(request.shop, case.pk, all_of_it, request.actor, now=timezone.now(), key="proposal")
    except returning.Contradiction:
        toast(request, _("There is nothing to give back."), level="warning")
    else:
        toast(request, _("The money is on its way back."))
    return redirect(case_page.address(request, case))


@require_POST
@staff(May.NOTE)
def message(request: StaffRequest, code: str, message_id: int, act: str) -> HttpResponseBase:
    """Withdraw a message that waits, send it now, or try a failed one again."""
    case, now = case_page.find(request, code), timezone.now()
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
    return redirect(case_page.address(request, case))


def seen_version(request: StaffRequest) -> int | None:
    """The version of the order that the page showed; None where the request does not say."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def again(
    request: StaffRequest, case: Case, opened: str, status: int, *, refusal: Refusal | None = None, **in_use: Any
) -> HttpResponseBase:
    """The page once more with what was typed and what is the matter with it; `opened` names the form to show."""
    context = case_page.context(request, case, now=timezone.now(), **in_use)
    context |= {"opened": opened, "refusal": said(refusal) if refusal else ""}
    return render(request, "desk/case/order.html", context, status=status)


def stale_page(request: StaffRequest, case: Case, opened: str, **in_use: Any) -> HttpResponseBase:
    """The page as it is now, with what changed meanwhile and by whom, and with everything that was typed."""
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    fresh = case_page.find(request, case.code)
    return again(request, fresh, opened, 409, meanwhile=case_page.meanwhile(fresh, number), stale=True, **in_use)


def told(request: StaffRequest, case: Case, outcome: Outcome | None, *, saved: bool = True) -> None:
    """A toast that says where the order stands now, with the way back while it lasts."""
    if outcome is None or not outcome.moved:
        if saved:
            toast(request, _("Saved."))
        return
    name = case.flow.status(outcome.moved[0].target).name.say(audience.current().language)
    undo = reverse("desk:act-undo", args=[request.shop.slug, outcome.act_id]) if request.shop.undo_seconds else ""
    toast(request, _("The order is now “%(status)s”.") % {"status": name}, undo=undo)


@require_safe
@staff()
def photo(request: StaffRequest, code: str, token: str, width: int) -> HttpResponseBase:
    """A picture of the work, for everybody who works here."""
    upload = case_queries.picture(case_page.find(request, code), token)
    if upload is None:
        raise Http404
    return answer(upload, width)
