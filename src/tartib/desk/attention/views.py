"""The list of what needs a person, the page of one record, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.desk.access import StaffRequest, staff
from tartib.desk.cases import work
from tartib.dispatch import kinds, operations, queries
from tartib.dispatch.models import WorkRecord
from tartib.dispatch.queries import Wanted
from tartib.shops import naming
from tartib.shops.access import May, may
from tartib.shops.models import Membership
from tartib.web.following import following
from tartib.web.toasts import toast


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list: its name in the address, its label, and how many are in it where that is counted."""

    code: str
    label: str
    wanted: Wanted
    count: int | None = None


class Words(forms.Form):
    """How something was settled, or the answer to what an act asks."""

    words = forms.CharField(max_length=1000)


@require_safe
@staff()
def work_list(request: StaffRequest) -> HttpResponseBase:
    """What needs a person, due first; or one's own of it, or what is settled."""
    kind = request.GET.get("kind", "")
    tabs = _tabs(request, kind)
    tab = next((tab for tab in tabs if tab.code == request.GET.get("tab")), tabs[0])
    page = queries.record_page(request.shop, tab.wanted, request.GET.get("cursor", ""))
    context = {
        "tabs": tabs, "tab": tab, "kind": kind, "kinds": kinds.areas(), "page": page,
        "rows": work.rows(request, page.rows), "here": request.get_full_path(),
    } | _hands(request)  # fmt: skip
    return render(request, "desk/attention/list.html", context)


@require_safe
@staff()
def count(request: StaffRequest) -> HttpResponse:
    """How much is open, of all or of a kind, for the side bar and other lists that lead here."""
    wanted = Wanted(kinds=kinds.among(request.GET.get("kind", "")))
    return render(request, "desk/attention/count.html", {"count": queries.count(request.shop, wanted)})


@require_safe
@staff()
def work_page(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One record, with everything that is known of it and what happened to it."""
    return _page(request, _record(request, pk))


@require_POST
@staff()
def act(request: StaffRequest, pk: int, code: str) -> HttpResponseBase:
    """Do what is proposed."""
    record, form = _mine(request, pk), Words(request.POST)
    words = form.cleaned_data.get("words", "") if form.is_valid() else ""
    try:
        operations.perform(request.shop, pk, code, request.actor, now=timezone.now(), words=words)
    except operations.AlreadySettled:
        toast(request, _("This is settled already."), level="warning")
    except operations.NoteMissing:
        return _page(request, record, _("Answer this first, in at most 1,000 characters."), code)
    except kinds.Impossible as why:
        return _page(request, record, str(why) or _("This cannot be done any more."))
    else:
        toast(request, _("Done."))
    return _back(request, record)


@require_POST
@staff()
def settle(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Say that it is settled in another way, and how."""
    record, form = _mine(request, pk), Words(request.POST)
    if not form.is_valid():
        return _page(request, record, _("Write how it was settled, in at most 1,000 characters."), "settle")
    try:
        operations.settle(request.shop, pk, form.cleaned_data["words"], request.actor, now=timezone.now())
    except operations.AlreadySettled:
        toast(request, _("This is settled already."), level="warning")
    except kinds.Impossible as why:
        return _page(request, record, str(why), "settle")
    else:
        toast(request, _("Settled."))
    return _back(request, record)


@require_POST
@staff(May.ASSIGN)
def owner(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand it over to somebody else."""
    record, chosen = _record(request, pk), request.POST.get("owner", "")
    member = next((one for one in naming.staff(request.shop) if str(one.pk) == chosen), None)
    try:
        if member is None:
            raise operations.NotHere
        operations.hand_over(request.shop, pk, member, request.actor, now=timezone.now())
    except operations.AlreadySettled:
        toast(request, _("This is settled already."), level="warning")
    except operations.NotHere:
        toast(request, _("Choose somebody who works in this shop."), level="error")
    else:
        toast(request, _("%(name)s is responsible now.") % {"name": member})
    return _back(request, record)


def _tabs(request: StaffRequest, kind: str) -> list[Tab]:
    mine, of = request.member, kinds.among(kind)
    everything, own = Wanted(kinds=of), Wanted(mine, of)
    return [
        Tab("", _("Open"), everything, queries.count(request.shop, everything)),
        Tab("mine", _("Assigned to me"), own, queries.count(request.shop, own)),
        Tab("settled", _("Settled"), Wanted(kinds=of, settled=True)),
    ]


def _page(request: StaffRequest, record: WorkRecord, problem: str = "", opened: str = "") -> HttpResponseBase:
    """The page of a record, with what is the matter with what was sent, and with what was written."""
    row = work.row(request, record, problem=problem, opened=opened, words=request.POST.get("words", ""))
    context = {
        "row": row, "history": queries.history(record), "here": work.address(request, record),
    } | _hands(request)  # fmt: skip
    return render(request, "desk/attention/record.html", context, status=422 if problem else 200)


def _hands(request: StaffRequest) -> dict[str, list[Membership]]:
    """To whom it can be handed over, for who may do that."""
    return {"people": naming.staff(request.shop) if may(request.member, May.ASSIGN) else []}


def _record(request: StaffRequest, pk: int) -> WorkRecord:
    record = queries.record(request.shop, pk)
    if record is None:
        raise Http404
    return record


def _mine(request: StaffRequest, pk: int) -> WorkRecord:
    """The record, for who may act on its kind."""
    record = _record(request, pk)
    if not may(request.member, kinds.kind(record.kind).may):
        raise PermissionDenied
    return record


def _back(request: StaffRequest, record: WorkRecord) -> HttpResponseBase:
    """To the page the act was asked for on."""
    return redirect(following(request, work.address(request, record)))
