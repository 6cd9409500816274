"""Whose case it is, on the page of any case: take it, hand it over, assign it; and saying what became of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tartib.cases import kinds, queries
from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.dispatch import access, assigning, recent
from tartib.dispatch.assigning import LONGEST_REASON, Assigned
from tartib.dispatch.operations import NotHere
from tartib.dispatch.recent import LastAssignment
from tartib.journal.models import Entry
from tartib.shops import naming
from tartib.shops.access import May
from tartib.shops.models import Membership
from tartib.web.following import following
from tartib.web.forms import Dressed
from tartib.web.templatetags.tartib import number, said
from tartib.web.toasts import toast

MOST_SAID = 3
"""Of an act on many, so many reasons why some stayed are said one by one."""


class Receiver(Dressed):
    """To whom a case goes, and why. `seen` is who was responsible when the form was shown."""

    owner = forms.ModelChoiceField(Membership.objects.none(), label=gettext_lazy("To"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy(
            "The person who gets it reads it, and it stands on the timeline; customers never see it."
        ),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: StaffRequest, case: Case, data: Any = None, *, explained: bool) -> None:
        super().__init__(data, initial={"seen": case.owner_id}, auto_id="id_receiver_%s")
        owner, reason = self.fields["owner"], self.fields["reason"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = Membership.objects.filter(shop=request.shop, active=True)
        people = [one for one in naming.staff(request.shop) if one.pk != case.owner_id and access.can_own(one)]
        owner.choices = [("", _("Choose…")), *((one.pk, str(one)) for one in people)]
        reason.required = explained
        if not explained:
            reason.label = _("Reason (optional)")


@dataclass(frozen=True, slots=True)
class Responsible:
    """What the page of a case says of who is responsible: how it came to them, and what the reader may do about it."""

    mine: bool
    free: bool
    last: LastAssignment | None
    may_take: bool
    assigns: bool
    form: Receiver | None
    url: str


def responsible(request: StaffRequest, case: Case, entries: Sequence[Entry], *, now: datetime) -> Responsible:
    """Who is responsible for a case, for whoever reads its page; `entries` are the newest of its timeline."""
    own = case.owner_id == request.member.pk
    assigns = access.may_assign(request.actor) and not own
    address = reverse(f"desk:case-{'assign' if assigns else 'hand-over'}", args=[request.shop.slug, case.code])
    given = assigns or access.may_hand_over(request.actor, case.owner)
    return Responsible(
        own,
        case.closed_at is None and access.is_free(request.shop, case.owner),
        recent.last_of(case, entries, request.actor, now=now),
        access.may_take(request.member, case),
        assigns,
        Receiver(request, case, explained=not assigns) if given else None,
        address,
    )


@require_safe
@staff()
def mine(request: StaffRequest) -> HttpResponseBase:
    """To the list of what is with whoever asks: of the first kind of which something is."""
    theirs = Case.objects.filter(shop=request.shop, owner=request.member, closed_at__isnull=True)
    held = set(theirs.order_by().values_list("kind", flat=True).distinct())
    of_all = list(kinds.connected.values())
    area = next((kind.area for kind in of_all if kind.code in held), of_all[0].area)
    start = reverse("desk:home", args=[request.shop.slug])
    # Each list takes of the query what it knows.
    return redirect(f"{start}{area}/?tab=mine&owner={request.member.pk}&open=1")


@require_POST
@staff(May.MOVE)
def take(request: StaffRequest, code: str) -> HttpResponseBase:
    """Take a case that is nobody's yet."""
    case = _find(request, code)
    outcome = assigning.claim(request.shop, [case.pk], request.member, request.actor, now=timezone.now())
    tell(request, outcome, request.member)
    return _back(request, case)


@require_http_methods(["GET", "POST"])
@staff(May.MOVE)
def hand_over(request: StaffRequest, code: str) -> HttpResponseBase:
    """Hand a case over to a colleague, with the reason."""
    return _give(request, code, explained=True)


