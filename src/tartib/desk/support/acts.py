"""What is done on the page of a support request: answer, note, move."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.cases import sms
from tartib.desk.cases.acts import seen_version, way_back
from tartib.desk.support import page
from tartib.files.operations import Unfit
from tartib.flow.facts import ByHand
from tartib.notify import queries
from tartib.shops.access import May
from tartib.support import operations
from tartib.support.models import Way
from tartib.support.operations import Given, Written
from tartib.web import audience
from tartib.web.templatetags.tartib import said
from tartib.web.toasts import toast


@require_POST
@staff(May.NOTE)
def write(request: StaffRequest, code: str) -> HttpResponseBase:
    """Answer the customer, or with `to=team` write down something for the team alone."""
    case, form, now = page.find(request, code), page.Words(request.POST), timezone.now()
    if not form.is_valid():
        return _again(request, case, form=form)
    words = form.cleaned_data["words"].strip()
    if request.POST.get("to") == "team":
        operations.note(case, words, request.actor, now=now)
        toast(request, _("Noted for the staff."))
        return _back(request, case)
    files = [Given(file, file.name or "") for file in request.FILES.getlist("files")]
    try:
        operations.answer(case, Written(words, files, Way.DESK), request.actor, now=now)
    except Unfit as unfit:
        return _again(request, case, form=form, problem=str(unfit))
    toast(request, _("Your answer is on its way to the customer."))
    return _back(request, case)


@require_safe
@staff(May.NOTE)
def sms_size(request: StaffRequest, code: str) -> HttpResponseBase:
    """The SMS that sends the customer to an answer: what it takes and costs."""
    case = page.find(request, code)
    back = reverse("desk:request", args=[request.shop.slug, case.code])
    return sms.answer(request, case, case.status, queries.of_reply(case, case.language), back)


@require_POST
@staff(May.MOVE)
def move(request: StaffRequest, code: str) -> HttpResponseBase:
    """Move the request by hand."""
    case, now = page.find(request, code), timezone.now()
    wish, version = ByHand(request.POST.get("target", ""), request.actor.role), seen_version(request)
    versions = None if version is None else {case.pk: version}
    outcome = advance(request.shop, [case.pk], wish, request.actor, now=now, versions=versions)
    if outcome.refused:
        return _again(request, case, refusal=said(outcome.refused[case.pk]))
    name = case.flow.status(outcome.moved[0].target).name.say(audience.current().language)
    toast(request, _("The request is now “%(status)s”.") % {"status": name}, undo=way_back(request, outcome))
    return _back(request, case)


def _back(request: StaffRequest, case: Case) -> HttpResponseBase:
    return redirect("desk:request", request.shop.slug, case.code)


def _again(
    request: StaffRequest,
    case: Case,
    *,
    form: page.Words | None = None,
    refusal: str = "",
    problem: str = "",
) -> HttpResponseBase:
    """The page once more with what was typed and what is the matter."""
    fresh = page.find(request, case.code)
    context = page.context(request, fresh, now=timezone.now(), form=form, refusal=refusal, problem=problem)
    return render(request, "desk/support/request.html", context, status=422)
