"""What support requests register with the engine: their events, their words for messages, what goes with them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from tartib.cases import plugs
from tartib.cases.models import Case, CaseKind
from tartib.cases.plugs import Context, WordSource
from tartib.customers import plugs as customers
from tartib.journal.models import Entry
from tartib.speech import normal
from tartib.support import persons
from tartib.support.models import Request

ANSWERED, WRITTEN = "support.answered", "support.written"
FIRST = 2
"""The number of the entry that holds what was asked: it follows the one that opens the case."""
MOST_WORDS = 4_000

WORDS = {
    "request_subject": _("What a support request is about"),
    "request_words": _("What was asked in a support request"),
    "about_code": _("Tracking code of the order that a support request is about"),
}


def register() -> None:
    """Called once, when Django is ready."""
    plugs.events |= {ANSWERED, WRITTEN, persons.WITHDRAWN}
    plugs.word_sources.append(WordSource(WORDS, words))
    plugs.deleters.append(clear)
    plugs.finders[CaseKind.SUPPORT] = found_by
    customers.exporters.append(persons.tell)
    customers.erasers.append(persons.forget)


def found_by(cases: Sequence[Case]) -> dict[int, str]:
    """What support requests are found by besides their tracking codes, in one query."""
    about = dict(Request.objects.filter(case__in=cases).values_list("case_id", "about__code"))
    people = ((case, case.customer) for case in cases)
    return {
        case.pk: normal.search_text(
            case.title, *((person.name, person.email, person.phone) if person else ()), about.get(case.pk) or ""
        )
        for case, person in people
    }


def words(case_ids: Sequence[int], _language: str) -> dict[int, dict[str, str]]:
    """The words a message may use about these support requests, in two queries."""
    requests = Request.objects.filter(case_id__in=case_ids).select_related("case", "about")
    asked = {
        entry.case_id: str(entry.data.get("text", ""))[:MOST_WORDS]
        for entry in Entry.objects.filter(case_id__in=[request.case_id for request in requests], seq=FIRST)
    }
    return {
        request.case_id: {
            "request_subject": request.case.title or request.case.code,
            "request_words": asked.get(request.case_id, ""),
            "about_code": request.about.code if request.about else "",
        }
        for request in requests
    }


def clear(case_ids: Sequence[int], _context: Context) -> None:
    """Before cases are deleted: what was attached to them goes with them."""
    persons.discard_files(case_ids)