@require_http_methods(["GET", "POST"])
@staff(May.ASSIGN)
def assign(request: StaffRequest, code: str) -> HttpResponseBase:
    """Make somebody responsible for a case."""
    return _give(request, code, explained=False)


def _give(request: StaffRequest, code: str, *, explained: bool) -> HttpResponseBase:
    case = _find(request, code)
    form = Receiver(request, case, request.POST or None, explained=explained)
    if not form.is_valid():
        return _page(request, case, form, status=422 if form.is_bound else 200)
    to, reason = form.cleaned_data["owner"], form.cleaned_data["reason"]
    try:
        outcome = give(request, [case.pk], to, reason, explained=explained, seen=form.cleaned_data["seen"])
    except NotHere:
        form.add_error("owner", _("Choose somebody who works in this shop."))
        return _page(request, case, form, status=422)
    if outcome.refused:
        # What was typed was meant for somebody who had it then: it is shown again beside who has it now.
        fresh, typed = _find(request, code), request.POST.copy()
        typed["seen"] = str(fresh.owner_id or "")
        form = Receiver(request, fresh, typed, explained=explained)
        return _page(request, fresh, form, status=409, problem=said(outcome.refused[case.pk]))
    tell(request, outcome, to)
    return _back(request, case)


def give(
    request: StaffRequest,
    case_ids: Sequence[int],
    to: Membership,
    reason: str,
    *,
    explained: bool,
    seen: int | None = None,
) -> Assigned:
    """Hand cases over with their reason, or assign them. Raises `NotAllowed`, `NotHere` and `ReasonMissing`."""
    known, now = (dict.fromkeys(case_ids, seen) if seen else None), timezone.now()
    if explained:
        return assigning.hand_over(request.shop, case_ids, to, reason, request.actor, now=now, seen=known)
    return assigning.assign(request.shop, case_ids, to, request.actor, now=now, reason=reason, seen=known)


def tell(request: StaffRequest, outcome: Assigned, to: Membership) -> None:
    """Say what an act came to, with the way back, and why some cases stayed."""
    if outcome.given:
        undo = reverse("desk:act-undo", args=[request.shop.slug, outcome.act_id]) if request.shop.undo_seconds else ""
        toast(request, _now_with(to, len(outcome.given), own=to.pk == request.member.pk), undo=undo)
    elif outcome.already and not outcome.refused:
        toast(request, _("%(name)s is responsible already.") % {"name": to}, level="note")
    for refusal in islice(outcome.refused.values(), MOST_SAID):
        toast(request, said(refusal), level="error")
    if (more := len(outcome.refused) - MOST_SAID) > 0:
        text = ngettext("%(count)s more stayed where it was.", "%(count)s more stayed where they were.", more)
        toast(request, text % {"count": number(more)}, level="error")


def _now_with(to: Membership, count: int, *, own: bool) -> str:
    if count == 1:
        return _("It is yours now.") if own else _("%(name)s is responsible now.") % {"name": to}
    if own:
        return ngettext("%(count)s is yours now.", "%(count)s are yours now.", count) % {"count": number(count)}
    text = ngettext("%(name)s is responsible for %(count)s now.", "%(name)s is responsible for %(count)s now.", count)
    return text % {"name": to, "count": number(count)}


def _find(request: StaffRequest, code: str) -> Case:
    """The case of the shop with that code, of whatever kind, or no such page."""
    case = queries.by_code(request.shop, code, "")
    if case is None:
        raise Http404
    return case


def _home(request: StaffRequest, case: Case) -> str:
    return reverse(kinds.connected[case.kind].page, args=[request.shop.slug, case.code])


def _back(request: StaffRequest, case: Case) -> HttpResponseBase:
    return redirect(following(request, _home(request, case)))


def _page(request: StaffRequest, case: Case, form: Receiver, *, status: int, problem: str = "") -> HttpResponseBase:
    """The form on a page of its own, with what was typed and what is the matter."""
    home = following(request, _home(request, case))
    assigns = not form.fields["reason"].required
    context = {"case": case, "form": form, "problem": problem, "home": home, "assigns": assigns}
    return render(request, "desk/cases/hand_over.html", context, status=status)
