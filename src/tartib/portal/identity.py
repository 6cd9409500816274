"""Proof of identity, uploaded by the customer on the page of their order."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tartib.cases.models import Case
from tartib.files.operations import Unfit
from tartib.portal import opening, views
from tartib.portal.proof import Proof
from tartib.risk import operations
from tartib.shops.operations import within_limit
from tartib.web import audience

WINDOW = timedelta(hours=1)
TRIES = 10


@never_cache
@require_POST
def give(request: HttpRequest, token: str) -> HttpResponse:
    """Take in the proof. A file that is not kept is explained on the page itself."""
    case, now = opening.find(token), timezone.now()
    if case is None:
        return opening.nothing(request)
    problem = _take_in(request, case, now)
    if not problem:
        return redirect(f"{redirect('portal:tracking', token).headers['Location']}#identity")
    return views.page(request, case, problem=problem, status=422)


def _take_in(request: HttpRequest, case: Case, now: datetime) -> str:
    """Keep what was given; the reason why it was not, in the language of the page."""
    audience.enter(case.shop, opening.language(request, case), now=now, calendar=opening.calendar(case))
    form = Proof(request.POST, request.FILES)
    if not form.is_valid():
        return _("Choose a file first.")
    if not within_limit("identity", [case.token], most=TRIES, window=WINDOW, now=now):
        return _("Too many files. Please wait an hour, or contact the shop.")
    try:
        operations.give(case, form.cleaned_data["paper"], form.cleaned_data["paper"].name or "", now=now)
    except Unfit as unfit:
        return str(unfit)
    except operations.NotAsked:
        return _("Nothing is asked of you any more. Thank you.")
    return ""
