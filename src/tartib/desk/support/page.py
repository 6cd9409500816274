"""Everything the page of a support request shows, read with a fixed number of queries."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tartib.cases import queries as cases
from tartib.cases import undoing
from tartib.cases.models import Case
from tartib.desk.access import StaffRequest
from tartib.desk.cases import assigning, offers
from tartib.notify import queries as messages
from tartib.notify import reaching
from tartib.notify.models import TROUBLED, WAITING, MessageKind
from tartib.support import SUPPORT, queries
from tartib.support.operations import LONGEST_WORDS

LAST = 50
"""Among so many of the newest entries the last move is looked for."""


class Words(forms.Form):
    """An answer, or a note to the team."""

    words = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "class": "form-control"}),
    )


def find(request: StaffRequest, code: str) -> Case:
    """The support request of the shop with that code, or no such page."""
    case = cases.by_code(request.shop, code, SUPPORT)
    if case is None:
        raise Http404
    return case


def context(
    request: StaffRequest, case: Case, *, now: datetime, form: Words | None = None, refusal: str = "", problem: str = ""
) -> dict[str, object]:
    """What the templates need. `form` is what was typed and refused; `refusal` and `problem` say why."""
    rights = request.may
    letters = [letter for letter in messages.of_case(case) if letter.kind == MessageKind.REPLY]
    asked = queries.request_of(case)
    entries = list(cases.timeline(case)[:LAST])
    return {
        "case": case,
        "now": now,
        "may": rights,
        "about": asked.about,
        "words": queries.thread(case),
        "reach": reaching.of_case(case),
        "others": [other for other in queries.about(asked.about) if other.pk != case.pk] if asked.about else [],
        "offers": offers.plain(cases.moves(case, request.member.role, now=now)),
        "undo": undoing.last_of(case, entries, now=now) if rights["move"] else None,
        "move_url": reverse("desk:request-move", args=[request.shop.slug, case.code]),
        "waiting": [letter for letter in letters if letter.state in WAITING],
        "troubled": [letter for letter in letters if letter.state in TROUBLED],
        "responsible": assigning.responsible(request, case, entries, now=now),
        "form": form or Words(),
        "refusal": refusal,
        "problem": problem,
    }
