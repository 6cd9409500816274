"""What an SMS of a move, or of words that are written to the customer, would say, take and cost."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from tartib.desk.access import StaffRequest, staff
from tartib.desk.cases import sms
from tartib.desk.orders import page
from tartib.notify import queries
from tartib.shops.access import May
from tartib.shops.models import LANGUAGE_NAMES


@require_safe
@staff(May.NOTE)
def size(request: StaffRequest, code: str) -> HttpResponseBase:
    """The SMS that tells this order's customer of the status chosen, with the remark they would see.

    Or the one that tells them of `text`, which is written to them while the order stays where it is.
    """
    case = page.find(request, code)
    status = request.GET.get("target") or case.status
    if status not in case.flow.statuses:
        raise Http404
    chosen = request.GET.get("language", "")
    language = chosen if chosen in LANGUAGE_NAMES else case.language
    if words := request.GET.get("text", "").strip()[:4000]:
        shown = queries.of_words(case, language, words)
    else:
        note = request.GET.get("note", "") if request.GET.get("note_shown") else ""
        shown = queries.of_move(case, status, language, note.strip()[:4000])
    return sms.answer(request, case, status, shown, page.address(request, case))
