"""The page of what one did lately, and taking an act or a whole bulk move back."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tartib.cases import bulk, engine, undoing
from tartib.cases.models import Act, BulkMove, Case
from tartib.desk.access import StaffRequest, staff
from tartib.dispatch import acts, recent
from tartib.dispatch.assigning import Assigned
from tartib.shops.access import May
from tartib.support import SUPPORT
from tartib.web.following import is_ours
from tartib.web.templatetags.tartib import number, said
from tartib.web.toasts import toast


@require_safe
@staff(May.MOVE)
def page(request: StaffRequest) -> HttpResponseBase:
    """What one did oneself within a day, the newest first: with the way back, or why there is none any more."""
    now = timezone.now()
    found = [*undoing.recent(request.member, now=now), *recent.recent(request.member, request.actor, now=now)]
    return render(request, "desk/recent/acts.html", {"acts": sorted(found, key=lambda one: one.at, reverse=True)})


@require_POST
@staff(May.MOVE)
def undo(request: StaffRequest, act_id: UUID) -> HttpResponseBase:
    """Take back one act."""
    try:
        outcome = acts.undo(request.shop, act_id, request.actor, now=timezone.now())
    except Act.DoesNotExist as error:
        raise Http404 from error
    except engine.NotUndoable as error:
        toast(request, said(error.refusal), level="error")
        return _back(request)
    why = next((said(refusal) for refusal in outcome.refused.values()), "")
    if isinstance(outcome, Assigned):
        _tell_given_back(request, len(outcome.given), len(outcome.refused), why)
    else:
        of_support = Case.objects.filter(pk=outcome.moved[0].case_id, kind=SUPPORT).exists()
        withdrawn = outcome.tally.get("message.withdrawn", 0)
        _tell(request, len(outcome.moved), len(outcome.refused), why, withdrawn, of_support=of_support)
    return _back(request)


@require_POST
@staff(May.BULK)
def undo_bulk(request: StaffRequest, bulk_id: UUID) -> HttpResponseBase:
    """Take back a bulk move as a whole."""
    asked = get_object_or_404(BulkMove.objects.select_related("shop"), pk=bulk_id, shop=request.shop)
    try:
        undone = bulk.undo(asked, request.actor, now=timezone.now())
    except engine.NotUndoable as error:
        toast(request, said(error.refusal), level="error")
    else:
        why = said(undone.reason) if undone.reason else ""
        _tell(request, undone.count, undone.kept, why, undone.withdrawn)
    return _back(request)


def _tell(request: StaffRequest, count: int, kept: int, why: str, withdrawn: int, *, of_support: bool = False) -> None:
    """Say what went back, what did not and why, and what nobody will be told any more."""
    text = ngettext("%(count)s order is back where it was.", "%(count)s orders are back where they were.", count)
    parts = [_("The request is back where it was.") if of_support else text % {"count": number(count)}]
    if withdrawn:
        text = ngettext(
            "%(count)s message was withdrawn before it went out.",
            "%(count)s messages were withdrawn before they went out.",
            withdrawn,
        )
        parts.append(text % {"count": number(withdrawn)})
    toast(request, " ".join(parts))
    if kept:
        text = ngettext(
            "%(count)s order could not go back: %(why)s", "%(count)s orders could not go back: %(why)s", kept
        )
        toast(request, text % {"count": number(kept), "why": why}, level="warning")


def _tell_given_back(request: StaffRequest, count: int, kept: int, why: str) -> None:
    """Say how many cases are with who had them before, and why some are not."""
    text = ngettext(
        "%(count)s is back with who was responsible before.",
        "%(count)s are back with who was responsible before.",
        count,
    )
    one = _("It is back with who was responsible before.")
    toast(request, one if count == 1 else text % {"count": number(count)})
    if kept:
        text = ngettext("%(count)s could not go back: %(why)s", "%(count)s could not go back: %(why)s", kept)
        toast(request, text % {"count": number(kept), "why": why}, level="warning")


def _back(request: StaffRequest) -> HttpResponseBase:
    came = request.headers.get("Referer", "")
    return redirect(came if is_ours(request, came) else reverse("desk:acts", args=[request.shop.slug]))
